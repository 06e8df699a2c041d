package io.farmhand.internal.observe;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** How fast a count grows, by what was seen of it lately. It belongs to one thread, or is guarded by its owner's lock. */
final class Pace {
    /** Shorter jumps with each chunk that comes, longer tells late that something has changed. */
    private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Deque<Seen> seen = new ArrayDeque<>();
    private final long startNanos;
    private long lastCount;
    private long lastNanos;

    private record Seen(long nanos, long count) {}

    Pace(long startNanos) {
        this.startNanos = startNanos;
        this.lastNanos = startNanos;
        seen.add(new Seen(startNanos, 0));
    }

    /** The count is so high now. */
    void see(long nowNanos, long count) {
        lastNanos = nowNanos;
        lastCount = count;
        seen.add(new Seen(nowNanos, count));
        while (seen.size() > 2 && nowNanos - seen.getFirst().nanos() > WINDOW_NANOS) {
            seen.removeFirst();
        }
    }

    /** How long it has been watched. */
    long elapsedNanos() {
        return lastNanos - startNanos;
    }

    /** How much it grows in a second; where it did not grow lately, since the start; 0 if it never did. */
    double perSecond() {
        Seen first = seen.getFirst();
        long nanos = lastNanos - first.nanos();
        long count = lastCount - first.count();
        return count > 0 && nanos > 0 ? count * 1e9 / nanos : perSecondInAll();
    }

    /** How much it grew in a second, since the start. */
    double perSecondInAll() {
        return elapsedNanos() <= 0 ? 0 : lastCount * 1e9 / elapsedNanos();
    }
}
