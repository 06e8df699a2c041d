package io.farmhand.sync;

import io.farmhand.internal.socket.SocketClient;
import java.io.IOException;
import java.net.SocketAddress;

/** Knocks at the doors of {@link Listener}s, as Python's {@code multiprocessing.connection.Client}. */
public final class Client {
    private Client() {}

    /**
     * Connects to a listener.
     *
     * @param address where it listens
     * @param key what both sides must know; not empty
     * @throws AuthenticationException when the two do not have the same key
     * @throws IOException when nothing listens there, or it does not answer within ten seconds
     * @throws InterruptedException when the thread is interrupted before or while it waits
     */
    public static Connection connect(SocketAddress address, byte[] key) throws IOException, InterruptedException {
        return SocketClient.connect(address, key);
    }
}
