package io.farmhand.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.NullUnmarked;

/**
 * A network between a dialler and a listener of this host that can be made bad: slow, silent in one direction or both, or cut.
 * Bytes are never changed, nor given another order.
 *
 * <p><b>Concurrency.</b> The faults are volatile; each direction of each connection has a thread.
 */
@NullUnmarked
final class FaultyNetwork implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final int target;
    private final ServerSocket listener;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private volatile boolean silentThere;
    private volatile boolean silentBack;
    private volatile boolean refusing;
    private volatile long delayNanos;
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private volatile boolean closed;

    /** A network to a port of this host. */
    FaultyNetwork(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("network").start(this::accept);
    }

    /** Where to dial instead. */
    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket near = listener.accept();
                if (refusing) {
                    near.close();
                    continue;
                }
                Socket far = new Socket();
                try {
                    far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                } catch (IOException e) {
                    near.close();
                    continue;
                }
                links.add(new Link(near, far));
            } catch (IOException e) {
                if (!closed) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** Nothing passes any more from the dialler, though the connections stay. */
    void silenceThere() {
        silentThere = true;
    }

    /** Nothing passes any more to the dialler. */
    void silenceBack() {
        silentBack = true;
    }

    /** All packets are dropped, as by a firewall. */
    void silence() {
        silenceThere();
        silenceBack();
    }

    /** What was held back passes; new connections are let through. */
    void heal() {
        silentThere = false;
        silentBack = false;
        refusing = false;
    }

    /** Each piece of data takes so much longer. */
    void delay(long millis) {
        delayNanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** Each direction of each connection takes no more than that. */
    void limit(long bitsPerSecond) {
        bytesPerSecond = bitsPerSecond / 8;
    }

    /** Resets all connections. */
    void cut() {
        for (Link link : links) {
            link.reset();
        }
        links.clear();
    }

    /** Resets all connections, and lets no new ones through. */
    void down() {
        refusing = true;
        cut();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        heal();
        cut();
    }

    private final class Link {
        private final Socket near;
        private final Socket far;

        Link(Socket near, Socket far) {
            this.near = near;
            this.far = far;
            Thread.ofPlatform().daemon().name("network-there").start(() -> pump(near, far, true));
            Thread.ofPlatform().daemon().name("network-back").start(() -> pump(far, near, false));
        }

        private void pump(Socket from, Socket to, boolean there) {
            byte[] buffer = new byte[BUFFER_BYTES];
            try (InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    while (there ? silentThere : silentBack) {
                        LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                        if (from.isClosed() || to.isClosed()) {
                            return;
                        }
                    }
                    hold(delayNanos);
                    if (bytesPerSecond != Long.MAX_VALUE) {
                        hold(TimeUnit.SECONDS.toNanos(read) / bytesPerSecond);
                    }
                    out.write(buffer, 0, read);
                    out.flush();
                }
            } catch (IOException e) {
                // One of them has gone: so has the other, then.
                return;
            } finally {
                reset();
            }
        }

        private void hold(long nanos) {
            long end = System.nanoTime() + nanos;
            while (System.nanoTime() - end < 0) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
        }

        void reset() {
            reset(near);
            reset(far);
        }

        private static void reset(Socket socket) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // It is closed, then.
                return;
            }
        }
    }
}
