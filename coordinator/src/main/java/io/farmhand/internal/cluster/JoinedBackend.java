package io.farmhand.internal.cluster;

import io.farmhand.backend.Backend;
import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.BackendSession;
import io.farmhand.backend.BackendSink;
import io.farmhand.backend.Capability;
import io.farmhand.internal.code.JarStore;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** Workers that agents lend to a farm's coordinator, which shares them among its clients. */
public final class JoinedBackend implements Backend {
    private final Dialer dialer;
    private final String name;
    private final JarStore store;

    /**
     * A farm to be dialled by each pool.
     *
     * @param name of this client, for people
     * @param store where class directories are packed into
     */
    public JoinedBackend(Dialer dialer, String name, JarStore store) {
        this.dialer = dialer;
        this.name = name;
        this.store = store;
    }

    @Override
    public String name() {
        return "farm://" + dialer.address();
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.LOCAL_FILES));
    }

    @Override
    public int defaultWorkers() {
        return Integer.MAX_VALUE;
    }

    @Override
    public BackendSession open(BackendOrder order, BackendSink sink) throws IOException {
        return JoinedSession.open(dialer, name, store, order, sink);
    }
}
