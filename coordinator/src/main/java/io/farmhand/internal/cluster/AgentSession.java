package io.farmhand.internal.cluster;

import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerId;
import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.process.JavaCommand;
import io.farmhand.internal.process.LaunchOptions;
import io.farmhand.internal.proto.ClusterGrpc;
import io.farmhand.internal.proto.Counted;
import io.farmhand.internal.proto.Exited;
import io.farmhand.internal.proto.FromAgent;
import io.farmhand.internal.proto.Joining;
import io.farmhand.internal.proto.Looked;
import io.farmhand.internal.proto.Printed;
import io.farmhand.internal.proto.Progress;
import io.farmhand.internal.proto.Retiring;
import io.farmhand.internal.proto.Start;
import io.farmhand.internal.proto.ToAgent;
import io.farmhand.internal.proto.WorkerOptions;
import io.farmhand.internal.security.SecuritySetupException;
import io.farmhand.internal.wire.Wire;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One connection of an agent to its coordinator, with all that runs by it: when it ends, its workers are killed.
 *
 * <p><b>Concurrency.</b> All state is owned by the agent's loop. The transport's threads pass on what they hear; a thread of its own
 * prepares each start, since that may fetch jars.
 */
final class AgentSession implements Crew.Agent {
    private static final System.Logger LOG = System.getLogger(AgentSession.class.getName());
    /** So many lines that workers have printed wait for the loop. */
    private static final int MOST_LINES = 1_000;

    /** Hears, once, that the connection is over. */
    interface OnEnd {
        /**
         * The connection is over.
         *
         * @param isFinal whether it makes no sense to dial again
         */
        void ended(String why, boolean isFinal);
    }

    private final AgentOptions options;
    private final JarStore jars;
    private final Executor loop;
    private final OnEnd onEnd;
    private final ManagedChannel channel;
    private final Semaphore printing = new Semaphore(MOST_LINES);
    // Owned by the loop.
    private @Nullable ClientCallStreamObserver<FromAgent> call;
    private final Map<Long, Crew> crews = new HashMap<>();
    /** Which client's each line is that was started and has not exited. */
    private final Map<Long, Long> clients = new HashMap<>();
    /** Lines whose start is being prepared, and that were not killed meanwhile. */
    private final Set<Long> preparing = new HashSet<>();
    /** What was last told of what each worker's tasks have counted. */
    private final Map<Long, Long> counted = new HashMap<>();
    private final PrintedBacklog backlog = new PrintedBacklog();
    private boolean introduced;
    private boolean joined;
    private boolean retiring;
    private boolean over;

    AgentSession(AgentOptions options, JarStore jars, Executor loop, OnEnd onEnd) throws SecuritySetupException {
        this.options = options;
        this.jars = jars;
        this.loop = loop;
        this.onEnd = onEnd;
        this.channel = options.dialer().open();
    }

    /** Dials; on the loop. */
    void open() {
        ClusterGrpc.newStub(channel).lend(new Listener());
    }

    private final class Listener implements ClientResponseObserver<FromAgent, ToAgent> {
        @Override
        public void beforeStart(ClientCallStreamObserver<FromAgent> begun) {
            call = begun; // on the loop, within open()
            begun.disableAutoRequestWithInitial(1);
            begun.setOnReadyHandler(() -> onLoop(AgentSession.this::ready));
        }

        @Override
        public void onNext(ToAgent message) {
            onLoop(() -> {
                if (!over) {
                    handle(message);
                    if (call != null) {
                        call.request(1);
                    }
                }
            });
        }

        @Override
        public void onError(Throwable cause) {
            Status status = Status.fromThrowable(cause);
            boolean isFinal = status.getCode() == Status.Code.FAILED_PRECONDITION
                    || status.getCode() == Status.Code.INVALID_ARGUMENT;
            onLoop(() -> end(Dialer.words(status), isFinal));
        }

        @Override
        public void onCompleted() {
            onLoop(() -> end("the coordinator has closed the connection", false));
        }
    }

