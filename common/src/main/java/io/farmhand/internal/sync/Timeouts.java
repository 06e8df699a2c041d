package io.farmhand.internal.sync;

import java.time.Duration;

/** How long to wait. */
final class Timeouts {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private Timeouts() {}

    /** A duration in nanoseconds; one that is longer than they can say is for ever, {@link Long#MAX_VALUE}. */
    static long nanos(Duration timeout) {
        return timeout.compareTo(LONGEST) >= 0 ? Long.MAX_VALUE : timeout.isNegative() ? 0 : timeout.toNanos();
    }

    /**
     * How much of a time is left, in nanoseconds; for ever stays for ever.
     *
     * @param startNanos when it began, by {@link System#nanoTime()}
     * @param timeoutNanos how long it is
     */
    static long left(long startNanos, long timeoutNanos) {
        if (timeoutNanos <= 0 || timeoutNanos == Long.MAX_VALUE) {
            return timeoutNanos;
        }
        return timeoutNanos - (System.nanoTime() - startNanos);
    }
}
