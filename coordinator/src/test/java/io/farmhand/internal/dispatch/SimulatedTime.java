package io.farmhand.internal.dispatch;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** The clock of a simulation, and what is to happen, in the order of time. */
final class SimulatedTime {
    private record Step(long atNanos, long order, Runnable action) {}

    private final PriorityQueue<Step> steps = new PriorityQueue<>(Comparator.comparingLong(Step::atNanos)
            .thenComparingLong(Step::order));
    private long now = 1;
    private long lastOrder;

    static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    long now() {
        return now;
    }

    void after(long delayNanos, Runnable action) {
        at(now + delayNanos, action);
    }

    void at(long atNanos, Runnable action) {
        steps.add(new Step(atNanos, ++lastOrder, action));
    }

    long untilNextNanos() {
        return steps.isEmpty() ? Long.MAX_VALUE : steps.element().atNanos - now;
    }

    void advance(long nanos) {
        now += nanos;
    }

    /** Lets the next thing happen, whose time has come. */
    void step() {
        steps.remove().action.run();
    }
}
