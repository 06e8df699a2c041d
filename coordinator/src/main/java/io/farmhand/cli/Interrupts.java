package io.farmhand.cli;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What Ctrl-C does: the first lets what runs end, the second ends the process at once. The same one may come twice, from the
 * terminal and from the {@link Launcher}, so that what follows at once is not counted.
 *
 * <p><b>Concurrency.</b> Called on threads of signals.
 */
final class Interrupts {
    /** Shorter counts one that came by two ways as two, longer makes a person wait who wants to kill. */
    private static final long SAME_NANOS = 300_000_000;
    /** By so many ways one comes at most. */
    private static final int MOST_OF_ONE = 2;

    private final Console console;
    private final InFlight inFlight;
    private final Runnable end;
    private final AtomicLong first = new AtomicLong(Long.MIN_VALUE);
    private final AtomicInteger count = new AtomicInteger();

    /** @param end ends the process in order; called where nobody else can, since the run waits for inputs */
    Interrupts(Console console, InFlight inFlight, Runnable end) {
        this.console = console;
        this.inFlight = inFlight;
        this.end = end;
    }

    void interrupted() {
        long now = System.nanoTime();
        int nth = count.incrementAndGet();
        if (!first.compareAndSet(Long.MIN_VALUE, now)) {
            if (nth > MOST_OF_ONE || now - first.get() > SAME_NANOS) {
                console.exit().accept(ExitStatus.INTERRUPTED);
            }
            return;
        }
        console.error().println("farm: interrupted: what runs is finished first; Ctrl-C again kills it");
        if (inFlight.stop()) {
            end.run();
        }
    }
}
