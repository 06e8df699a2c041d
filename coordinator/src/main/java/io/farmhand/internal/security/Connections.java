package io.farmhand.internal.security;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.ServerTransportFilter;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of a listening server, and how many more may come. It stands in the pipeline of the listening
 * channel, where each new connection passes before anything is read from it.
 *
 * <p>A connection is a <i>stranger</i> until a call of it is let through. Strangers are few and short-lived: one too many,
 * and the oldest of the address that has most is closed, so that who connects in earnest gets in while others only
 * hold connections open.
 *
 * <p><b>Concurrency.</b> The loop that accepts, the loops of the connections and the threads of calls come here; the state
 * is guarded by {@link #lock}, under which nothing is closed, logged or waited for.
 */
@Sharable
final class Connections extends ChannelInboundHandlerAdapter {
    private final Limits limits;
    private final RefusalLog log;
    private final LongSupplier nanoTime;

    private final Object lock = new Object();
    private final Map<Ends, GuardedConnection> open = new HashMap<>();
    /** The oldest first. */
    private final Set<GuardedConnection> strangers = new LinkedHashSet<>();
    private final ConnectionRates rates;

    /** The two ends of a connection, by which gRPC and Netty know the same one. */
    record Ends(SocketAddress remote, SocketAddress local) {}

    /**
     * What becomes of a new connection.
     *
     * @param refusal why it is refused; null when it is not
     * @param evicted whom to close in its favour, if any
     */
    private record Entry(@Nullable Refusal refusal, @Nullable GuardedConnection evicted) {}

    Connections(Limits limits, RefusalLog log, LongSupplier nanoTime) {
        this.limits = limits;
        this.log = log;
        this.nanoTime = nanoTime;
        this.rates = new ConnectionRates(limits.perSecond(), limits.burst());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof Channel channel)) {
            context.fireChannelRead(message);
            return;
        }
        if (!(channel.remoteAddress() instanceof InetSocketAddress remote) || channel.localAddress() == null) {
            channel.unsafe().closeForcibly(); // it has gone already
            return;
        }
        GuardedConnection connection = new GuardedConnection(this, channel, new Ends(remote, channel.localAddress()));
        Entry entry = enter(connection, remote.getAddress());
        if (entry.refusal != null) {
            channel.unsafe().closeForcibly();
            log.refused(remote, entry.refusal, describe(entry.refusal));
            return;
        }
        if (entry.evicted != null) {
            entry.evicted.leave(Refusal.TOO_MANY_STRANGERS, describe(Refusal.TOO_MANY_STRANGERS));
        }
        channel.closeFuture().addListener(_ -> leave(connection));
        channel.pipeline().addLast(connection);
        context.fireChannelRead(channel);
    }

    private Entry enter(GuardedConnection connection, InetAddress address) {
        synchronized (lock) {
            if (!rates.take(address, nanoTime.getAsLong())) {
                return new Entry(Refusal.TOO_OFTEN, null);
            }
            GuardedConnection evicted = null;
            if (open.size() >= limits.connections() || strangers.size() >= limits.strangers()) {
                // Those that were evicted are still open until their loops come to close them.
                evicted = open.size() < limits.connections() + limits.strangers() ? evict() : null;
                if (evicted == null) {
                    return new Entry(Refusal.TOO_MANY_CONNECTIONS, null);
                }
                strangers.remove(evicted);
            }
            open.put(connection.ends(), connection);
            strangers.add(connection);
            return new Entry(null, evicted);
        }
    }

    /** Turns away the oldest stranger of the address that has most of them; null when there is none. */
    private @Nullable GuardedConnection evict() {
        Map<InetAddress, Integer> counts = new HashMap<>();
        strangers.forEach(stranger -> counts.merge(stranger.address(), 1, Integer::sum));
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return strangers.stream().filter(stranger -> counts.getOrDefault(stranger.address(), 0) == most)
                .filter(GuardedConnection::turnAway).findFirst().orElse(null);
    }

    private String describe(Refusal refusal) {
        return switch (refusal) {
            case TOO_OFTEN -> "limit=" + limits.perSecond() + " a second, after a burst of " + limits.burst();
            case TOO_MANY_STRANGERS -> "limit=" + limits.strangers();
            default -> "limit=" + limits.connections();
        };
    }

    private void leave(GuardedConnection connection) {
        synchronized (lock) {
            strangers.remove(connection);
            open.remove(connection.ends(), connection);
        }
    }

    /** It is no stranger any more. */
    void admitted(GuardedConnection connection) {
        synchronized (lock) {
            strangers.remove(connection);
        }
    }

    RefusalLog log() {
        return log;
    }

    Limits limits() {
        return limits;
    }

    /** How many connections there are, those included that are about to be closed. */
    int count() {
        synchronized (lock) {
            return open.size();
        }
    }

    /** How many of them are strangers. */
    int strangers() {
        synchronized (lock) {
            return strangers.size();
        }
    }

    /** Tells calls which connection they are on. */
    ServerTransportFilter filter() {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                SocketAddress remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
                SocketAddress local = attributes.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
                if (remote == null || local == null) {
                    return attributes;
                }
                synchronized (lock) {
                    GuardedConnection connection = open.get(new Ends(remote, local));
                    return connection == null
                            ? attributes
                            : attributes.toBuilder().set(GuardedConnection.ATTRIBUTE, connection).build();
                }
            }
        };
    }
}
