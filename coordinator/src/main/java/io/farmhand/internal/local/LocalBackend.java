package io.farmhand.internal.local;

import io.farmhand.backend.Backend;
import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.BackendSink;
import io.farmhand.backend.Capability;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/** Starts a worker JVM of this host for each worker that is wanted. */
public final class LocalBackend implements Backend {
    /** The only one there need be. */
    public static final LocalBackend INSTANCE = new LocalBackend();

    private LocalBackend() {}

    @Override
    public String name() {
        return "local processes";
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.allOf(Capability.class);
    }

    @Override
    public int defaultWorkers() {
        return Runtime.getRuntime().availableProcessors();
    }

    @Override
    public LocalSession open(BackendOrder order, BackendSink sink) throws IOException {
        return new LocalSession(order, sink);
    }
}
