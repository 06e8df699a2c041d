package io.farmhand;

import java.time.Duration;

/** Something that happened in a pool. Workers are numbered from 0, and a replacement has the number of what it replaces. */
public sealed interface PoolEvent {
    /**
     * A worker is ready for work.
     *
     * @param pid its process
     */
    record WorkerStarted(int worker, long pid) implements PoolEvent {}

    /**
     * A worker has ended.
     *
     * @param pid its process
     * @param expected whether it was to: it was told to leave, or another took its place
     * @param itemsRepeated how many items that it held are run again
     * @param diagnosis how it ended
     */
    record WorkerEnded(int worker, long pid, boolean expected, int itemsRepeated, String diagnosis)
            implements
                PoolEvent {}

    /**
     * An item is run again after an exception.
     *
     * @param index of the item in its job
     * @param attempt that failed, from 1
     * @param worker where it failed
     */
    record ItemRetried(long job, long index, int attempt, int worker) implements PoolEvent {}

    /**
     * An item ran past its deadline, and its worker is killed.
     *
     * @param index of the item in its job
     * @param ran how long it had run
     */
    record ItemTimedOut(long job, long index, int worker, Duration ran) implements PoolEvent {}

    /** A call has begun. */
    record JobStarted(long job) implements PoolEvent {}

    /**
     * A call is over.
     *
     * @param completed whether it ran to its end; else it failed or was cancelled
     */
    record JobEnded(long job, boolean completed) implements PoolEvent {}

    /** The pool can run nothing any more. */
    record PoolBroken(String cause) implements PoolEvent {}
}
