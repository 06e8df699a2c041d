package io.farmhand.internal.channel;

import io.farmhand.backend.WorkerId;
import io.farmhand.internal.wire.Endpoint;
import io.farmhand.internal.wire.Wire;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
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
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The door by which workers come in. It lets in only workers that were announced, each once: {@link #expect} makes a
 * key valid, its first use or {@link #refuse} ends it. Every method of the service stands behind that check.
 *
 * <p><b>Concurrency.</b> The announced keys are a concurrent map; all else is immutable. Calls run directly on the
 * {@link #loop}, where nothing may wait.
 */
public final class WorkerServer implements AutoCloseable {
    private static final Context.Key<WorkerId> CALLER = Context.key("farm-worker");
    /** The name of the thread of all connections where the dispatcher takes its turns on it. */
    public static final String DISPATCHER = "farm-dispatcher";
    private static final long CLOSE_SECONDS = 5;
    private static final int TOKEN_BYTES = 16;

    private final Map<Integer, Expected> expected = new ConcurrentHashMap<>();
    private final EventLoopGroup eventLoops;
    private final Server server;
    private final Endpoint endpoint;

    /**
     * Starts to listen.
     *
     * @param wanted the socket to make, or a loopback port (0 for any free one)
     * @param service answers to workers that were let in, of which {@link #caller} tells
     * @param thread the name of the thread of all connections
     * @throws IOException when that cannot be listened on
     */
    public WorkerServer(Endpoint wanted, ServerServiceDefinition service, String thread) throws IOException {
        eventLoops = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(thread, true),
                NioIoHandler.newFactory());
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
                    .addService(service)
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

    /** Which worker makes the call that is being answered. */
    public static WorkerId caller() {
        return CALLER.get();
    }

    /** The thread of all connections. */
    public ScheduledExecutorService loop() {
        return eventLoops.next();
    }

    /** Where it listens, with the port that was found. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /**
     * A worker that may join.
     *
     * @param token the secret that proves that it is the one
     * @param used whether somebody has shown it: it admits once
     */
    private record Expected(WorkerId worker, String token, AtomicBoolean used) {
        boolean admits(String shown) {
            return MessageDigest.isEqual(token.getBytes(StandardCharsets.US_ASCII),
                    shown.getBytes(StandardCharsets.US_ASCII)) && !used.getAndSet(true);
        }
    }

    /** A secret for a worker to join with. */
    public static String newToken(SecureRandom random) {
        byte[] secret = new byte[TOKEN_BYTES];
        random.nextBytes(secret);
        return HexFormat.of().formatHex(secret);
    }

    /** From now on this worker may join with this secret, once; an older one of the same number may not any more. */
    public void expect(WorkerId worker, String token) {
        expected.put(worker.number(), new Expected(worker, token, new AtomicBoolean()));
    }

    /** This worker may not join any more. */
    public void refuse(WorkerId worker) {
        expected.computeIfPresent(worker.number(), (_, one) -> one.worker.equals(worker) ? null : one);
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
            WorkerId key = admit(headers.get(Wire.WORKER), headers.get(Wire.TOKEN));
            if (key == null) {
                call.close(Status.UNAUTHENTICATED.withDescription("no worker with this token is expected"),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(CALLER, key), call, headers, next);
        }

        private @Nullable WorkerId admit(@Nullable String number, @Nullable String token) {
            if (number == null || token == null || !number.matches("[0-9]{1,9}")) {
                return null;
            }
            Expected one = expected.get(Integer.valueOf(number));
            return one != null && one.admits(token) ? one.worker : null;
        }
    }
}
