package io.farmhand.sync;

import io.farmhand.internal.socket.SocketListener;
import java.io.IOException;
import java.net.SocketAddress;

/**
 * A door at which other processes knock for connections, as Python's {@code multiprocessing.connection.Listener}: those
 * that know the key are let in. The other side uses a {@link Client}.
 *
 * <p>Both sides show that they know the key without telling it (HMAC-SHA256, after Python's). Nothing is encrypted: over a
 * network others may read along.
 *
 * <p>Handshakes are done by a thread of the listener's own, many at once and each within ten seconds: a peer that says
 * nothing holds up nobody.
 */
public interface Listener extends AutoCloseable {
    /**
     * Opens a listener at an address of its own, for processes of this user on this host: a domain socket in a directory that
     * only this user may enter; where there are no domain sockets, a port of the loopback interface.
     *
     * @param key what both sides must know; not empty
     * @throws IOException when it cannot be opened
     */
    static Listener open(byte[] key) throws IOException {
        return SocketListener.open(key);
    }

    /**
     * Opens a listener.
     *
     * @param address where: an {@link java.net.InetSocketAddress}, whose port 0 means any that is free, or a
     *        {@link java.net.UnixDomainSocketAddress}, whose file must not exist
     * @param key what both sides must know; not empty
     * @throws IOException when it cannot be opened there
     */
    static Listener open(SocketAddress address, byte[] key) throws IOException {
        return SocketListener.open(address, key);
    }

    /**
     * Waits for the next one that knocks, and lets it in if it knows the key.
     *
     * @throws AuthenticationException when it does not. The listener goes on
     * @throws java.nio.channels.ClosedChannelException when the listener is closed, before or while it waits
     * @throws IOException when the listener broke
     * @throws InterruptedException when the thread is interrupted before or while it waits
     */
    Connection accept() throws IOException, InterruptedException;

    /** Where it listens; with the port that it has. */
    SocketAddress address();

    /** Closes the door, and those connections that nobody has accepted; accepted ones go on. */
    @Override
    void close();
}
