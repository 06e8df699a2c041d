package io.farmhand.internal.cluster;

import io.farmhand.internal.proto.FromAgent;
import io.farmhand.internal.proto.Joining;
import io.farmhand.internal.proto.ToAgent;
import io.farmhand.internal.proto.ToClient;
import io.farmhand.internal.proto.Welcomed;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The coordinator's end of an agent's Lend. */
final class AgentCall extends PeerCall<FromAgent, ToAgent> {
    private static final System.Logger LOG = System.getLogger(AgentCall.class.getName());

    private final Switchboard switchboard;
    private final Quotas quotas;
    /** Null before Joining; owned by the loop. */
    private @Nullable AgentSeats agent;

    AgentCall(Switchboard switchboard, Executor loop, Set<PeerCall<?, ?>> calls, Quotas quotas,
            ServerCallStreamObserver<ToAgent> out) {
        super(loop, calls, quotas.unread(), out);
        this.switchboard = switchboard;
        this.quotas = quotas;
    }

    @Override
    void handle(FromAgent message) {
        AgentSeats joined = agent;
        if (message.hasJoining()) {
            join(message.getJoining());
        } else if (joined == null) {
            refuse(Status.INVALID_ARGUMENT.withDescription(message.getKindCase() + " before Joining"));
        } else {
            switch (message.getKindCase()) {
                case EXITED -> switchboard.exited(joined, message.getExited());
                case LOOKED -> switchboard.pass(joined, message.getLooked().getLine(),
                        ToClient.newBuilder().setLooked(message.getLooked()).build());
                case PRINTED -> switchboard.pass(joined, message.getPrinted().getLine(),
                        ToClient.newBuilder().setPrinted(message.getPrinted()).build());
                case COUNTED -> switchboard.pass(joined, message.getCounted().getLine(),
                        ToClient.newBuilder().setCounted(message.getCounted()).build());
                case RETIRING -> {
                    LOG.log(System.Logger.Level.INFO, "Worker {0} is leaving.", joined.name);
                    switchboard.retiring(joined);
                }
                case JOINING, KIND_NOT_SET ->
                    refuse(Status.INVALID_ARGUMENT.withDescription("a message of an unknown kind"));
            }
        }
    }

    private void join(Joining joining) {
        if (agent != null) {
            refuse(Status.INVALID_ARGUMENT.withDescription("a second Joining"));
        } else if (refuseOtherProtocol("worker", joining.getProtocol())) {
            return;
        } else if (joining.getSeats() < 1 || joining.getSeats() > quotas.seatsPerAgent()) {
            refuse(Status.INVALID_ARGUMENT.withDescription("seats=%d is not from 1 to %d".formatted(joining.getSeats(),
                    quotas.seatsPerAgent())));
        } else if (switchboard.agents() >= quotas.agents()) {
            refuse(Status.RESOURCE_EXHAUSTED.withDescription("there are workers=%d already, as many as may be"
                    .formatted(quotas.agents())));
        } else {
            AgentSeats joined = switchboard.joined(joining.getName(), address(), joining.getSeats(),
                    joining.getJavaVersion(), this::say);
            agent = joined;
            say(ToAgent.newBuilder().setWelcomed(Welcomed.newBuilder().setName(joined.name)).build());
            LOG.log(System.Logger.Level.INFO, "Worker {0} joined from {1}: seats={2} java={3}", joined.name, address(),
                    joined.seats, joined.javaVersion);
        }
    }

    @Override
    void left(String why) {
        if (agent != null) {
            LOG.log(System.Logger.Level.INFO, "Worker {0} has left: {1}", agent.name, why);
            switchboard.left(agent, why);
        }
    }
}
