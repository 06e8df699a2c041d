package io.farmhand.internal.cluster;

import com.google.protobuf.ByteString;
import io.farmhand.internal.proto.Dug;
import io.farmhand.internal.proto.ToClient;
import io.farmhand.internal.proto.Unmet;
import io.grpc.Status;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tunnels of a coordinator, and how many there are of whose. Single-threaded as the {@link Switchboard} is, whose thread
 * owns it, but for {@link #dig} and {@link #met}.
 *
 * <p>A tunnel counts until nothing passes by it any more and its client has answered: so what waits to be said to a client that
 * does not listen is bounded, too.
 */
final class Tunnels {
    private static final int SECRET_BYTES = 16;

    private final Quotas quotas;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong last = new AtomicLong();
    /** Those that count. Concurrent, since {@link #met} is for any thread. */
    private final Map<Long, Tunnel> all = new ConcurrentHashMap<>();

    Tunnels(Quotas quotas) {
        this.quotas = quotas;
    }

    /**
     * A tunnel from a worker, which nobody knows of yet; for any thread.
     *
     * @param onEnd is to pass it on to {@link #ended} on the thread that owns this
     */
    Tunnel dig(Line line, long server, Consumer<Tunnel> onEnd) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new Tunnel(last.incrementAndGet(), secret, line, server, onEnd);
    }

    /** Tells a worker's client of a tunnel, or ends it where there is one too many. */
    void dug(Tunnel tunnel) {
        Line line = tunnel.line;
        Borrower client = line.client;
        AgentSeats agent = line.agent;
        if (client == null || agent == null || !agent.lines.containsKey(line.id)) {
            tunnel.relay.end(Status.UNAVAILABLE.withDescription("The worker has ended."));
            return;
        }
        String excess = excess(line, client, agent);
        if (excess != null) {
            tunnel.relay.end(Status.RESOURCE_EXHAUSTED.withDescription(excess));
            return;
        }
        tunnel.client = client;
        tunnel.agent = agent;
        all.put(tunnel.id, tunnel);
        line.tunnels.add(tunnel);
        client.tunnels++;
        agent.tunnels++;
        client.out.accept(ToClient.newBuilder()
                .setDug(Dug.newBuilder()
                        .setTunnel(tunnel.id)
                        .setSecret(ByteString.copyFrom(tunnel.secret))
                        .setServer(tunnel.server)
                        .setLine(line.id))
                .build());
    }

    private @Nullable String excess(Line line, Borrower client, AgentSeats agent) {
        String fewer = ", as many as may be. Each thread that waits in a call of a manager's object takes one: let fewer"
                + " wait at a time.";
        if (line.tunnels.size() >= quotas.tunnelsPerWorker()) {
            return "This worker has tunnels=" + line.tunnels.size() + fewer;
        }
        if (client.tunnels >= quotas.tunnelsPerClient()) {
            return "All workers of this client have tunnels=" + client.tunnels + fewer;
        }
        return agent.tunnels >= quotas.tunnelsPerAgent()
                ? "All workers on the host " + agent.name + " have tunnels=" + agent.tunnels + fewer
                : null;
    }

    /** The tunnel that a client comes to meet, which has its secret; for any thread. */
    @Nullable
    Tunnel met(LineKey key) {
        Tunnel found = all.get(key.line());
        return found != null && MessageDigest.isEqual(found.secret, key.secret().toByteArray()) ? found : null;
    }

    /** The client has answered. */
    void answered(Tunnel tunnel) {
        tunnel.answered = true;
        settle(tunnel);
    }

    /** A client does not meet a tunnel. */
    void unmet(Borrower client, Unmet unmet) {
        Tunnel tunnel = all.get(unmet.getTunnel());
        if (tunnel != null && client.equals(tunnel.client)) {
            tunnel.relay.end((unmet.getLimit() ? Status.RESOURCE_EXHAUSTED : Status.UNAVAILABLE)
                    .withDescription(unmet.getReason()));
            answered(tunnel);
        }
    }

    /** Nothing passes by a tunnel any more. */
    void ended(Tunnel tunnel) {
        tunnel.ended = true;
        settle(tunnel);
    }

    private void settle(Tunnel tunnel) {
        Borrower client = tunnel.client;
        AgentSeats agent = tunnel.agent;
        if (tunnel.ended && tunnel.answered && client != null && agent != null) {
            all.remove(tunnel.id);
            tunnel.line.tunnels.remove(tunnel);
            client.tunnels--;
            agent.tunnels--;
            tunnel.client = null;
            tunnel.agent = null;
        }
    }

    /** A line is over, and its tunnels with it. */
    void lineEnded(Line line, String why) {
        List.copyOf(line.tunnels).forEach(
                tunnel -> tunnel.relay.end(Status.UNAVAILABLE.withDescription("The tunnel has ended: " + why + ".")));
    }

    /** A client has gone: it answers nothing more. To be called when its lines have ended. */
    void left(Borrower client) {
        List.copyOf(all.values()).stream().filter(tunnel -> client.equals(tunnel.client)).forEach(this::answered);
    }
}
