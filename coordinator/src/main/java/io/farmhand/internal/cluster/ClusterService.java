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
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/**
 * The coordinator's answers to agents and clients. Calls run on the transport's threads; whatever touches the
 * {@link Switchboard} is passed on to its thread.
 */
final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private final Switchboard switchboard;
    private final Executor loop;
    private final Jars jars;
    private final Quotas quotas;

    /** @param loop the switchboard's one thread */
    ClusterService(Switchboard switchboard, Executor loop, Jars jars, Quotas quotas) {
        this.switchboard = switchboard;
        this.loop = loop;
        this.jars = jars;
        this.quotas = quotas;
    }

    /** The service, of which the two ends of a line are relayed unread. */
    ServerServiceDefinition definition() {
        ServerServiceDefinition typed = bindService();
        ServerServiceDefinition.Builder whole = ServerServiceDefinition.builder(typed.getServiceDescriptor().getName());
        for (ServerMethodDefinition<?, ?> method : typed.getMethods()) {
            MethodDescriptor<?, ?> descriptor = method.getMethodDescriptor();
            if (descriptor.getFullMethodName().equals(ClusterGrpc.getServeMethod().getFullMethodName())) {
                whole.addMethod(Bytes.of(descriptor), (call, headers) -> relay(call, headers, true));
            } else if (descriptor.getFullMethodName().equals(ClusterGrpc.getEmployMethod().getFullMethodName())) {
                whole.addMethod(Bytes.of(descriptor), (call, headers) -> relay(call, headers, false));
            } else {
                whole.addMethod(method);
            }
        }
        return whole.build();
    }

    private ServerCall.Listener<byte[]> relay(ServerCall<byte[], byte[]> call, Metadata headers, boolean isWorker) {
        LineKey key = LineKey.of(headers);
        return RelayedServerCall.join(call, joining -> {
            Relay relay = key == null ? null : switchboard.relay(key);
            if (relay == null) {
                return null;
            }
            return isWorker ? relay.worker(joining) : relay.client(joining);
        });
    }

    @Override
    public StreamObserver<FromAgent> lend(StreamObserver<ToAgent> out) {
        return new AgentCall(switchboard, loop, quotas, (ServerCallStreamObserver<ToAgent>) out);
    }

    @Override
    public StreamObserver<FromClient> borrow(StreamObserver<ToClient> out) {
        return new ClientCall(switchboard, loop, jars, quotas, (ServerCallStreamObserver<ToClient>) out);
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
