package io.farmhand.internal.cluster;

import io.farmhand.internal.proto.ClusterGrpc;
import io.farmhand.internal.proto.StatusAsked;
import io.farmhand.internal.proto.StatusTold;
import io.farmhand.internal.security.SecuritySetupException;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a cluster is at.
 *
 * @param uptimeSeconds of the coordinator
 * @param workers those that have joined
 * @param clients those that are connected
 */
public record FarmStatus(long uptimeSeconds, List<JoinedWorker> workers, List<ConnectedClient> clients) {
    /**
     * A host that lends its seats.
     *
     * @param busy how many seats are taken
     * @param java the version of its JVMs
     */
    public record JoinedWorker(String name, String address, int seats, int busy, int java, long joinedSecondsAgo) {}

    /**
     * A pool that borrows seats.
     *
     * @param wanted how many it has work for
     * @param share how many it may have
     * @param workers how many it has
     * @param jobs how many calls are not over
     */
    public record ConnectedClient(String name, String address, int wanted, int share, int workers, int jobs,
            long itemsDone, double itemsPerSecond, long connectedSecondsAgo) {}

    /**
     * Asks a coordinator.
     *
     * @throws IOException when it cannot be reached, does not answer in time, or refuses to
     */
    public static FarmStatus ask(Dialer dialer, Duration patience) throws IOException {
        ManagedChannel channel;
        try {
            channel = dialer.open();
        } catch (SecuritySetupException e) {
            throw new IOException(e.getMessage(), e);
        }
        try {
            return of(ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .ask(StatusAsked.getDefaultInstance()));
        } catch (StatusRuntimeException e) {
            throw new IOException("The coordinator at " + dialer.address() + " does not tell: "
                    + Dialer.words(e.getStatus()), e);
        } finally {
            channel.shutdownNow();
        }
    }

    private static FarmStatus of(StatusTold told) {
        return new FarmStatus(TimeUnit.MILLISECONDS.toSeconds(told.getUptimeMillis()),
                told.getAgentsList().stream()
                        .map(agent -> new JoinedWorker(agent.getName(), agent.getAddress(), agent.getSeats(),
                                agent.getBusy(), agent.getJavaVersion(),
                                TimeUnit.MILLISECONDS.toSeconds(agent.getJoinedMillisAgo())))
                        .toList(),
                told.getClientsList().stream()
                        .map(client -> new ConnectedClient(client.getName(), client.getAddress(), client.getWanted(),
                                client.getShare(), client.getWorkers(), client.getJobs(), client.getItemsDone(),
                                client.getItemsPerSecond(),
                                TimeUnit.MILLISECONDS.toSeconds(client.getOpenedMillisAgo())))
                        .toList());
    }
}
