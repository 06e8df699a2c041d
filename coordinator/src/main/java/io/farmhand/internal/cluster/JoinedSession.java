package io.farmhand.internal.cluster;

import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.BackendSession;
import io.farmhand.backend.BackendSink;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.internal.channel.Greeting;
import io.farmhand.internal.channel.WorkerChannel;
import io.farmhand.internal.channel.WorkerServer;
import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.proto.Account;
import io.farmhand.internal.proto.ClusterGrpc;
import io.farmhand.internal.proto.Demand;
import io.farmhand.internal.proto.Exited;
import io.farmhand.internal.proto.FromClient;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Jar;
import io.farmhand.internal.proto.Kill;
import io.farmhand.internal.proto.Launch;
import io.farmhand.internal.proto.Launched;
import io.farmhand.internal.proto.Look;
import io.farmhand.internal.proto.Opened;
import io.farmhand.internal.proto.Opening;
import io.farmhand.internal.proto.Progress;
import io.farmhand.internal.proto.ToAgent;
import io.farmhand.internal.proto.ToClient;
import io.farmhand.internal.proto.ToWorker;
import io.farmhand.internal.proto.WorkerOptions;
import io.farmhand.internal.security.SecuritySetupException;
import io.farmhand.internal.wire.Wire;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one pool as lines of a farm. Its thread is that of the connection, and the dispatcher takes its turns there.
 *
 * <p><b>Concurrency.</b> What comes is handled on the loop. What is said may come from any thread; {@code this} guards the call.
 */
final class JoinedSession implements BackendSession {
    private static final System.Logger LOG = System.getLogger(JoinedSession.class.getName());
    private static final MethodDescriptor<ToWorker, FromWorker> EMPLOY = ClusterGrpc.getEmployMethod().toBuilder(
            ProtoUtils.marshaller(ToWorker.getDefaultInstance()),
            ProtoUtils.marshaller(FromWorker.getDefaultInstance()))
            .build();
    private static final long OPEN_SECONDS = 10;
    private static final long CLOSE_SECONDS = 5;
    /** How often the coordinator is told what was done. */
    private static final long ACCOUNT_SECONDS = 1;

