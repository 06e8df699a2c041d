package io.farmhand;

import io.farmhand.internal.socket.Keys;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The options of a {@link Manager}. It belongs to one thread. */
public final class ManagerBuilder {
    private @Nullable SocketAddress where;
    private byte @Nullable [] secret;
    private String[] arguments = {};

    ManagerBuilder() {}

    /**
     * Where it is to listen; without this, at a domain socket in a directory that only this user may enter.
     *
     * @param address an {@link java.net.InetSocketAddress}, whose port 0 means any that is free, or a
     *        {@link java.net.UnixDomainSocketAddress}. What goes over a network is not encrypted
     */
    public ManagerBuilder address(SocketAddress address) {
        where = address;
        return this;
    }

    /**
     * What its users must know; without this, 32 random bytes.
     *
     * @param key the key, not empty
     */
    public ManagerBuilder key(byte[] key) {
        secret = Keys.check(key);
        return this;
    }

    /** Options of its JVM, such as {@code -Xmx1g}. */
    public ManagerBuilder jvmArgs(String... args) {
        arguments = args.clone();
        return this;
    }

    /**
     * Starts it, and waits until it can be used.
     *
     * @throws java.io.UncheckedIOException when it cannot be started, or cannot listen there
     */
    public Manager start() {
        return Manager.start(where, secret == null ? Keys.random() : secret, arguments);
    }
}
