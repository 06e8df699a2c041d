package io.farmhand.internal.remote;

import java.io.Serializable;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** All that a process must know to use a server's objects. The key travels with it; it stands in no text. */
public final class ServerKey implements Serializable {
    private static final long serialVersionUID = 1L;

    private final SocketAddress address;
    private final byte[] key;
    private final long id;
    private final long pid;

    /**
     * @param address where the server listens
     * @param key what its users must know
     * @param id tells it from others that listened there before
     * @param pid its process
     */
    ServerKey(SocketAddress address, byte[] key, long id, long pid) {
        this.address = address;
        this.key = key.clone();
        this.id = id;
        this.pid = pid;
    }

    /** Where the server listens. */
    public SocketAddress address() {
        return address;
    }

    /** What its users must know. */
    public byte[] key() {
        return key.clone();
    }

    /** Tells it from all others. */
    long id() {
        return id;
    }

    /** Its process. */
    public long pid() {
        return pid;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServerKey server && server.id == id;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(id);
    }

    @Override
    public String toString() {
        return "pid=" + pid + " address=" + address;
    }
}
