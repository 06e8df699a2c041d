package io.farmhand.internal.cluster;

import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.proto.ClusterGrpc;
import io.farmhand.internal.security.Identity;
import io.farmhand.internal.security.Limits;
import io.farmhand.internal.security.MessageGuard;
import io.farmhand.internal.security.Rights;
import io.farmhand.internal.security.Role;
import io.farmhand.internal.security.SecureServer;
import io.farmhand.internal.security.SecuritySetupException;
import io.farmhand.internal.security.Tokens;
import io.farmhand.internal.wire.Wire;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A farm's coordinator: agents lend it their seats, clients borrow them, and it passes on what clients and their workers say
 * to each other.
 *
 * <pre>
 *   farm-transport-k : calls of agents and clients --.     .-- Relay: the bytes of lines, passed on at once
 *                                                     v    v
 *   farm-switchboard : AgentCall, ClientCall --> Switchboard --> Start, Share, Exited ...
 * </pre>
 *
 * <p><b>Concurrency.</b> The switchboard is owned by the thread {@code farm-switchboard}; relays have their own rules.
 */
public final class Coordinator implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Coordinator.class.getName());
    /** More would not be faster than what the network takes. */
    private static final int MOST_TRANSPORT_THREADS = 4;
    /** Shorter starts JVMs more often where clients take turns, longer keeps them waiting. */
    private static final long TURN_SECONDS = 5;
    private static final long CLOSE_SECONDS = 5;
    /** How long peers may take to hear why they are left. */
    private static final long GOODBYE_SECONDS = 2;

    private final ScheduledExecutorService loop = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("farm-switchboard").factory());
    private final EventLoopGroup transport = new MultiThreadIoEventLoopGroup(
            Math.min(MOST_TRANSPORT_THREADS, Runtime.getRuntime().availableProcessors()),
            new DefaultThreadFactory("farm-transport", true), NioIoHandler.newFactory());
    private final Switchboard switchboard;
    private final ClusterService service;
    private final Jars jars;
    private final Server server;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /**
     * Starts to listen.
     *
     * @param address where
     * @param identity its certificate; null for no TLS, on loopback only
     * @param tokens those of agents and clients
     * @param store where the jars of clients are kept
     * @throws SecuritySetupException when it would listen beyond this host without TLS
     * @throws IOException when that cannot be listened on
     */
    public Coordinator(InetSocketAddress address, @Nullable Identity identity, Tokens tokens, JarStore store)
            throws SecuritySetupException, IOException {
        this(address, identity, tokens, store, Quotas.DEFAULT);
    }

    /** One with other bounds. */
    Coordinator(InetSocketAddress address, @Nullable Identity identity, Tokens tokens, JarStore store, Quotas quotas)
            throws SecuritySetupException, IOException {
        jars = new Jars(store);
        switchboard = new Switchboard(System::nanoTime, new Tunnels(quotas));
        service = new ClusterService(switchboard, loop, jars, quotas);
        boolean started = false;
        try {
            NettyServerBuilder builder = SecureServer
                    .builder(address, identity, tokens, rights(), limits(quotas), transport)
                    .directExecutor()
                    // It grows where the network has room for more. Each end asks the other for a sign when data
                    // comes, so that who sends much by a slow network hears that the other lives.
                    .initialFlowControlWindow(Wire.READY_BYTES)
                    .addService(new MessageGuard().guard(service.definition()));
            Pings.set(builder);
            server = builder.build().start();
            started = true;
        } finally {
            if (!started) {
                loop.shutdown();
                Future<?> _ = transport.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS);
            }
        }
        ScheduledFuture<?> _ = loop.scheduleWithFixedDelay(switchboard::rotate, TURN_SECONDS, TURN_SECONDS,
                TimeUnit.SECONDS);
        LOG.log(System.Logger.Level.INFO, "The coordinator listens: addresses={0} tls={1}", server.getListenSockets(),
                identity != null);
    }

    private static Limits limits(Quotas quotas) {
        return Limits.standard(Wire.MESSAGE_BYTES).withCallsPerConnection(quotas.callsPerConnection());
    }

    /** Who may call what. */
    static Rights rights() {
        return Rights.builder()
                .allow(Role.WORKER, ClusterGrpc.getLendMethod(), ClusterGrpc.getServeMethod(),
                        ClusterGrpc.getDigMethod(), ClusterGrpc.getFetchMethod())
                .allow(Role.CLIENT, ClusterGrpc.getBorrowMethod(), ClusterGrpc.getEmployMethod(),
                        ClusterGrpc.getMeetMethod(), ClusterGrpc.getStoreMethod(), ClusterGrpc.getAskMethod())
                .of(ClusterGrpc.getServiceDescriptor());
    }

    /** How it is, said by the switchboard's thread. */
    public CompletableFuture<Health> health() {
        return CompletableFuture.supplyAsync(() -> new Health(!server.isShutdown(),
                "coordinator: port=%d workers=%d seats=%d clients=%d".formatted(port(), switchboard.agents(),
                        switchboard.seats(), switchboard.clients())),
                loop);
    }

    /** The port that it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Asks for the end; {@link #close} is still to be called. */
    public void end() {
        if (ended.complete(null)) {
            LOG.log(System.Logger.Level.INFO, "Told to end: clients lose their jobs, workers are told to come back.");
        }
    }

    /** Completes when somebody has asked for the end. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** Ends all calls, saying why: clients learn that their work is lost, agents dial again. Closing it again does nothing. */
    @Override
    public void close() {
        server.shutdown();
        try {
            loop.execute(service::end);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.TRACE, "it was closed before", e);
        }
        try {
            boolean _ = server.awaitTermination(GOODBYE_SECONDS, TimeUnit.SECONDS);
            server.shutdownNow();
            boolean _ = server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        loop.shutdown();
        jars.close();
        transport.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(CLOSE_SECONDS,
                TimeUnit.SECONDS);
    }
}
