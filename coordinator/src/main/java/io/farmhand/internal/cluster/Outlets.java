package io.farmhand.internal.cluster;

import io.farmhand.internal.home.TimeLimit;
import io.farmhand.internal.socket.Outlet;
import io.farmhand.internal.wire.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The door at which a crew's workers, and what they start, ask for tunnels. It leads on only those that show the token of a
 * worker that lives.
 *
 * <p><b>Concurrency.</b> Concurrent maps. The thread {@code farm-outlet} lets those that come in; each has a virtual thread,
 * {@code farm-outlet-guest}, until it is known what it wants.
 */
final class Outlets implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Outlets.class.getName());
    /** How long one may take to say what it wants; it has it at hand. */
    private static final long WISH_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** What digs the tunnels. */
    interface Digger {
        /**
         * Begins one.
         *
         * @param socket of the worker, which waits for an answer
         */
        TunnelEnd dig(LineKey line, long server, SocketChannel socket, TunnelEnd.Events events);
    }

    private final Digger digger;
    private final ServerSocketChannel door;
    private final SecureRandom random = new SecureRandom();
    /** Which token is whose. */
    private final Map<String, LineKey> lines = new ConcurrentHashMap<>();
    /** Those that are let in and have no tunnel yet. */
    private final Set<SocketChannel> guests = ConcurrentHashMap.newKeySet();
    private final Set<TunnelEnd> tunnels = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Starts to listen.
     *
     * @param directory the crew's, which nobody else may enter
     */
    Outlets(Path directory, Digger digger) throws IOException {
        this.digger = digger;
        this.door = open(Endpoint.in(directory, "t"));
        Thread.ofPlatform().daemon().name("farm-outlet").start(this::run);
    }

    private static ServerSocketChannel open(Endpoint endpoint) throws IOException {
        ServerSocketChannel door = endpoint instanceof Endpoint.Socket
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        boolean listens = false;
        try {
            switch (endpoint) {
                case Endpoint.Socket(Path path) -> {
                    door.bind(UnixDomainSocketAddress.of(path));
                    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
                }
                case Endpoint.Loopback(int port) ->
                    door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
            listens = true;
            return door;
        } finally {
            if (!listens) {
                door.close();
            }
        }
    }

    /** A worker is to have tunnels, until {@link #end}; gives what it is told. */
    Outlet begin(LineKey line, String token) throws IOException {
        lines.put(token, line);
        long realm = random.nextLong();
        return new Outlet(door.getLocalAddress(), token, realm == 0 ? 1 : realm);
    }

    /** A worker has ended: what it has started has no more tunnels. Those that there are end with the line. */
    void end(String token) {
        lines.remove(token);
    }

    private void run() {
        while (!closed) {
            try {
                SocketChannel guest = door.accept();
                guests.add(guest);
                Thread.ofVirtual().name("farm-outlet-guest").start(() -> serve(guest));
                if (closed) {
                    quietly(guest); // it was not among those that were closed
                }
            } catch (IOException e) {
                if (closed || !door.isOpen()) {
                    return;
                }
                LOG.log(System.Logger.Level.WARNING, "a worker was not let in that wants a tunnel", e);
            }
        }
    }

    private void serve(SocketChannel guest) {
        boolean handedOn = false;
        try (TimeLimit _ = new TimeLimit(guest, WISH_NANOS)) {
            Outlet.Wish wish = Outlet.wish(guest);
            LineKey line = lines.get(wish.token());
            if (line == null) {
                Outlet.answer(guest, Outlet.Answer.REFUSED, "No worker with this token is expected.");
                return;
            }
            handedOn = true;
            Leading leading = new Leading(guest);
            leading.begun(digger.dig(line, wish.server(), guest, leading));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "one that wants a tunnel went away", e);
        } finally {
            guests.remove(guest);
            if (!handedOn) {
                quietly(guest);
            }
        }
    }

    private static void quietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a socket was not closed", e);
        }
    }

    /** Answers a worker, and knows its tunnel as long as that is there. Its monitor guards which comes first, begin or end. */
    private final class Leading implements TunnelEnd.Events {
        private final SocketChannel socket;
        private @Nullable TunnelEnd mine;
        private boolean over;

        Leading(SocketChannel socket) {
            this.socket = socket;
        }

        synchronized void begun(TunnelEnd tunnel) {
            if (!over) {
                tunnels.add(tunnel);
                mine = tunnel;
            }
            if (closed) {
                tunnel.close("The host is done with this client.");
            }
        }

        @Override
        public void connected() throws IOException {
            Outlet.answer(socket, Outlet.Answer.OPEN, "");
        }

        @Override
        public void refused(String reason, boolean limit) throws IOException {
            Outlet.answer(socket, limit ? Outlet.Answer.REFUSED : Outlet.Answer.GONE, reason);
        }

        @Override
        public synchronized void over() {
            over = true;
            if (mine != null) {
                tunnels.remove(mine);
            }
        }
    }

    /** Lets nobody in any more, and ends all tunnels. */
    @Override
    public void close() {
        closed = true;
        try {
            door.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a door was not closed", e);
        }
        guests.forEach(Outlets::quietly);
        tunnels.forEach(tunnel -> tunnel.close("The host is done with this client."));
    }
}
