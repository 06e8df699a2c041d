package io.farmhand.cli;

import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * How many inputs may be on their way to the workers, which hold and run them: so many that no worker waits for the next one,
 * and so few that who ends a run early need not wait for more than what runs. It is counted in expected time, as the mean of
 * those before tells it. Guarded by whoever has it.
 */
final class ReadAhead {
    /** How much work is to wait for each worker. */
    private static final double HELD_NANOS = 200e6;
    private static final long MOST_PER_WORKER = 512;
    /** What the newest weighs in the mean. */
    private static final double NEWEST = 0.1;

    private final IntSupplier workers;
    private final int chunkSize;
    /** Negative while none is known. */
    private double meanNanos = -1;

    /**
     * Of inputs that are sent in chunks of that size.
     *
     * @param workers how many there are now
     */
    ReadAhead(IntSupplier workers, int chunkSize) {
        this.workers = workers;
        this.chunkSize = chunkSize;
    }

    /** One input took so long. */
    void took(Duration time) {
        double nanos = time.toNanos();
        meanNanos = meanNanos < 0 ? nanos : meanNanos + NEWEST * (nanos - meanNanos);
    }

    /** How many may be without an answer. */
    long unanswered() {
        double waiting = meanNanos < 0 ? 0 : HELD_NANOS / Math.max(1, meanNanos * chunkSize);
        return chunks() * (1 + (long) Math.min(waiting, MOST_PER_WORKER - 1));
    }

    /** How many may be between the first whose result is not handed on and the last. */
    long unpassed() {
        return chunks() * MOST_PER_WORKER;
    }

    private long chunks() {
        return (long) Math.max(1, workers.getAsInt()) * chunkSize;
    }
}
