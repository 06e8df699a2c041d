package io.farmhand.internal.cluster;

import io.farmhand.internal.proto.Dug;
import io.farmhand.internal.proto.Unmet;
import io.farmhand.internal.remote.KnownServers;
import io.farmhand.internal.socket.SocketClient;
import io.farmhand.internal.socket.Way;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's ends of the tunnels of its workers. It connects them to servers that this process has, uses, or has sent proxies of, by
 * the addresses that it knows them by, and to no other socket.
 *
 * <p>A server lets in so many at a time that have not shown yet that they have its key; who comes late may be turned away. So no
 * more than {@link #MOST_KNOCKING} are led there at a time; the others wait here.
 *
 * <p><b>Concurrency.</b> Its monitor guards what waits, how many knock and which tunnels there are. Each connection to a
 * server is made on a thread of its own, {@code farm-tunnel-dial}, since only a platform thread waits at a door that is full.
 */
final class ClientTunnels implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ClientTunnels.class.getName());
    /** Half of what a server's door bears, for others knock there, too. Fewer keep workers waiting that start at once. */
    private static final int MOST_KNOCKING = 64;

    /** Makes the calls. */
    interface Caller {
        /** Comes to meet a tunnel. */
        TunnelEnd meet(LineKey tunnel, SocketChannel server, TunnelEnd.Events events);
    }

    private final int most;
    private final Caller caller;
    private final Consumer<Unmet> unmet;
    // Guarded by this.
    private final ArrayDeque<Dug> waiting = new ArrayDeque<>();
    private final Set<TunnelEnd> tunnels = new HashSet<>();
    private int knocking;
    private boolean closed;

    /**
     * Makes an end for no tunnel yet.
     *
     * @param most how many there may be
     * @param unmet tells the coordinator of a tunnel that is not met; never waits
     */
    ClientTunnels(int most, Caller caller, Consumer<Unmet> unmet) {
        this.most = most;
        this.caller = caller;
        this.unmet = unmet;
    }

    /** A worker asks for a tunnel. */
    void dug(Dug dug) {
        Way way = KnownServers.way(dug.getServer());
        if (way == null) {
            refuse(dug, "The process that this worker works for knows no such server: neither has it sent a proxy of it"
                    + " to workers, nor does it use it, or not any more.", false);
            return;
        }
        synchronized (this) {
            if (closed) {
                return; // the connection ends
            }
            if (tunnels.size() + knocking + waiting.size() < most) {
                waiting.add(dug);
                dialNext();
                return;
            }
        }
        refuse(dug, "All workers of this client have tunnels=" + most + ", as many as may be.", true);
    }

    private void refuse(Dug dug, String reason, boolean limit) {
        unmet.accept(Unmet.newBuilder().setTunnel(dug.getTunnel()).setReason(reason).setLimit(limit).build());
    }

    private synchronized void dialNext() {
        if (knocking < MOST_KNOCKING && !closed) {
            Dug next = waiting.poll();
            if (next != null) {
                knocking++;
                Thread.ofPlatform().daemon().name("farm-tunnel-dial").start(() -> dial(next));
            }
        }
    }

    private void dial(Dug dug) {
        Meeting meeting = new Meeting();
        try {
            Way way = KnownServers.way(dug.getServer());
            if (way == null) {
                throw new IOException("it is not there any more");
            }
            SocketChannel server = SocketClient.dial(way, SocketClient.PATIENCE_NANOS);
            meeting.begun(caller.meet(new LineKey(dug.getTunnel(), dug.getSecret()), server, meeting));
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a tunnel has no other end", e);
            meeting.over();
            refuse(dug, "The process that this worker works for cannot reach it: " + e.getMessage(), false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does
            meeting.over();
        }
    }

    /** One tunnel, as it is counted. Its owner's monitor guards it. */
    private final class Meeting implements TunnelEnd.Events {
        private boolean isKnocking = true;
        private boolean over;
        private @Nullable TunnelEnd tunnel;

        void begun(TunnelEnd made) {
            boolean late;
            synchronized (ClientTunnels.this) {
                late = closed;
                if (!over) {
                    tunnel = made;
                    tunnels.add(made);
                }
            }
            if (late) {
                made.close("The pool is closed.");
            }
        }

        /** What the worker has answered to the server's question is there: what the server makes of it takes no time. */
        @Override
        public void delivered() {
            synchronized (ClientTunnels.this) {
                if (isKnocking) {
                    isKnocking = false;
                    knocking--;
                }
                dialNext();
            }
        }

        @Override
        public void over() {
            synchronized (ClientTunnels.this) {
                over = true;
                if (tunnel != null) {
                    tunnels.remove(tunnel);
                }
            }
            delivered();
        }
    }

    /** Ends all, and meets none any more. */
    @Override
    public void close() {
        List<TunnelEnd> last;
        synchronized (this) {
            closed = true;
            waiting.clear();
            last = List.copyOf(tunnels);
        }
        last.forEach(tunnel -> tunnel.close("The pool is closed."));
    }
}
