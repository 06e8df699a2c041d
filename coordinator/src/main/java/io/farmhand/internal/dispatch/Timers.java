package io.farmhand.internal.dispatch;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Events that are to come at a time. Owned by the dispatcher. */
final class Timers {
    private record Timer(long dueNanos, Event event) {}

    private final LongSupplier clock;
    private final PriorityQueue<Timer> timers;

    /** @param clock nanoseconds from any origin, as {@link System#nanoTime} */
    Timers(LongSupplier clock) {
        this.clock = clock;
        long origin = clock.getAsLong();
        this.timers = new PriorityQueue<>(Comparator.comparingLong((Timer timer) -> timer.dueNanos - origin));
    }

    long nowNanos() {
        return clock.getAsLong();
    }

    void after(long delayNanos, Event event) {
        timers.add(new Timer(clock.getAsLong() + delayNanos, event));
    }

    /** How long until the next is due: 0 when it is, {@link Long#MAX_VALUE} when there is none. */
    long untilNextNanos() {
        Timer next = timers.peek();
        return next == null ? Long.MAX_VALUE : Math.max(0, next.dueNanos - clock.getAsLong());
    }

    /** Removes an event that is due. */
    @Nullable
    Event pollDue() {
        return untilNextNanos() == 0 ? timers.remove().event : null;
    }
}
