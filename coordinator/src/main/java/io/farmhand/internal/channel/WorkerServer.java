package io.farmhand.internal.channel;

import io.farmhand.internal.proto.FarmGrpc;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.ToWorker;
import io.farmhand.internal.wire.Endpoint;
import io.farmhand.internal.wire.Wire;
import io.farmhand.internal.wire.WorkerKey;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The door by which workers come in. It lets in only workers that were announced, each once: {@link #expect} makes a
 * key valid, its first use or {@link #refuse} ends it. Every method of the service stands behind that check.
 *
 * <p><b>Concurrency.</b> The announced keys are a concurrent map; all else is immutable. Calls run directly on the
 * {@link #loop}, where nothing may wait.
 */
public final class WorkerServer implements AutoCloseable {
    private static final Context.Key<WorkerKey> CALLER = Context.key("farm-worker");
    private static final long CLOSE_SECONDS = 5;

    private final Map<Integer, WorkerKey> expected = new ConcurrentHashMap<>();
    private final Greeting greeting;
    private final WorkerListener listener;
    private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(1,
            new DefaultThreadFactory("farm-dispatcher", true), NioIoHandler.newFactory());
    private final Server server;
    private final Endpoint endpoint;

    /**
     * Starts to listen.
     *
     * @param wanted the socket to make, or a loopback port (0 for any free one)
     * @param greeting what every worker is told first
     * @throws IOException when that cannot be listened on
     */
    public WorkerServer(Endpoint wanted, Greeting greeting, WorkerListener listener) throws IOException {
        this.greeting = greeting;
        this.listener = listener;
        boolean started = false;
        try {
            server = NettyServerBuilder.forAddress(address(wanted))
                    .channelType(wanted instanceof Endpoint.Socket
                            ? NioServerDomainSocketChannel.class
                            : NioServerSocketChannel.class)
                    .bossEventLoopGroup(eventLoops)
                    .workerEventLoopGroup(eventLoops)
                    .directExecutor()
                    .maxInboundMessageSize(Wire.MESSAGE_BYTES)
                    .flowControlWindow(Wire.READY_BYTES)
                    .withChildOption(ChannelOption.SO_KEEPALIVE, null) // domain sockets do not know it, and say so
                    .intercept(new Doorkeeper())
                    .addService(new Service())
                    .build()
                    .start();
            if (wanted instanceof Endpoint.Socket(var path)) {
                // The directory keeps others out already; the socket's own mode says the same.
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
            }
            endpoint = wanted instanceof Endpoint.Loopback ? new Endpoint.Loopback(server.getPort()) : wanted;
            started = true;
        } finally {
            if (!started) {
                Future<?> _ = eventLoops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    private static SocketAddress address(Endpoint endpoint) {
        return switch (endpoint) {
            case Endpoint.Socket(var path) -> UnixDomainSocketAddress.of(path);
            case Endpoint.Loopback(int port) -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        };
    }

    /** The thread of all connections. */
    public ScheduledExecutorService loop() {
        return eventLoops.next();
    }

    /** Where it listens, with the port that was found. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** From now on the worker with this key may join, once; an older key of the same number may not any more. */
    public void expect(WorkerKey key) {
        expected.put(key.number(), key);
    }

    /** The worker with this key may not join any more. */
    public void refuse(WorkerKey key) {
        expected.remove(key.number(), key);
    }

    /** Ends all calls, stops listening and waits for the threads. */
    @Override
    public void close() {
        server.shutdownNow();
        boolean interrupted = false;
        try {
            boolean _ = server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        eventLoops.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(CLOSE_SECONDS,
                TimeUnit.SECONDS);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Admits callers by number and secret. */
    private final class Doorkeeper implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
                ServerCallHandler<Q, A> next) {
            WorkerKey key = admit(headers.get(Wire.WORKER), headers.get(Wire.TOKEN));
            if (key == null) {
                call.close(Status.UNAUTHENTICATED.withDescription("no worker with this token is expected"),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(CALLER, key), call, headers, next);
        }

        private @Nullable WorkerKey admit(@Nullable String number, @Nullable String token) {
            if (number == null || token == null || !number.matches("[0-9]{1,9}")) {
                return null;
            }
            WorkerKey key = expected.get(Integer.valueOf(number));
            boolean admitted = key != null
                    && MessageDigest.isEqual(key.token().getBytes(StandardCharsets.US_ASCII),
                            token.getBytes(StandardCharsets.US_ASCII))
                    && expected.remove(key.number(), key);
            return admitted ? key : null;
        }
    }

    private final class Service extends FarmGrpc.FarmImplBase {
        @Override
        public StreamObserver<FromWorker> work(StreamObserver<ToWorker> out) {
            return new WorkerChannel(CALLER.get(), (ServerCallStreamObserver<ToWorker>) out, greeting, listener);
        }
    }
}