    private void onLoop(Runnable step) {
        try {
            loop.execute(step);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.TRACE, "the agent has ended", e);
        }
    }

    /** Whether the coordinator knows it; on the loop. */
    boolean isJoined() {
        return joined && !over && !retiring;
    }

    /** How many seats are taken; on the loop. */
    int busy() {
        return clients.size() + preparing.size();
    }

    /** Tells what tasks have counted since it was told last; on the loop. */
    void count() {
        clients.forEach((line, client) -> {
            Crew crew = crews.get(client);
            long units = crew == null ? 0 : crew.units(line);
            if (units != counted.getOrDefault(line, 0L)) {
                counted.put(line, units);
                say(FromAgent.newBuilder().setCounted(Counted.newBuilder().setLine(line).setUnits(units)).build());
            }
        });
    }

    private void ready() {
        if (!introduced && !over) {
            introduced = true;
            introduce();
        }
        tellPrinted();
    }

    private void introduce() {
        say(FromAgent.newBuilder()
                .setJoining(Joining.newBuilder()
                        .setProtocol(Wire.PROTOCOL)
                        .setName(options.name())
                        .setSeats(options.seats())
                        .setJavaVersion(Runtime.version().feature())
                        .setCores(Runtime.getRuntime().availableProcessors()))
                .build());
    }

    private void say(FromAgent message) {
        if (call != null && !over) {
            call.onNext(message);
        }
    }

    private void handle(ToAgent message) {
        switch (message.getKindCase()) {
            case WELCOMED -> {
                joined = true;
                LOG.log(System.Logger.Level.INFO, "Joined the farm at {0} as {1}: seats={2}", options.address(),
                        message.getWelcomed().getName(), options.seats());
            }
            case START -> start(message.getStart());
            case KILL -> {
                long line = message.getKill().getLine();
                Crew crew = crew(line);
                preparing.remove(line);
                if (crew != null) {
                    crew.kill(line);
                }
            }
            case RELEASE_WORKER -> {
                Crew crew = crew(message.getReleaseWorker().getLine());
                if (crew != null) {
                    crew.release(message.getReleaseWorker().getLine());
                }
            }
            case LOOK -> {
                Crew crew = crew(message.getLook().getLine());
                Looked looked = crew == null ? null : crew.look(message.getLook().getLine());
                if (looked != null) {
                    say(FromAgent.newBuilder().setLooked(looked).build());
                }
            }
            case KIND_NOT_SET -> LOG.log(System.Logger.Level.WARNING, "a message of an unknown kind is passed over");
        }
    }

    /** The crew that a line is in; null while it is being prepared, and when it is over. */
    private @Nullable Crew crew(long line) {
        Long client = clients.get(line);
        return client == null ? null : crews.get(client);
    }

    // ---- starting ----

    private void start(Start start) {
        preparing.add(start.getLine());
        Thread.ofVirtual().name("farm-start").start(() -> {
            try {
                List<JarStore.Lease> code = JarFetcher.fetch(channel, jars, start.getJarsList());
                onLoop(() -> launch(start, code));
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "A worker cannot be started: {0}", e.getMessage());
                onLoop(() -> notStarted(start.getLine(), String.valueOf(e.getMessage()), true));
            }
        });
    }

    private void launch(Start start, List<JarStore.Lease> code) {
        Crew crew = crews.get(start.getClient());
        boolean isWanted = preparing.remove(start.getLine()) && !over;
        if (!isWanted || crew != null) {
            code.forEach(JarStore.Lease::close); // the crew has its own
        }
        if (!isWanted) {
            notStarted(start.getLine(), "It was not needed any more.", false);
            return;
        }
        try {
            if (crew == null) {
                crew = new Crew(launchOptions(start.getOptions(), code), code, this);
                crews.put(start.getClient(), crew);
            }
            clients.put(start.getLine(), start.getClient());
            crew.launch(new LineKey(start.getLine(), start.getSecret()),
                    new WorkerId(start.getWorker(), start.getGeneration()));
            if (retiring) {
                crew.kill(start.getLine());
            }
        } catch (IOException e) {
            notStarted(start.getLine(), e.getMessage(), true);
        }
    }

    /** The farm's own jar comes first, so that its cache fits, and the user's own classes cannot take its place. */
    private LaunchOptions launchOptions(WorkerOptions wanted, List<JarStore.Lease> code) {
        List<Path> classPath = new ArrayList<>(JavaCommand.ownClassPath());
        code.forEach(jar -> classPath.add(jar.path()));
        return new LaunchOptions(classPath, wanted.getJvmArgsList(), wanted.getEnvironmentMap(),
                wanted.getMaxHeap().isEmpty() ? null : wanted.getMaxHeap(), Path.of("").toAbsolutePath(),
                options.seats());
    }

    private void notStarted(long line, @Nullable String why, boolean isOurFault) {
        clients.remove(line);
        preparing.remove(line);
        say(FromAgent.newBuilder()
                .setExited(Exited.newBuilder()
                        .setLine(line)
                        .setExitCode(-1)
                        .setBegun(Progress.newBuilder().setItem(Begun.NOTHING))
                        .setHint("It could not be started on the host " + options.name() + " of the farm.")
                        .setDetails(String.valueOf(why))
                        .setFailedStart(isOurFault))
                .build());
        leaveWhenDone();
    }

    // ---- what crews tell ----

    @Override
    public void serve(LineKey line, Relay relay) {
        RelayedClientCall.make(channel.newCall(Bytes.of(ClusterGrpc.getServeMethod()),
                CallOptions.DEFAULT.withOnReadyThreshold(Wire.READY_BYTES)), line.headers(), relay);
    }

    @Override
    public TunnelEnd dig(LineKey line, long server, SocketChannel worker, TunnelEnd.Events events) {
        return TunnelEnd.dig(channel.newCall(ClusterGrpc.getDigMethod(),
                CallOptions.DEFAULT.withOnReadyThreshold(TunnelledCall.READY_BYTES)), line.headers(server), worker,
                events);
    }

    @Override
    public void exited(Exited exit) {
        onLoop(() -> {
            Long client = clients.remove(exit.getLine());
            counted.remove(exit.getLine());
            backlog.last(exit.getLine()).forEach(last -> say(FromAgent.newBuilder().setPrinted(last).build()));
            say(FromAgent.newBuilder().setExited(exit).build());
            Crew crew = client == null ? null : crews.get(client);
            if (crew != null && crew.isIdle()) {
                crews.remove(client);
                Thread.ofVirtual().name("farm-crew-end").start(crew::close);
            }
            leaveWhenDone();
        });
    }

    /** Waits where workers print faster than the loop takes it, which holds up their standard output. */
    @Override
    public void printed(long line, boolean stderr, String text) {
        printing.acquireUninterruptibly();
        onLoop(() -> {
            printing.release();
            backlog.add(Printed.newBuilder().setLine(line).setStderr(stderr).addLines(text).build());
            tellPrinted();
        });
    }

    /** Says as much of what was printed as the network takes. */
    private void tellPrinted() {
        while (call != null && !over && call.isReady()) {
            Printed next = backlog.next();
            if (next == null) {
                return;
            }
            say(FromAgent.newBuilder().setPrinted(next).build());
        }
    }

    // ---- the end ----

    /** Lends nothing more, and ends when the last worker has gone; on the loop. */
    void retire() {
        if (retiring || over) {
            return;
        }
        retiring = true;
        say(FromAgent.newBuilder().setRetiring(Retiring.getDefaultInstance()).build());
        crews.values().forEach(Crew::terminate);
        leaveWhenDone();
    }

    private void leaveWhenDone() {
        if (retiring && clients.isEmpty() && !over) {
            close("all workers have gone");
        }
    }

    /** Says goodbye and ends; on the loop. */
    void close(String why) {
        if (call != null && !over) {
            call.onCompleted();
        }
        end(why, false);
    }

    private void end(String why, boolean isFinal) {
        if (over) {
            return;
        }
        over = true;
        List<Crew> last = List.copyOf(crews.values());
        crews.clear();
        Thread.ofVirtual().name("farm-crews-end").start(() -> {
            last.forEach(Crew::close);
            Dialer.close(channel);
            onLoop(() -> onEnd.ended(why, isFinal));
        });
    }
}
