package io.farmhand.internal.dispatch;

import io.farmhand.internal.gather.Gather;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * One user call: a function and many items. Others hold it as a name only; its state is the dispatcher's.
 */
public final class Job {
    /** The weight of the newest chunk in the mean: the last five or so count. */
    private static final double NEWEST_WEIGHT = 0.2;

    final long id;
    final ByteBuffer function;
    final Gather gather;
    /** Whether its input is pulled as its results are read: then closing the pool cuts it short. */
    final boolean lazy;

    // Owned by the dispatcher thread.
    /** Chunks that wait for a worker, by index but for those that are run again, which come first. */
    final ArrayDeque<Chunk> pending = new ArrayDeque<>();
    /** Workers that hold the function. */
    final Set<WorkerSlot> knownBy = new HashSet<>();
    /** How many chunks are pending or under way. */
    int openChunks;
    boolean inputEnded;
    /** Whether chunks were dropped because the pool closes, so that it cannot end well any more. */
    boolean cutShort;
    boolean ended;
    /** How long a chunk takes, 0 while unknown. */
    double meanChunkNanos;
    /** How often workers died of reading the function. */
    int functionCrashes;
    private final Map<Long, Integer> crashes = new HashMap<>();

    Job(long id, ByteBuffer function, Gather gather, boolean lazy) {
        this.id = id;
        this.function = function;
        this.gather = gather;
        this.lazy = lazy;
    }

    /** Charges an item with the death of its worker; returns how often that has happened now. */
    int crashed(long index) {
        return crashes.merge(index, 1, Integer::sum);
    }

    void chunkTook(long nanos) {
        meanChunkNanos = meanChunkNanos == 0 ? nanos : meanChunkNanos + NEWEST_WEIGHT * (nanos - meanChunkNanos);
    }

    /** Chunks became more or fewer, and the input held for them longer or shorter. */
    void adjust(int chunks, long bytes) {
        openChunks += chunks;
        gather.adjust(chunks, bytes);
    }
}
