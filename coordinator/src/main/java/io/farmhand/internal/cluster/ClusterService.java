package io.farmhand.internal.cluster;

import io.farmhand.internal.proto.ClusterGrpc;
import io.farmhand.internal.proto.FromAgent;
import io.farmhand.internal.proto.FromClient;
import io.farmhand.internal.proto.JarPart;
import io.farmhand.internal.proto.JarStored;
import io.farmhand.internal.proto.JarWanted;
import io.farmhand.internal.proto.StatusAsked;
import io.farmhand.internal.proto.StatusTold;
import io.farmhand.internal.proto.ToAgent;
import io.farmhand.internal.proto.ToClient;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The coordinator's answers to agents and clients. Calls run on the transport's threads; whatever touches the
 * {@link Switchboard} is passed on to its thread.
 */
final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private static final System.Logger LOG = System.getLogger(ClusterService.class.getName());

    private final Switchboard switchboard;
    private final Executor loop;
    private final Jars jars;
    private final Quotas quotas;
    /** The long calls of agents and clients that are not over; owned by the switchboard's thread. */
    private final Set<PeerCall<?, ?>> calls = new LinkedHashSet<>();

    /** @param loop the switchboard's one thread */
    ClusterService(Switchboard switchboard, Executor loop, Jars jars, Quotas quotas) {
        this.switchboard = switchboard;
        this.loop = loop;
        this.jars = jars;
        this.quotas = quotas;
    }

    /** The service, of which the two ends of a line, and of a tunnel, are relayed unread. */
    ServerServiceDefinition definition() {
        ServerServiceDefinition typed = bindService();
        ServerServiceDefinition.Builder whole = ServerServiceDefinition.builder(typed.getServiceDescriptor().getName());
        for (ServerMethodDefinition<?, ?> method : typed.getMethods()) {
            MethodDescriptor<?, ?> descriptor = method.getMethodDescriptor();
            if (descriptor.getFullMethodName().equals(ClusterGrpc.getServeMethod().getFullMethodName())) {
                whole.addMethod(Bytes.of(descriptor), (call, headers) -> relay(call, headers, true));
            } else if (descriptor.getFullMethodName().equals(ClusterGrpc.getEmployMethod().getFullMethodName())) {
                whole.addMethod(Bytes.of(descriptor), (call, headers) -> relay(call, headers, false));
            } else if (descriptor.getFullMethodName().equals(ClusterGrpc.getDigMethod().getFullMethodName())) {
                whole.addMethod(Bytes.of(descriptor), this::dig);
            } else if (descriptor.getFullMethodName().equals(ClusterGrpc.getMeetMethod().getFullMethodName())) {
                whole.addMethod(Bytes.of(descriptor), this::meet);
            } else {
                whole.addMethod(method);
            }
        }
        return whole.build();
    }

    private ServerCall.Listener<byte[]> relay(ServerCall<byte[], byte[]> call, Metadata headers, boolean isWorker) {
        LineKey key = LineKey.of(headers);
        return RelayedServerCall.join(call, joining -> {
            Line line = key == null ? null : switchboard.line(key);
            if (line == null) {
                return null;
            }
            return isWorker ? line.relay.worker(joining) : line.relay.client(joining);
        });
    }

    /** An agent calls for one of its workers. */
    private ServerCall.Listener<byte[]> dig(ServerCall<byte[], byte[]> call, Metadata headers) {
        LineKey key = LineKey.of(headers);
        Long server = LineKey.server(headers);
        Line line = key == null ? null : switchboard.line(key);
        if (line == null || server == null) {
            return TunnelledCall.join(call, _ -> null, "There is no such worker, or not any more.");
        }
        Tunnels tunnels = switchboard.tunnels();
        Tunnel tunnel = tunnels.dig(line, server, ended -> onLoop(() -> tunnels.ended(ended)));
        ServerCall.Listener<byte[]> dug = TunnelledCall.join(call, tunnel.relay::worker, "");
        onLoop(() -> tunnels.dug(tunnel));
        return dug;
    }

    /** A client comes to meet a tunnel. */
    private ServerCall.Listener<byte[]> meet(ServerCall<byte[], byte[]> call, Metadata headers) {
        LineKey key = LineKey.of(headers);
        Tunnels tunnels = switchboard.tunnels();
        Tunnel tunnel = key == null ? null : tunnels.met(key);
        ServerCall.Listener<byte[]> met = TunnelledCall.join(call,
                joining -> tunnel == null ? null : tunnel.relay.client(joining), "The tunnel is not there any more.");
        if (tunnel != null) {
            onLoop(() -> tunnels.answered(tunnel));
        }
        return met;
    }

    /** Ends all calls of agents and clients; on the switchboard's thread. Clients first: they need not hear of their workers. */
    void end() {
        List.copyOf(calls).stream().sorted(Comparator.comparing(AgentCall.class::isInstance))
                .forEach(call -> call.end(Status.UNAVAILABLE.withDescription("the coordinator was told to end")));
    }

    private void onLoop(Runnable step) {
        try {
            loop.execute(step);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.TRACE, "the coordinator has ended", e);
        }
    }

    @Override
    public StreamObserver<FromAgent> lend(StreamObserver<ToAgent> out) {
        return new AgentCall(switchboard, loop, calls, quotas, (ServerCallStreamObserver<ToAgent>) out);
    }

    @Override
    public StreamObserver<FromClient> borrow(StreamObserver<ToClient> out) {
        return new ClientCall(switchboard, loop, calls, jars, quotas, (ServerCallStreamObserver<ToClient>) out);
    }

    @Override
    public void fetch(JarWanted wanted, StreamObserver<JarPart> out) {
        jars.send(wanted, (ServerCallStreamObserver<JarPart>) out);
    }

    @Override
    public StreamObserver<JarPart> store(StreamObserver<JarStored> out) {
        return jars.receive((ServerCallStreamObserver<JarStored>) out);
    }

    @Override
    public void ask(StatusAsked asked, StreamObserver<StatusTold> out) {
        loop.execute(() -> {
            out.onNext(switchboard.status());
            out.onCompleted();
        });
    }
}
