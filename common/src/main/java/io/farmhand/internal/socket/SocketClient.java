package io.farmhand.internal.socket;

import io.farmhand.internal.home.TimeLimit;
import io.farmhand.sync.AuthenticationException;
import io.farmhand.sync.Connection;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The side of a connection that knocks. */
public final class SocketClient {
    /**
     * Only so many threads of this process knock at one door at a time: the kernel's queue there has an end, at which a virtual
     * thread, whose sockets never block, is refused; and who is let in late may be taken for a stranger who keeps silent.
     */
    private static final int MOST_KNOCKING = 32;
    /** By address; doors that share one wait for each other's callers at worst. */
    private static final Semaphore[] QUEUES = Stream.generate(() -> new Semaphore(MOST_KNOCKING, true)).limit(16)
            .toArray(Semaphore[]::new);

    /** How long a handshake may take, for both sides. */
    public static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private SocketClient() {}

    /** See {@link io.farmhand.sync.Client#connect}. */
    public static Connection connect(SocketAddress address, byte[] key) throws IOException, InterruptedException {
        return new SocketConnection(open(address, key));
    }

    /**
     * Connects to a listener, and shows that it and we know the key.
     *
     * @throws IOException when that fails, for whatever reason
     * @throws InterruptedException when the thread is interrupted before or while it waits
     */
    public static FrameChannel open(SocketAddress address, byte[] key) throws IOException, InterruptedException {
        return open(new Way.Direct(address), key, PATIENCE_NANOS);
    }

    /**
     * Connects to a listener, and shows that it and we know the key.
     *
     * @param patienceNanos how long that may take
     * @throws SocketTimeoutException when it takes longer
     * @throws TunnelRefusedException when the way is a tunnel that is not to be had
     * @throws IOException when that fails, for whatever reason
     * @throws InterruptedException when the thread is interrupted before or while it waits
     */
    public static FrameChannel open(Way way, byte[] key, long patienceNanos)
            throws IOException, InterruptedException {
        Keys.check(key);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long deadline = System.nanoTime() + patienceNanos;
        Semaphore queue = QUEUES[Math.floorMod(way.address().hashCode(), QUEUES.length)];
        if (!queue.tryAcquire(patienceNanos, TimeUnit.NANOSECONDS)) {
            throw late(way.address());
        }
        try {
            return knock(way, key, deadline);
        } finally {
            queue.release();
        }
    }

    /**
     * Connects to a listener, for others to speak with it.
     *
     * @param patienceNanos how long that may take
     * @return a socket that blocks
     * @throws IOException when that fails, for whatever reason
     * @throws InterruptedException when the thread is interrupted while it waits
     */
    public static SocketChannel dial(Way way, long patienceNanos) throws IOException, InterruptedException {
        SocketChannel socket = Outlet.socketFor(way.door());
        boolean through = false;
        try {
            connect(socket, way, System.nanoTime() + patienceNanos);
            socket.configureBlocking(true);
            through = true;
            return socket;
        } finally {
            if (!through) {
                Quietly.close(socket);
            }
        }
    }

    private static FrameChannel knock(Way way, byte[] key, long deadline) throws IOException, InterruptedException {
        SocketAddress address = way.address();
        SocketChannel socket = Outlet.socketFor(way.door());
        FrameChannel channel = null;
        boolean through = false;
        try {
            connect(socket, way, deadline);
            channel = new FrameChannel(socket);
            Handshake.Clients handshake = new Handshake.Clients(key);
            channel.send(handshake.answer(receive(channel, address, deadline)));
            handshake.check(receive(channel, address, deadline));
            through = true;
            return channel;
        } catch (FrameTooLongException e) {
            throw (AuthenticationException) new AuthenticationException(
                    "what listens there is not of Farmhand: address=" + address).initCause(e);
        } catch (EOFException e) {
            throw new IOException("The listener closed the connection before it let us in: address=" + address, e);
        } finally {
            if (!through) {
                Quietly.close(channel);
                Quietly.close(socket);
            }
        }
    }

    private static void connect(SocketChannel socket, Way way, long deadline)
            throws IOException, InterruptedException {
        connect(socket, way.door(), deadline);
        if (way instanceof Way.Tunnelled tunnel) {
            lead(socket, tunnel, deadline);
        }
    }

    private static void lead(SocketChannel socket, Way.Tunnelled tunnel, long deadline)
            throws IOException, InterruptedException {
        socket.configureBlocking(true);
        try (TimeLimit limit = new TimeLimit(socket, deadline - System.nanoTime())) {
            try {
                tunnel.outlet().lead(socket, tunnel.server());
            } catch (ClosedByInterruptException e) {
                boolean _ = Thread.interrupted();
                throw (InterruptedException) new InterruptedException().initCause(e);
            } catch (ClosedChannelException e) {
                throw limit.hasPassed() ? late(tunnel.address()) : e;
            }
        }
    }

    private static void connect(SocketChannel socket, SocketAddress address, long deadline)
            throws IOException, InterruptedException {
        try {
            if (address instanceof UnixDomainSocketAddress) {
                connectBlocking(socket, address, deadline);
                return;
            }
            socket.configureBlocking(false);
            TcpOptions.set(socket);
            if (socket.connect(address)) {
                return;
            }
            try (Selector selector = Selector.open()) {
                socket.register(selector, SelectionKey.OP_CONNECT);
                while (!socket.finishConnect()) {
                    selector.select(millisLeft(address, deadline));
                    selector.selectedKeys().clear();
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (ClosedByInterruptException e) {
            boolean _ = Thread.interrupted();
            throw (InterruptedException) new InterruptedException().initCause(e);
        } catch (IOException e) {
            throw new IOException("Nothing listens there: address=" + address + ": " + e.getMessage(), e);
        }
    }

    /** A full queue of those that knock is waited for only by a socket that blocks; nothing but its end limits that. */
    private static void connectBlocking(SocketChannel socket, SocketAddress address, long deadline)
            throws IOException {
        try (TimeLimit limit = new TimeLimit(socket, deadline - System.nanoTime())) {
            try {
                socket.connect(address);
            } catch (ClosedChannelException e) {
                throw limit.hasPassed() ? late(address) : e;
            }
        }
    }

    private static byte[] receive(FrameChannel channel, SocketAddress address, long deadline)
            throws IOException, InterruptedException {
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            byte[] bytes = channel.poll(Handshake.CHALLENGE_BYTES);
            if (bytes != null) {
                return bytes;
            }
            channel.awaitInput(TimeUnit.MILLISECONDS.toNanos(millisLeft(address, deadline)));
        }
    }

    private static long millisLeft(SocketAddress address, long deadline) throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
            throw late(address);
        }
        return left;
    }

    private static SocketTimeoutException late(SocketAddress address) {
        return new SocketTimeoutException("What listens there did not answer in time: address=" + address);
    }
}
