package io.farmhand.internal.worker;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that this worker holds: how many of its items have begun, how many ever will, and which one runs.
 *
 * <p><b>Concurrency.</b> The object's monitor guards all fields. The runner begins and ends items; {@code farm-grpc}
 * recalls them. Since each is one step under the monitor, an item is either begun or given back, never both and never
 * neither; and an interrupt meets the item that it is meant for: the runner clears its flag in the same
 * step in which the item ceases to run and the next one begins.
 *
 * <p>Interrupting under the monitor closes the NIO channel that the task may wait for, on {@code farm-grpc}. That is
 * the JDK's code; should it hang, the coordinator kills this worker when its patience ends.
 */
final class HeldAttempt {
    private final long job;
    private final long attempt;
    private final long firstIndex;
    private final int count;
    private final int nth;
    // Guarded by this.
    private int begun;
    /** No item at this place or after it will begin. */
    private int limit;
    private boolean recalled;
    /** The last item has ended, or there is none to begin: what is said of this attempt now comes too late. */
    private boolean over;
    private @Nullable ItemContext running;
    private @Nullable Thread runner;

    /**
     * @param firstIndex the index in the job of the first item
     * @param nth which attempt at these items it is, from 1
     */
    HeldAttempt(long job, long attempt, long firstIndex, int count, int nth) {
        this.job = job;
        this.attempt = attempt;
        this.firstIndex = firstIndex;
        this.count = count;
        this.nth = nth;
        this.limit = count;
    }

    long job() {
        return job;
    }

    long attempt() {
        return attempt;
    }

    long firstIndex() {
        return firstIndex;
    }

    int count() {
        return count;
    }

    int nth() {
        return nth;
    }

    /**
     * Ends the item that runs on the calling thread, if one does, and begins the next one there.
     *
     * @param next the context of the next item
     * @return false when none begins: the attempt is over, and the thread is not interrupted afterwards
     */
    synchronized boolean begin(ItemContext next) {
        // By a recall, by the task itself, or by a thread of its own: the next item is not to find it so.
        boolean _ = Thread.interrupted();
        over = begun == limit;
        if (over) {
            running = null;
            return false;
        }
        begun++;
        running = next;
        runner = Thread.currentThread();
        return true;
    }

    /**
     * Sees to it that no further item begins. Ignored when the attempt is over; a second recall is heard for its
     * interrupt alone.
     *
     * @param interrupt whether the item that runs is told to stop
     * @param kept told, at the first recall, how many items have begun; called under the monitor, so that the last
     *     results cannot leave before what it sends
     */
    synchronized void recall(boolean interrupt, IntConsumer kept) {
        if (over) {
            return;
        }
        limit = begun;
        if (!recalled) {
            recalled = true;
            kept.accept(begun);
        }
        if (interrupt) {
            interrupt();
        }
    }

    /** The job has ended: no further item begins, and the one that runs is told to stop. */
    synchronized void jobEnded() {
        limit = begun;
        interrupt();
    }

    private void interrupt() {
        if (running != null && runner != null) {
            running.cancel();
            runner.interrupt();
        }
    }
}
