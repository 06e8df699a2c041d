package io.farmhand.internal.cluster;

import io.farmhand.backend.Backend;
import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.BackendSession;
import io.farmhand.backend.BackendSink;
import io.farmhand.backend.Capability;
import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.security.Role;
import io.farmhand.internal.security.SecuritySetupException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Workers that agents lend to a farm's coordinator, which shares them among its clients. */
public final class JoinedBackend implements Backend {
    private final Dialer dialer;
    private final String name;
    /** Null for the user's own, which is opened when it is needed. */
    private final @Nullable JarStore store;

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

    private JoinedBackend(Dialer dialer, String name) {
        this.dialer = dialer;
        this.name = name;
        this.store = null;
    }

    /**
     * A farm to be dialled by each pool, with the usual name of a client and the user's own store of jars.
     *
     * @throws SecuritySetupException naming the file that a client needs and what is wrong with it
     */
    public static JoinedBackend to(FarmUri farm) throws SecuritySetupException {
        return new JoinedBackend(farm.dialer(Role.CLIENT),
                System.getProperty("user.name") + "@" + Hosts.ownName() + " " + ProcessHandle.current().pid());
    }

    @Override
    public String name() {
        return "farm://" + dialer.address();
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.complementOf(EnumSet.of(Capability.LOCAL_FILES, Capability.SHARED_MEMORY));
    }

    @Override
    public int defaultWorkers() {
        return Integer.MAX_VALUE;
    }

    @Override
    public BackendSession open(BackendOrder order, BackendSink sink) throws IOException {
        return JoinedSession.open(dialer, name, store == null ? JarStore.ofUser() : store, order, sink);
    }
}
