package io.farmhand.internal.chunk;

import java.util.concurrent.TimeUnit;

/**
 * Makes chunks as long as it takes to hide the cost of sending them, and no longer, by how long chunks took so far.
 *
 * <p>The rule and its constants are joblib's: {@code AutoBatchingMixin} in {@code joblib/_parallel_backends.py}
 * (copyright the joblib developers, BSD 3-clause licence).
 *
 * <p><b>Concurrency.</b> Guarded by itself: the feeder asks while the dispatcher tells.
 */
public final class AdaptiveChunkSizer implements ChunkSizer {
    /** Shorter chunks do not hide what it costs to send them. */
    static final double MIN_IDEAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Longer chunks leave workers idle at the end of a job, while one runs on alone. */
    static final double MAX_IDEAL_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final double OLD_WEIGHT = 0.8;
    private static final double NEW_WEIGHT = 0.2;

    private int size = 1;
    /** How long a chunk of this size takes, smoothed; 0 while unknown. */
    private double smoothedNanos;

    /** A sizer that begins with chunks of one item. */
    public AdaptiveChunkSizer() {}

    @Override
    public synchronized int next() {
        int before = size;
        if (smoothedNanos > 0 && smoothedNanos < MIN_IDEAL_NANOS) {
            // Twice the ideal, so that it does not swing between the bounds; but no sudden growth, which would leave
            // workers without anything.
            size = (int) Math.max(1, Math.min(Math.min(2L * before, Integer.MAX_VALUE), 2 * ideal()));
        } else if (smoothedNanos > MAX_IDEAL_NANOS && before >= 2) {
            size = (int) Math.max(1, Math.min(Integer.MAX_VALUE, 2 * ideal()));
        }
        if (size != before) {
            smoothedNanos = 0;
        }
        return size;
    }

    private long ideal() {
        return (long) Math.min(size * MIN_IDEAL_NANOS / smoothedNanos, Integer.MAX_VALUE);
    }

    @Override
    public synchronized void completed(int items, long nanos) {
        if (items == size) {
            smoothedNanos = smoothedNanos == 0 ? nanos : OLD_WEIGHT * smoothedNanos + NEW_WEIGHT * nanos;
        }
    }
}
