package io.farmhand.internal.worker;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What SIGTERM asks for: the first to leave once the coordinator agrees, so that no work is lost; the second to leave
 * now. Somebody who sends two, or a coordinator that has lost its patience, does not want to wait.
 */
final class Departure implements Runnable {
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Runnable leave;

    /** @param leave tells the coordinator */
    Departure(Runnable leave) {
        this.leave = leave;
    }

    @Override
    public void run() {
        if (asked.compareAndSet(false, true)) {
            leave.run();
        } else {
            System.exit(WorkerMain.TERMINATED);
        }
    }
}
