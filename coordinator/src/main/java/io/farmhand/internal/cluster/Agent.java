package io.farmhand.internal.cluster;

import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.security.SecuritySetupException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Lends the seats of this host to a farm, for as long as it is let: dials the coordinator, and dials again when the connection
 * is lost. The user's code runs in JVMs that it starts, never in this one, which holds the key.
 *
 * <p><b>Concurrency.</b> All state is owned by one thread, {@code farm-agent}.
 */
public final class Agent implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Agent.class.getName());
    /** Smaller knocks more often at a coordinator that is starting again, larger comes back later. */
    private static final long FIRST_BACKOFF_MILLIS = 250;
    private static final long MOST_BACKOFF_MILLIS = 15_000;
    /** A connection that lasted so long was none that fails at once. */
    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** How often it is told what tasks have counted. */
    private static final long COUNT_SECONDS = 1;

    private final AgentOptions options;
    private final JarStore jars;
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final ScheduledExecutorService loop = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("farm-agent").factory());
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    // Owned by the loop.
    private @Nullable AgentSession session;
    private long failures;
    private long dialledNanos;
    private boolean retiring;
    private String lastFailure = "it has not got through yet";

    /** @param jars where the jars of clients are kept */
    public Agent(AgentOptions options, JarStore jars) {
        this.options = options;
        this.jars = jars;
    }

    /** Begins to dial. */
    public void start() {
        loop.execute(this::dial);
        ScheduledFuture<?> _ = loop.scheduleWithFixedDelay(this::count, COUNT_SECONDS, COUNT_SECONDS, TimeUnit.SECONDS);
    }

    private void count() {
        if (session != null) {
            session.count();
        }
    }

    /** How it is, said by its loop: well while it is joined. */
    public CompletableFuture<Health> health() {
        return CompletableFuture.supplyAsync(() -> {
            AgentSession now = session;
            boolean joined = now != null && now.isJoined();
            return new Health(joined, "worker: coordinator=%s seats=%d %s".formatted(options.address(), options.seats(),
                    now != null && joined ? "busy=" + now.busy() : "not joined: " + lastFailure));
        }, loop);
    }

    /** Completes when it lends nothing more. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    private void dial() {
        if (retiring) {
            end();
            return;
        }
        dialledNanos = System.nanoTime();
        try {
            AgentSession dialled = new AgentSession(options, jars, loop, this::lost);
            session = dialled;
            dialled.open();
        } catch (SecuritySetupException e) {
            lost(String.valueOf(e.getMessage()), true);
        }
    }

    /** The connection is over; on the loop, once for each. */
    private void lost(String why, boolean isFinal) {
        session = null;
        lastFailure = why;
        if (retiring) {
            end();
            return;
        }
        if (isFinal) {
            LOG.log(System.Logger.Level.ERROR, "The coordinator at {0} refuses this worker for good: {1}",
                    options.address(), why);
            ended.completeExceptionally(new ClusterRefusedException(why));
            loop.shutdownNow();
            return;
        }
        failures = System.nanoTime() - dialledNanos > STEADY_NANOS ? 1 : failures + 1;
        long most = Math.min(MOST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS << Math.min(failures, 10));
        // Anywhere in the upper half, so that agents whose coordinator has come back do not all knock at once.
        long delay = most / 2 + random.nextLong(most / 2);
        LOG.log(System.Logger.Level.WARNING, "No connection to the coordinator at {0}: {1}. Next attempt in {2} ms.",
                options.address(), why, delay);
        ScheduledFuture<?> _ = loop.schedule(this::dial, delay, TimeUnit.MILLISECONDS);
    }

    /**
     * Lends nothing more: workers finish what they have begun, and give back the rest.
     *
     * @param graceNanos after which those that are left are killed
     */
    public void retire(long graceNanos) {
        try {
            loop.execute(() -> {
                if (!retiring) {
                    LOG.log(System.Logger.Level.INFO,
                            "Told to end: workers may finish what they have begun, for {0} s.",
                            TimeUnit.NANOSECONDS.toSeconds(graceNanos));
                }
                retiring = true;
                if (session == null) {
                    end();
                } else {
                    session.retire();
                    ScheduledFuture<?> _ = loop.schedule(this::killNow, graceNanos, TimeUnit.NANOSECONDS);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.TRACE, "it has ended already", e);
        }
    }

    private void killNow() {
        if (session != null) {
            session.close("the grace period is over");
        }
    }

    private void end() {
        ended.complete(null);
        loop.shutdownNow(); // also the end of a grace that nobody needs any more
    }

    /** Kills what runs, and lends nothing more; does not wait. */
    @Override
    public void close() {
        retire(0);
    }
}
