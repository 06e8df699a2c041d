package io.farmhand;

import io.farmhand.backend.Capability;
import io.farmhand.internal.dispatch.JobOptions;
import io.farmhand.task.RemotePredicate;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a pool runs its calls. Immutable: each method gives changed options. A pool has some for all of its calls, from
 * its {@link PoolBuilder}; {@link Pool#with} changes them for some calls.
 */
public final class CallOptions {
    private static final int DEFAULT_CRASH_RETRIES = 2;
    private static final Duration DEFAULT_CANCEL_GRACE = Duration.ofSeconds(5);
    private static final int NO_BOUND = 0;

    /** What a pool has that was told nothing. */
    static final CallOptions DEFAULT = new CallOptions(new Draft());

    private final ChunkSizing chunkSizing;
    private final Duration taskTimeout;
    private final double taskTimeoutFactor;
    private final Duration cancelGrace;
    private final int retries;
    private final RemotePredicate<? super Throwable> retryIf;
    private final Duration retryBackoff;
    private final int crashRetries;
    private final boolean atMostOnce;
    private final long maxInFlight;
    private final long maxInFlightBytes;
    private final @Nullable Long seed;
    private final Progress progress;

    /** Options while they are changed. */
    private static final class Draft {
        ChunkSizing chunkSizing = ChunkSizing.standard();
        Duration taskTimeout = Duration.ZERO;
        double taskTimeoutFactor;
        Duration cancelGrace = DEFAULT_CANCEL_GRACE;
        int retries;
        RemotePredicate<? super Throwable> retryIf = AnyException.INSTANCE;
        Duration retryBackoff = Duration.ZERO;
        int crashRetries = DEFAULT_CRASH_RETRIES;
        boolean atMostOnce;
        long maxInFlight = NO_BOUND;
        long maxInFlightBytes = NO_BOUND;
        @Nullable
        Long seed;
        Progress progress = Progress.NONE;
    }

    private CallOptions(Draft draft) {
        if (draft.atMostOnce && draft.retries > 0) {
            throw new IllegalArgumentException("atMostOnce() and retries=" + draft.retries
                    + " contradict each other: one never runs an item again, the other does; to have atMostOnce() in"
                    + " place of retries say retries(0) first");
        }
        chunkSizing = draft.chunkSizing;
        taskTimeout = draft.taskTimeout;
        taskTimeoutFactor = draft.taskTimeoutFactor;
        cancelGrace = draft.cancelGrace;
        retries = draft.retries;
        retryIf = draft.retryIf;
        retryBackoff = draft.retryBackoff;
        crashRetries = draft.crashRetries;
        atMostOnce = draft.atMostOnce;
        maxInFlight = draft.maxInFlight;
        maxInFlightBytes = draft.maxInFlightBytes;
        seed = draft.seed;
        progress = draft.progress;
    }

    /** What these options need of a backend, by their names. */
    Map<String, Capability> needs() {
        Map<String, Capability> needs = new LinkedHashMap<>();
        if (taskTimeout.isPositive()) {
            needs.put("taskTimeout", Capability.KILL);
        }
        if (taskTimeoutFactor > 0) {
            needs.put("taskTimeoutFactor", Capability.KILL);
        }
        if (atMostOnce) {
            needs.put("atMostOnce", Capability.PROGRESS);
        }
        return needs;
    }

    private CallOptions change(Consumer<Draft> change) {
        Draft draft = new Draft();
        draft.chunkSizing = chunkSizing;
        draft.taskTimeout = taskTimeout;
        draft.taskTimeoutFactor = taskTimeoutFactor;
        draft.cancelGrace = cancelGrace;
        draft.retries = retries;
        draft.retryIf = retryIf;
        draft.retryBackoff = retryBackoff;
        draft.crashRetries = crashRetries;
        draft.atMostOnce = atMostOnce;
        draft.maxInFlight = maxInFlight;
        draft.maxInFlightBytes = maxInFlightBytes;
        draft.seed = seed;
        draft.progress = progress;
        change.accept(draft);
        return new CallOptions(draft);
    }

    /** How many items are sent together, where a call does not say itself; {@link ChunkSizing#standard} by default. */
    public CallOptions chunkSizing(ChunkSizing sizing) {
        Objects.requireNonNull(sizing, "sizing");
        return change(draft -> draft.chunkSizing = sizing);
    }

    /**
     * How long an item may run, from the moment when it begins in its worker; for ever by default. What takes longer
     * fails with {@link TaskTimeoutException}; its worker is killed and replaced, and no other item is affected.
     * Reading the function itself may take as long, and five seconds at least; a function that takes longer fails the
     * call.
     *
     * @param limit more than zero
     * @throws IllegalArgumentException when it is not
     */
    public CallOptions taskTimeout(Duration limit) {
        Durations.checkPositive("taskTimeout", limit);
        return change(draft -> draft.taskTimeout = limit);
    }

    /**
     * How long an item may run at most, by how long others took: so many times the median of those that are done, once there are three
     * of them; as {@link #taskTimeout} otherwise, of which the shorter one counts.
     *
     * @param factor more than zero, such as 5
     * @throws IllegalArgumentException when it is not
     */
    public CallOptions taskTimeoutFactor(double factor) {
        if (!(factor > 0) || Double.isInfinite(factor)) {
            throw new IllegalArgumentException("taskTimeoutFactor=" + factor + " is not a number above 0");
        }
        return change(draft -> draft.taskTimeoutFactor = factor);
    }

    /**
     * How long an item that was interrupted since nobody waits for it any more may go on before its worker is killed;
     * 5 seconds by default.
     *
     * @param grace zero for no time at all
     * @throws IllegalArgumentException when it is negative
     */
    public CallOptions cancelGrace(Duration grace) {
        Durations.checkNotNegative("cancelGrace", grace);
        return change(draft -> draft.cancelGrace = grace);
    }

    /**
     * How often an item is run again after its function threw what {@link #retryIf} accepts, if possible on another
     * worker; 0 by default.
     *
     * @param count from 0
     * @throws IllegalArgumentException when it is negative, or is more than 0 beside {@link #atMostOnce}
     */
    public CallOptions retries(int count) {
        checkNotNegative("retries", count);
        return change(draft -> draft.retries = count);
    }

    /**
     * What is worth another attempt, of {@link #retries}; by default every exception, but no {@link Error}.
     *
     * @param predicate is asked in the worker, of what the function threw; it must be serializable
     */
    public CallOptions retryIf(RemotePredicate<? super Throwable> predicate) {
        Objects.requireNonNull(predicate, "predicate");
        return change(draft -> draft.retryIf = predicate);
    }

    /**
     * How long to wait before the first of the {@link #retries}; each next waits twice as long. Zero by default.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public CallOptions retryBackoff(Duration first) {
        Durations.checkNotNegative("retryBackoff", first);
        return change(draft -> draft.retryBackoff = first);
    }

    /**
     * How often an item is run again after its worker died of it; 2 by default.
     *
     * @param count from 0
     * @throws IllegalArgumentException when it is negative
     */
    public CallOptions crashRetries(int count) {
        checkNotNegative("crashRetries", count);
        return change(draft -> draft.crashRetries = count);
    }

    /**
     * Never runs an item twice that may have begun: it fails instead when its worker dies, whatever
     * {@link #crashRetries} says.
     *
     * @throws IllegalArgumentException beside {@link #retries} of more than 0
     */
    public CallOptions atMostOnce() {
        return change(draft -> draft.atMostOnce = true);
    }

    /**
     * How many items of a call may be under way, in whole chunks; for lazy calls this counts results that are not read
     * yet, too, so that a slow reader stops the sender. By default 512 chunks for each worker.
     *
     * @param items at least 1
     * @throws IllegalArgumentException when it is less than 1
     */
    public CallOptions maxInFlight(long items) {
        checkAtLeastOne("maxInFlight", items);
        return change(draft -> draft.maxInFlight = items);
    }

    /**
     * How many encoded bytes of a call may be under way, as {@link #maxInFlight}; at least one chunk always is. By
     * default 64 MiB, or an eighth of this JVM's heap where that is less.
     *
     * @param bytes at least 1
     * @throws IllegalArgumentException when it is less than 1
     */
    public CallOptions maxInFlightBytes(long bytes) {
        checkAtLeastOne("maxInFlightBytes", bytes);
        return change(draft -> draft.maxInFlightBytes = bytes);
    }

    /**
     * What {@code TaskContext.random()} is seeded by, together with each item's index. With a seed each call draws the
     * same numbers again, and so does each {@code submit}, whose only item has index 0: give those different seeds.
     * Without one, which is the default, each call has numbers of its own.
     */
    public CallOptions seed(long value) {
        return change(draft -> draft.seed = value);
    }

    /**
     * Shows on standard error how far calls of many items are, and at their end where their workers' time went:
     * {@link Progress#INSIGHTS}. Calls of one item, such as {@code submit}, show nothing. What workers print comes above
     * the bar.
     */
    public CallOptions progress() {
        return progress(Progress.INSIGHTS);
    }

    /** As {@link #progress()}, with what is to be shown; nothing by default. */
    public CallOptions progress(Progress shown) {
        Objects.requireNonNull(shown, "shown");
        return change(draft -> draft.progress = shown);
    }

    private static void checkNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + "=" + value + " is negative; 0 is the least");
        }
    }

    private static void checkAtLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + "=" + value + " is not at least 1");
        }
    }

    ChunkSizing chunkSizing() {
        return chunkSizing;
    }

    Duration taskTimeout() {
        return taskTimeout;
    }

    int retries() {
        return retries;
    }

    RemotePredicate<? super Throwable> retryIf() {
        return retryIf;
    }

    Progress shownProgress() {
        return progress;
    }

    /** The most items under way. */
    long maxInFlight() {
        return maxInFlight == NO_BOUND ? Long.MAX_VALUE : maxInFlight;
    }

    /**
     * The most bytes under way.
     *
     * @param otherwise where the user does not say
     */
    long windowBytes(long otherwise) {
        return maxInFlightBytes == NO_BOUND ? otherwise : maxInFlightBytes;
    }

    JobOptions forJob(boolean lazy, boolean failFast) {
        long seeded = seed == null ? ThreadLocalRandom.current().nextLong() : seed;
        return new JobOptions(lazy, failFast, Durations.nanos(taskTimeout), taskTimeoutFactor,
                Durations.nanos(cancelGrace), retries,
                Durations.nanos(retryBackoff), atMostOnce ? 0 : crashRetries, atMostOnce, seeded);
    }

    /** Equal for options that are alike; what is the user's own code is compared by identity. */
    List<@Nullable Object> key() {
        return Arrays.asList(chunkSizing, taskTimeout, taskTimeoutFactor, cancelGrace, retries, new Identity(retryIf),
                retryBackoff, crashRetries, atMostOnce, maxInFlight, maxInFlightBytes, seed, progress);
    }
}
