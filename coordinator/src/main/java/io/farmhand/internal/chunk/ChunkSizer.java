package io.farmhand.internal.chunk;

/**
 * Chooses how many items make a chunk. Of each job's own sizer, {@link #next} belongs to the thread that feeds the job;
 * {@link #completed} is called by the dispatcher, at the same time.
 */
public interface ChunkSizer {
    /** How many items the next chunk is to have, at least 1. */
    int next();

    /**
     * A chunk is done.
     *
     * @param items how many it had
     * @param nanos how long it ran
     */
    default void completed(int items, long nanos) {}

    /** Always the same number, at least 1. */
    static ChunkSizer fixed(int items) {
        return () -> items;
    }

    /**
     * CPython's rule for a sized input: about four chunks for each worker, rounded up, at least 1.
     *
     * @param items how many items there are
     * @param workers how many workers the pool has
     * @return items for each chunk, after {@code Pool._map_async} in CPython's {@code multiprocessing/pool.py}
     */
    static int forSizedInput(long items, int workers) {
        long chunks = workers * 4L;
        long size = items / chunks + (items % chunks == 0 ? 0 : 1);
        return Math.clamp(size, 1, Integer.MAX_VALUE);
    }
}
