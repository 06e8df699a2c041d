package io.farmhand.internal.security;

import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server on loopback whose refusals a test can read. */
final class TestServer implements AutoCloseable {
    static final int MESSAGE_BYTES = 64 << 10;
    static final Limits LIMITS = Limits.standard(MESSAGE_BYTES).withTimes(Duration.ofSeconds(2), Duration.ofMinutes(1))
            .withRate(5000, 5000);

    final List<String> refusals = new CopyOnWriteArrayList<>();
    final Connections connections;
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2,
            new DefaultThreadFactory("farm-test", true), NioIoHandler.newFactory());
    private final Server server;

    TestServer(TestParties parties, @Nullable Identity identity, Limits limits, ServerServiceDefinition... services)
            throws IOException {
        // Each line counts here, so the log's time goes by in minutes.
        long[] time = {0};
        RefusalLog log = new RefusalLog(() -> time[0] += Duration.ofMinutes(2).toNanos(), refusals::add);
        connections = new Connections(limits, log, System::nanoTime);
        Rights rights = services.length == 0 ? TestService.rights() : rightsOf(services[0]);
        NettyServerBuilder builder = SecureServer.builder(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                identity, new Gatekeeper(rights, parties.tokens(), identity != null, log), connections, loops);
        builder.addService(TestService.definition());
        for (ServerServiceDefinition service : services) {
            builder.addService(new MessageGuard(log).guard(service));
        }
        server = builder.build().start();
    }

    private static Rights rightsOf(ServerServiceDefinition service) {
        Rights.Builder rights = Rights.builder();
        service.getServiceDescriptor().getMethods().forEach(method -> rights.allow(Role.WORKER, method));
        return rights.of(service.getServiceDescriptor());
    }

    int port() {
        return server.getPort();
    }

    /** Makes one call, of a party that connects for it. */
    String call(Credentials credentials, MethodDescriptor<String, String> method, String text) throws IOException {
        ManagedChannel channel = SecureChannel.builder("localhost", port(), credentials).build();
        try {
            return call(channel, method, text);
        } finally {
            close(channel);
        }
    }

    static String call(ManagedChannel channel, MethodDescriptor<String, String> method, String text) {
        return ClientCalls.blockingUnaryCall(channel, method,
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                text);
    }

    static void close(ManagedChannel channel) {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a line of the log. */
    String awaitRefusal(Refusal refusal) {
        await().atMost(Duration.ofSeconds(10)).until(() -> has(refusal));
        return refusals.stream().filter(line -> line.contains(refusal.text())).findFirst().orElseThrow();
    }

    private boolean has(Refusal refusal) {
        return refusals.stream().anyMatch(line -> line.contains(refusal.text()));
    }

    /** Waits until no connection is left. */
    void awaitNobody() {
        await().atMost(Duration.ofSeconds(15)).until(() -> connections.count() == 0 && connections.strangers() == 0);
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
