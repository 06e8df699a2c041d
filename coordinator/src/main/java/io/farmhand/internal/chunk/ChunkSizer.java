package io.farmhand.internal.chunk;

/** Chooses how many items make a chunk. */
public final class ChunkSizer {
    private ChunkSizer() {}

    /**
     * CPython's rule for a sized input: about four chunks for each worker, rounded up, at least 1.
     *
     * @param items how many items there are
     * @param workers how many workers the pool has
     * @return items for each chunk, after {@code Pool._map_async} in CPython's {@code multiprocessing/pool.py}
     */
    public static int forSizedInput(long items, int workers) {
        long chunks = workers * 4L;
        long size = items / chunks + (items % chunks == 0 ? 0 : 1);
        return Math.clamp(size, 1, Integer.MAX_VALUE);
    }
}
