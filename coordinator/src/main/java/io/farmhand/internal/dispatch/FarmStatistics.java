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
     * What was added since.
     *
     * @param before what there was
     * @param job whose slow items are of interest
     */
    public FarmStatistics since(FarmStatistics before, long job) {
        return new FarmStatistics(grown(startNanos, before.startNanos), grown(initNanos, before.initNanos),
                grown(workingNanos, before.workingNanos), grown(serializingNanos, before.serializingNanos),
                grown(waitingNanos, before.waitingNanos), itemsDone - before.itemsDone,
                itemsRepeated - before.itemsRepeated, slowest.stream().filter(item -> item.job() == job).toList());
    }

    /** What an idle worker waits counts until it dies of it. */
    private static long grown(long now, long before) {
        return Math.max(0, now - before);
    }

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
