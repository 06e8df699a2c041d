package io.farmhand.internal.cluster;

import io.farmhand.backend.WorkerId;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One worker, from its launch to its exit. Owned by the {@link Switchboard}, but for what is final. */
final class Line {
    final long id;
    /** Shows, with the id, that a call belongs to it. */
    final byte[] secret;
    final WorkerId worker;
    final Relay relay = new Relay();
    /** Those that count for it. */
    final Set<Tunnel> tunnels = new LinkedHashSet<>();
    /** In whose seat it is; null while it waits for one. */
    @Nullable
    AgentSeats agent;
    /** Whose worker it is; null when its client has gone, and its exit is only waited for. */
    @Nullable
    Borrower client;

    Line(long id, byte[] secret, WorkerId worker, Borrower client) {
        this.id = id;
        this.secret = secret;
        this.worker = worker;
        this.client = client;
    }
}
