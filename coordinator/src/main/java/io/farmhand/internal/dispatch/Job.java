package io.farmhand.internal.dispatch;

import io.farmhand.internal.chunk.ChunkSizer;
import io.farmhand.internal.gather.Gather;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One user call: a function and many items. Others hold it as a name only; its state is the dispatcher's.
 */
public final class Job {
    /** The weight of the newest chunk in the mean: the last five or so count. */
    private static final double NEWEST_WEIGHT = 0.2;
    private static final long NO_CUT = Long.MAX_VALUE;
    /** With fewer the median is a chance; GNU parallel has three, too. */
    static final int SAMPLES_FOR_TIMEOUT = 3;
    /** Fewer follow a change sooner, more tell outliers better. */
    private static final int MOST_SAMPLES = 101;

    final long id;
    final ByteBuffer function;
    /** The SHA-256 of a function that is long enough to be kept by workers for other jobs with the same one. */
    final @Nullable String functionSha256;
    final Gather gather;
    final JobOptions options;
    final ChunkSizer sizer;

    // Owned by the dispatcher thread.
    /** Chunks that wait for a worker, by index but for those that are run again, which come first. */
    final ArrayDeque<Chunk> pending = new ArrayDeque<>();
    /** Whether it stands among the jobs that have something to give out. */
    boolean queued;
    /** Workers that hold the function. */
    final Set<Worker> knownBy = new HashSet<>();
    /** Whether any item of it may have begun. */
    boolean touched;
    /** How many chunks are pending, delayed or under way. */
    int openChunks;
    /** Those of these that wait for the time of their next attempt. */
    final Set<Chunk> delayed = Collections.newSetFromMap(new IdentityHashMap<>());
    boolean inputEnded;
    /** The index of the first item that failed, of a job that fails fast: what comes after it is dropped. */
    long cutIndex = NO_CUT;
    /** Whether chunks were dropped because the pool closes, so that it cannot end well any more. */
    boolean cutShort;
    boolean ended;
    /** Who waits to hear whether anything of the job has begun. */
    @Nullable
    CompletableFuture<Boolean> withdrawn;
    /** How often workers died of reading the function. */
    int functionCrashes;
    /** How long an item takes with all that is around it, 0 while unknown. */
    private double meanItemNanos;
    /** How long the items of the last chunks took, where the limit depends on it: as they came. */
    private final ArrayDeque<Double> samples = new ArrayDeque<>();
    /** 0 while unknown. */
    private long relativeLimitNanos;
    private boolean newLimit;
    private final Map<Long, Integer> crashes = new HashMap<>();
    private final Map<Long, Integer> retries = new HashMap<>();

    Job(long id, ByteBuffer function, @Nullable String functionSha256, JobOptions options, Gather gather,
            ChunkSizer sizer) {
        this.id = id;
        this.function = function;
        this.functionSha256 = functionSha256;
        this.options = options;
        this.gather = gather;
        this.sizer = sizer;
    }

    /** Its number among the jobs of the farm. */
    public long number() {
        return id;
    }

    /** Charges an item with the death of its worker; returns how often that has happened now. */
    int crashed(long index) {
        return crashes.merge(index, 1, Integer::sum);
    }

    /** Counts a retry of an item after an exception, if it may have one more; returns how many that makes, or 0. */
    int retry(long index) {
        int used = retries.getOrDefault(index, 0);
        if (used >= options.retries()) {
            return 0;
        }
        retries.put(index, used + 1);
        return used + 1;
    }

    void chunkTook(int items, long nanos) {
        sizer.completed(items, nanos);
        double itemNanos = (double) nanos / items;
        meanItemNanos = meanItemNanos == 0 ? itemNanos : meanItemNanos + NEWEST_WEIGHT * (itemNanos - meanItemNanos);
        if (options.taskTimeoutFactor() > 0) {
            samples.add(itemNanos);
            if (samples.size() > MOST_SAMPLES) {
                samples.remove();
            }
            if (samples.size() >= SAMPLES_FOR_TIMEOUT) {
                newLimit = relativeLimitNanos == 0;
                double[] sorted = samples.stream().mapToDouble(sample -> sample).sorted().toArray();
                relativeLimitNanos = (long) Math.max(1, sorted[sorted.length / 2] * options.taskTimeoutFactor());
            }
        }
    }

    /** Whether it was not known before how long an item may run; asked once. */
    boolean hasNewLimit() {
        boolean isNew = newLimit;
        newLimit = false;
        return isNew;
    }

    /** How long an item may run, as far as is known; 0 for ever. */
    long taskTimeoutNanos() {
        if (relativeLimitNanos == 0) {
            return options.taskTimeoutNanos();
        }
        return options.taskTimeoutNanos() == 0
                ? relativeLimitNanos
                : Math.min(relativeLimitNanos, options.taskTimeoutNanos());
    }

    /** How long so many items are expected to take. */
    double expectedNanos(int items) {
        return Credits.expectedNanos(meanItemNanos * items);
    }

    /** Whether no worker holds a chunk of it. */
    boolean nothingUnderWay() {
        return openChunks == pending.size() + delayed.size();
    }

    boolean isCut() {
        return cutIndex != NO_CUT;
    }

    /** Chunks became more or fewer, and the input held for them longer or shorter. */
    void adjust(int chunks, long items, long bytes) {
        openChunks += chunks;
        gather.adjust(chunks, items, bytes);
    }
}