    private final Dialer dialer;
    private final BackendOrder order;
    private final BackendSink sink;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1,
            new DefaultThreadFactory(WorkerServer.DISPATCHER, true), NioIoHandler.newFactory());
    private final ManagedChannel channel;
    private final ClientTunnels tunnels = new ClientTunnels(Quotas.DEFAULT.tunnelsPerClient(), this::meet,
            unmet -> say(FromClient.newBuilder().setUnmet(unmet).build()));
    private final CompletableFuture<Opened> opened = new CompletableFuture<>();
    /** Workers that were launched, before Launched. */
    private final Set<WorkerId> launching = ConcurrentHashMap.newKeySet();
    /** Those of them that are to be killed. */
    private final Set<WorkerId> doomed = ConcurrentHashMap.newKeySet();
    /** Lines by worker, from Launched to Exited. */
    private final Map<WorkerId, Long> seats = new ConcurrentHashMap<>();
    private final Map<Long, WorkerId> workers = new ConcurrentHashMap<>();
    private final Map<WorkerId, Long> units = new ConcurrentHashMap<>();
    private volatile int share;
    // What the pool has done; told by the dispatcher, on the loop.
    private Account account = Account.getDefaultInstance();
    private int jobs;
    private long itemsDone;
    /** Whether the last account had news, so that one without follows: then its rate is none. */
    private boolean wasAtWork;
    private volatile boolean closing;
    // Guarded by this.
    private @Nullable ClientCallStreamObserver<FromClient> call;
    private boolean over;
    // Owned by the loop.
    private boolean introduced;

    private JoinedSession(Dialer dialer, BackendOrder order, BackendSink sink) throws SecuritySetupException {
        this.dialer = dialer;
        this.order = order;
        this.sink = sink;
        this.channel = dialer.open(loop);
    }

    /** Dials, says what is wanted, and brings the jars that the coordinator lacks. */
    static JoinedSession open(Dialer dialer, String name, JarStore store, BackendOrder order, BackendSink sink)
            throws IOException {
        JoinedSession session = new JoinedSession(dialer, order, sink);
        boolean whole = false;
        try {
            session.dial(name, store);
            whole = true;
            return session;
        } finally {
            if (!whole) {
                session.close();
            }
        }
    }

    private void dial(String name, JarStore store) throws IOException {
        try (ClientCode code = ClientCode.of(store, order.classPath())) {
            dial(name, code);
        }
    }

    private void dial(String name, ClientCode code) throws IOException {
        Opening opening = Opening.newBuilder()
                .setProtocol(Wire.PROTOCOL)
                .setName(name)
                .setWorkers(order.workers() == Integer.MAX_VALUE ? 0 : order.workers())
                .addAllJars(code.jars())
                .setJavaVersion(code.javas().oldest())
                .setNewestJavaVersion(code.javas().newest())
                .setOptions(WorkerOptions.newBuilder()
                        .addAllJvmArgs(order.jvmArgs())
                        .putAllEnvironment(order.environment())
                        .setMaxHeap(order.maxHeap() == null ? "" : order.maxHeap()))
                .build();
        ClusterGrpc.newStub(channel).borrow(new Listener(opening));
        try {
            Opened answer = opened.get(OPEN_SECONDS, TimeUnit.SECONDS);
            code.checkRunsOn(answer.getJavaVersion());
            if (answer.getSeats() == 0) {
                LOG.log(System.Logger.Level.WARNING, "The farm at {0} has no workers yet; waiting for the first.",
                        dialer.address());
            }
            for (Jar missing : answer.getMissingList()) {
                code.store(missing, channel);
            }
        } catch (ExecutionException e) {
            throw new IOException("The farm at " + dialer.address() + " did not take this client: "
                    + (e.getCause() == null ? e : e.getCause()).getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("The farm at " + dialer.address() + " does not answer: seconds=" + OPEN_SECONDS
                    + ". Is it a coordinator, and can it be reached from here?", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the farm at " + dialer.address() + " was dialled", e);
        }
    }

    private final class Listener implements ClientResponseObserver<FromClient, ToClient> {
        private final Opening opening;

        Listener(Opening opening) {
            this.opening = opening;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<FromClient> begun) {
            synchronized (JoinedSession.this) {
                call = begun;
            }
            begun.setOnReadyHandler(() -> {
                if (!introduced) {
                    introduced = true;
                    say(FromClient.newBuilder().setOpening(opening).build());
                }
            });
        }

        @Override
        public void onNext(ToClient message) {
            handle(message);
        }

        @Override
        public void onError(Throwable cause) {
            ended(Dialer.words(Status.fromThrowable(cause)));
        }

        @Override
        public void onCompleted() {
            ended("it has closed the connection");
        }
    }

    private synchronized void say(FromClient message) {
        if (call != null && !over) {
            call.onNext(message);
        }
    }

    private synchronized boolean isOver() {
        return over;
    }

    private void ended(String why) {
        synchronized (this) {
            over = true;
        }
        opened.completeExceptionally(new IOException(why));
        if (!closing) {
            sink.lost("The connection to the farm at " + dialer.address() + " was lost: " + why);
        }
        // Nobody else will tell of them.
        workers.values().forEach(worker -> exited(worker, lost(Begun.UNKNOWN, why)));
        workers.clear();
        launching.forEach(worker -> sink.workerExited(worker, lost(Begun.NONE, why)));
        launching.clear();
    }

    private WorkerExit lost(Begun begun, String why) {
        return new WorkerExit(0, -1, begun, "The connection to the farm at " + dialer.address() + " was lost.", why);
    }

    private void handle(ToClient message) {
        switch (message.getKindCase()) {
            case OPENED -> opened.complete(message.getOpened());
            case SHARE -> {
                share = message.getShare().getWorkers();
                sink.capacity(share);
                if (opened.isDone() && !message.getShare().getHint().isEmpty()) { // before, the client is refused with it
                    LOG.log(System.Logger.Level.WARNING, "The farm at {0} has no worker for this pool: {1}",
                            dialer.address(), message.getShare().getHint());
                }
            }
            case LAUNCHED -> launched(message.getLaunched());
            case EXITED -> exited(message.getExited());
            case LOOKED -> {
                WorkerId worker = workers.get(message.getLooked().getLine());
                if (worker != null) {
                    sink.looked(worker, begun(message.getLooked().getBegun()));
                }
            }
            case PRINTED -> {
                WorkerId worker = workers.get(message.getPrinted().getLine());
                if (worker != null) {
                    message.getPrinted().getLinesList().forEach(
                            line -> order.output().line(worker.number(), message.getPrinted().getStderr(), line));
                }
            }
            case COUNTED -> {
                WorkerId worker = workers.get(message.getCounted().getLine());
                if (worker != null) {
                    units.put(worker, message.getCounted().getUnits());
                }
            }
            case DUG -> tunnels.dug(message.getDug());
            case KIND_NOT_SET -> {
            }
        }
    }

    private TunnelEnd meet(LineKey tunnel, SocketChannel server, TunnelEnd.Events events) {
        return TunnelEnd.meet(channel.newCall(ClusterGrpc.getMeetMethod(),
                CallOptions.DEFAULT.withOnReadyThreshold(TunnelledCall.READY_BYTES)), tunnel.headers(), server, events);
    }

    private static Begun begun(Progress progress) {
        return new Begun(progress.getAttempt(), progress.getItem(), System.nanoTime() - progress.getElapsedNanos());
    }

    // ---- lines ----

    private void launched(Launched launched) {
        WorkerId worker = new WorkerId(launched.getWorker(), launched.getGeneration());
        long line = launched.getLine();
        boolean isWanted = launching.remove(worker);
        workers.put(line, worker);
        seats.put(worker, line);
        if (!isWanted || doomed.remove(worker)) {
            say(FromClient.newBuilder().setKill(Kill.newBuilder().setLine(line)).build());
            return;
        }
        Metadata headers = new LineKey(line, launched.getSecret()).headers();
        ClientCalls.asyncBidiStreamingCall(
                ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers))
                        .newCall(EMPLOY, CallOptions.DEFAULT.withOnReadyThreshold(Wire.READY_BYTES)),
                new Employed(worker));
    }

    /** Hears what a worker says. */
    private final class Employed implements ClientResponseObserver<ToWorker, FromWorker> {
        private final WorkerId worker;
        private @Nullable WorkerChannel link;

        Employed(WorkerId worker) {
            this.worker = worker;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<ToWorker> begun) {
            WorkerChannel made = new WorkerChannel(worker, begun, new Greeting(order.maxItemBytes(), order.setup(),
                    order.blobs(), order.heartbeatMillis(), null), sink);
            link = made;
            begun.setOnReadyHandler(made::ready);
        }

        private WorkerChannel link() {
            return Objects.requireNonNull(link, "the call has not begun");
        }

        @Override
        public void onNext(FromWorker message) {
            link().onNext(message);
        }

        @Override
        public void onError(Throwable cause) {
            link().onError(cause);
        }

        @Override
        public void onCompleted() {
            link().onCompleted();
        }
    }

    private void exited(Exited exit) {
        WorkerId worker = workers.remove(exit.getLine());
        if (worker != null) {
            exited(worker, new WorkerExit(exit.getPid(), exit.getExitCode(), begun(exit.getBegun()), exit.getHint(),
                    exit.getDetails()));
        }
    }

    private void exited(WorkerId worker, WorkerExit exit) {
        seats.remove(worker);
        units.remove(worker);
        sink.workerExited(worker, exit);
    }

    // ---- what the dispatcher says ----

    @Override
    public int capacity() {
        return share;
    }

    @Override
    public ScheduledExecutorService start() {
        ScheduledExecutorService turns = loop.next();
        ScheduledFuture<?> _ = turns.scheduleWithFixedDelay(this::tellAccount, ACCOUNT_SECONDS, ACCOUNT_SECONDS,
                TimeUnit.SECONDS);
        return turns;
    }

    @Override
    public void account(int jobsNow, long itemsDoneSoFar) {
        jobs = jobsNow;
        itemsDone = itemsDoneSoFar;
    }

    private void tellAccount() {
        if (account.getJobs() != jobs || account.getItemsDone() != itemsDone || wasAtWork) {
            wasAtWork = account.getItemsDone() != itemsDone;
            account = Account.newBuilder().setJobs(jobs).setItemsDone(itemsDone).build();
            say(FromClient.newBuilder().setAccount(account).build());
        }
    }

    @Override
    public void launch(WorkerId worker) {
        launching.add(worker);
        if (isOver()) {
            launching.remove(worker);
            sink.workerExited(worker, lost(Begun.NONE, ""));
            return;
        }
        say(FromClient.newBuilder()
                .setLaunch(Launch.newBuilder().setWorker(worker.number()).setGeneration(worker.generation()))
                .build());
    }

    @Override
    public void kill(WorkerId worker) {
        Long line = seats.get(worker);
        if (line != null) {
            say(FromClient.newBuilder().setKill(Kill.newBuilder().setLine(line)).build());
        } else if (launching.contains(worker)) {
            doomed.add(worker);
        }
    }

    @Override
    public void release(WorkerId worker) {
        Long line = seats.get(worker);
        if (line != null) {
            say(FromClient.newBuilder().setReleaseWorker(ToAgent.Release.newBuilder().setLine(line)).build());
        }
    }

    @Override
    public void look(WorkerId worker) {
        Long line = seats.get(worker);
        if (line != null) {
            say(FromClient.newBuilder().setLook(Look.newBuilder().setLine(line)).build());
        }
    }

    @Override
    public long units(WorkerId worker) {
        return units.getOrDefault(worker, 0L);
    }

    @Override
    public void demand(int wanted) {
        say(FromClient.newBuilder().setDemand(Demand.newBuilder().setWorkers(wanted)).build());
    }

    @Override
    public void killAll() {
        seats.keySet().forEach(this::kill);
    }

    @Override
    public void sweep() {
        // The coordinator kills what is left, with the connection's end.
    }

    @Override
    public void close() {
        closing = true;
        tunnels.close();
        synchronized (this) {
            if (call != null && !over) {
                over = true;
                call.onCompleted();
            }
        }
        Dialer.close(channel);
        loop.shutdownGracefully(0, CLOSE_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly(CLOSE_SECONDS,
                TimeUnit.SECONDS);
    }
}
