package io.farmhand.internal.dispatch;

import java.time.Duration;

/** Who hears of what happens in a farm; called on the dispatcher's thread, so it only enqueues. */
public interface FarmListener {
    /** A worker has joined and is ready. */
    default void workerReady(int worker, long pid) {}

    /**
     * A worker has ended.
     *
     * @param expected whether it was to: told to stop, or replaced
     * @param repeated how many items that it held are run again
     * @param diagnosis how it ended
     */
    default void workerEnded(int worker, long pid, boolean expected, int repeated, String diagnosis) {}

    /** An item is run again after an exception. */
    default void itemRetried(long job, long index, int attempt, int worker) {}

    /** An item ran past its deadline and was ended. */
    default void itemTimedOut(long job, long index, int worker, Duration ran) {}

    /** A job was opened. */
    default void jobStarted(long job) {}

    /** A job is over: all is delivered, or it failed or was cancelled. */
    default void jobEnded(long job, boolean completed) {}

    /** The pool can run nothing any more. */
    default void broken(String cause) {}
}
