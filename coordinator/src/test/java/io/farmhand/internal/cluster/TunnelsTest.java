package io.farmhand.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.backend.WorkerId;
import io.farmhand.internal.proto.Opening;
import io.farmhand.internal.proto.ToClient;
import io.farmhand.internal.proto.Unmet;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How many tunnels there may be of one worker, client and host, and when they count no more. */
@NullUnmarked
class TunnelsTest {
    private final List<ToClient> told = new ArrayList<>();
    private final Borrower client = client();
    private long lastLine;

    private Borrower client() {
        return new Borrower(1, Opening.getDefaultInstance(), "address", 0, told::add);
    }

    private static AgentSeats host() {
        return new AgentSeats("host", "address", 4, 25, 0, _ -> {});
    }

    private static Tunnels tunnels(int perWorker, int perClient, int perAgent) {
        Quotas usual = Quotas.DEFAULT;
        return new Tunnels(new Quotas(usual.agents(), usual.clients(), usual.seatsPerAgent(), usual.workersPerClient(),
                usual.launchesPerSecond(), usual.jarsPerClient(), usual.unread(), perWorker, perClient, perAgent));
    }

    private Line line(Borrower of, AgentSeats on) {
        Line line = new Line(++lastLine, new byte[16], new WorkerId((int) lastLine, 0), of);
        line.agent = on;
        on.lines.put(line.id, line);
        return line;
    }

    /** A worker's end of a tunnel, which remembers how it was ended. */
    private static final class WorkerEnd implements Relay.Call {
        private @Nullable Status end;

        @Override
        public void request(int messages) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void send(byte[] message) {}

        @Override
        public void complete() {}

        @Override
        public void end(Status status) {
            end = status;
        }
    }

    private static @Nullable Status dig(Tunnels tunnels, Line line) {
        return dig(tunnels, tunnels.dig(line, 7, tunnels::ended));
    }

    private static @Nullable Status dig(Tunnels tunnels, Tunnel tunnel) {
        WorkerEnd end = new WorkerEnd();
        assertThat(tunnel.relay.worker(end)).isNotNull();
        tunnels.dug(tunnel);
        return end.end;
    }

    private static void assertRefused(@Nullable Status status, String words) {
        assertThat(status).isNotNull();
        assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(status.getDescription()).startsWith(words).contains("let fewer wait at a time");
    }

    @Test
    void aWorkerHasSoManyAndAnotherOneItsOwn() {
        Tunnels tunnels = tunnels(2, 100, 100);
        AgentSeats host = host();
        Line line = line(client, host);
        assertThat(dig(tunnels, line)).isNull();
        assertThat(dig(tunnels, line)).isNull();
        assertRefused(dig(tunnels, line), "This worker has tunnels=2");
        assertThat(dig(tunnels, line(client, host))).isNull();
        assertThat(told).hasSize(3);
    }

    @Test
    void aClientHasSoManyOnAllHosts() {
        Tunnels tunnels = tunnels(100, 2, 100);
        assertThat(dig(tunnels, line(client, host()))).isNull();
        assertThat(dig(tunnels, line(client, host()))).isNull();
        assertRefused(dig(tunnels, line(client, host())), "All workers of this client have tunnels=2");
        assertThat(dig(tunnels, line(client(), host()))).isNull();
    }

    @Test
    void aHostHasSoManyOfAllClients() {
        Tunnels tunnels = tunnels(100, 100, 2);
        AgentSeats host = host();
        assertThat(dig(tunnels, line(client, host))).isNull();
        assertThat(dig(tunnels, line(client(), host))).isNull();
        assertRefused(dig(tunnels, line(client(), host)), "All workers on the host host have tunnels=2");
        assertThat(dig(tunnels, line(client(), host()))).isNull();
    }

    @Test
    void oneThatHasEndedCountsUntilItsClientHasAnswered() {
        Tunnels tunnels = tunnels(1, 100, 100);
        Line line = line(client, host());
        Tunnel tunnel = tunnels.dig(line, 7, tunnels::ended);
        assertThat(dig(tunnels, tunnel)).isNull();
        tunnel.relay.end(Status.OK);
        assertRefused(dig(tunnels, line), "This worker has tunnels=1");
        tunnels.unmet(client(), Unmet.newBuilder().setTunnel(tunnel.id).build());
        assertRefused(dig(tunnels, line), "This worker has tunnels=1"); // a stranger's answer is none
        tunnels.unmet(client, Unmet.newBuilder().setTunnel(tunnel.id).build());
        assertThat(dig(tunnels, line)).isNull();
        assertThat(client.tunnels).isEqualTo(1);
    }
}
