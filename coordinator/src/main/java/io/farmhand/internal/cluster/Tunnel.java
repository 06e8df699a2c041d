package io.farmhand.internal.cluster;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One way from a worker to a server of its client's. Owned by {@link Tunnels}, but for what is final. */
final class Tunnel {
    final long id;
    /** Shows, with the id, that a Meet belongs to it. */
    final byte[] secret;
    final Line line;
    /** The id of the server that the worker wants. */
    final long server;
    final Relay relay;
    /** Whom it counts for; null before it does, and when it does not any more. */
    @Nullable
    Borrower client;
    @Nullable
    AgentSeats agent;
    /** Whether the client has answered, or never will. */
    boolean answered;
    /** Whether nothing passes by it any more. */
    boolean ended;

    /** @param onEnd is told when nothing passes by it any more, on any thread */
    Tunnel(long id, byte[] secret, Line line, long server, Consumer<Tunnel> onEnd) {
        this.id = id;
        this.secret = secret;
        this.line = line;
        this.server = server;
        this.relay = new Relay(() -> onEnd.accept(this));
    }
}
