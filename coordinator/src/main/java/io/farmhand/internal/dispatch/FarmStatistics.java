package io.farmhand.internal.dispatch;

import java.util.List;

/**
 * Where the time of a farm's workers went, over all processes so far, and the items that took longest.
 *
 * @param startNanos from the launch of each worker until it joined
 * @param initNanos the initializers
 * @param workingNanos the functions
 * @param serializingNanos reading functions and arguments, writing results, waiting to send them
 * @param waitingNanos ready without anything to run
 * @param itemsDone how many items were answered
 * @param itemsRepeated how many were sent again, for whatever reason
 * @param slowest the longest items, the longest first
 */
public record FarmStatistics(long startNanos, long initNanos, long workingNanos, long serializingNanos,
        long waitingNanos, long itemsDone, long itemsRepeated, List<SlowItem> slowest) {
    /**
     * An item that took long.
     *
     * @param job the number of the job
     * @param index of the item in its job
     * @param worker that ran it
     * @param nanos how long the function took
     */
    public record SlowItem(long job, long index, int worker, long nanos) {}
}
