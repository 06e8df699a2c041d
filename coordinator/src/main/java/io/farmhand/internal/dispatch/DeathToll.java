package io.farmhand.internal.dispatch;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Counts the deaths that no item is to blame for, so that a pool whose workers die of themselves breaks instead of
 * replacing them for ever. Owned by the dispatcher.
 */
final class DeathToll {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int bearable;
    private final Timers clock;
    private final ArrayDeque<Long> deaths = new ArrayDeque<>();

    /** @param bearable how many deaths within ten seconds, without any progress between, are borne */
    DeathToll(int bearable, Timers clock) {
        this.bearable = bearable;
        this.clock = clock;
    }

    /** A result has come: the farm gets on. */
    void progress() {
        deaths.clear();
    }

    /** Counts a death; returns whether that is one too many. */
    boolean death() {
        long now = clock.nowNanos();
        deaths.add(now);
        while (now - deaths.element() > PERIOD_NANOS) {
            deaths.remove();
        }
        return deaths.size() > bearable;
    }
}
