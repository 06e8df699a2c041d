package io.farmhand.internal.socket;

import io.farmhand.internal.home.Home;
import io.farmhand.sync.AuthenticationException;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A {@link Listener}: what its doorkeeper let in waits in a queue for {@link #accept}.
 *
 * <p>The last thing in the queue, once it is closed or broken, is its end, which whoever finds it puts back for others.
 *
 * <p><b>Concurrency.</b> Its monitor guards {@code ended} and what is added to the queue: after the end nothing arrives.
 */
public final class SocketListener implements Listener {
    /** Those that nobody accepts hold descriptors; more are turned away. */
    private static final int MOST_WAITING = 128;
    /** Those that were refused wait to be told of; more are not, for whoever knocks without the key must cost no place. */
    private static final int MOST_REFUSED = 16;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private sealed interface Arrival {}

    private record Admitted(SocketChannel channel) implements Arrival {}

    private record Refused() implements Arrival {}

    private record End(IOException cause) implements Arrival {}

    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    /** How many of {@code arrivals} were let in. */
    private final AtomicInteger admitted = new AtomicInteger();
    /** How many of {@code arrivals} were refused. */
    private final AtomicInteger refused = new AtomicInteger();
    private final Doorkeeper doorkeeper;
    private boolean ended;

    private SocketListener(SocketAddress address, byte[] key) throws IOException {
        doorkeeper = Doorkeeper.at(address, key, new Doorkeeper.Guests() {
            @Override
            public void admitted(SocketChannel guest) {
                if (!arrive(new Admitted(guest), admitted, MOST_WAITING)) {
                    Quietly.close(guest);
                }
            }

            @Override
            public void refused() {
                boolean _ = arrive(new Refused(), refused, MOST_REFUSED);
            }

            @Override
            public void broken(IOException cause) {
                end(cause);
            }
        });
        doorkeeper.open();
    }

    /** See {@link Listener#open(byte[])}. */
    public static Listener open(byte[] key) throws IOException {
        Keys.check(key);
        return open(freshAddress(), key);
    }

    /** See {@link Listener#open(SocketAddress, byte[])}. */
    public static Listener open(SocketAddress address, byte[] key) throws IOException {
        return new SocketListener(address, key);
    }

    /** An address at which nobody listens, and which only this user reaches, where the system has such. */
    public static SocketAddress freshAddress() throws IOException {
        try {
            return UnixDomainSocketAddress.of(Home.here().directory().resolve("door-" + NUMBERS.incrementAndGet()));
        } catch (UnsupportedOperationException e) {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        }
    }

    /** Queues an arrival, unless so many of its kind wait, or nobody comes any more. */
    private synchronized boolean arrive(Arrival arrival, AtomicInteger waiting, int most) {
        if (ended || waiting.get() >= most) {
            return false;
        }
        waiting.incrementAndGet();
        return arrivals.add(arrival);
    }

    /** Nobody comes any more; those that wait can still be accepted. */
    private synchronized void end(IOException cause) {
        if (!ended) {
            ended = true;
            arrivals.add(new End(cause));
        }
    }

    @Override
    public Connection accept() throws IOException, InterruptedException {
        Arrival arrival = arrivals.take();
        return switch (arrival) {
            case Admitted guest -> {
                admitted.decrementAndGet();
                yield connection(guest.channel());
            }
            case Refused() -> {
                refused.decrementAndGet();
                throw new AuthenticationException(
                        "one that knocked does not have the key; it was turned away: address=" + address());
            }
            case End end -> {
                arrivals.add(end);
                throw failure(end.cause());
            }
        };
    }

    private static Connection connection(SocketChannel guest) throws IOException {
        try {
            return new SocketConnection(new FrameChannel(guest));
        } catch (IOException e) {
            Quietly.close(guest);
            throw e;
        }
    }

    private static IOException failure(IOException cause) {
        IOException failure = cause instanceof ClosedChannelException
                ? new ClosedChannelException()
                : new IOException("The listener is broken: " + cause.getMessage());
        failure.initCause(cause);
        return failure;
    }

    @Override
    public SocketAddress address() {
        return doorkeeper.address();
    }

    @Override
    public void close() {
        doorkeeper.close();
        end(new ClosedChannelException());
        for (Arrival waiting; (waiting = arrivals.poll()) != null;) {
            if (waiting instanceof Admitted guest) {
                Quietly.close(guest.channel());
            }
        }
        arrivals.add(new End(new ClosedChannelException()));
    }

    @Override
    public String toString() {
        return "Listener[" + address() + "]";
    }
}
