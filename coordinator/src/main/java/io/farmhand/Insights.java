package io.farmhand;

import io.farmhand.internal.dispatch.FarmStatistics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where the time of a pool's workers went so far, and what took longest. The five shares are of the workers' whole time
 * and add up to 1; all are 0 when there was none.
 *
 * @param start the share of starting JVMs
 * @param init the share of initializers
 * @param waiting the share of waiting for something to do
 * @param serializing the share of reading arguments and writing results
 * @param working the share of the functions themselves
 * @param itemsDone how many items were run to their end
 * @param itemsRepeated how many were sent again, for whatever reason
 * @param slowest the items that took longest, the longest first
 * @param advice what to change, in one sentence with the numbers; empty when all is well
 */
public record Insights(double start, double init, double waiting, double serializing, double working, long itemsDone,
        long itemsRepeated, List<SlowItem> slowest, Optional<String> advice) {
    /**
     * An item that took long.
     *
     * @param job the number of the job, as in {@link PoolEvent.JobStarted}
     * @param index of the item in its job
     * @param worker that ran it
     * @param took how long the function took
     */
    public record SlowItem(long job, long index, int worker, Duration took) {}

    /** Copies the list. */
    public Insights {
        slowest = List.copyOf(slowest);
    }

    /** Where the time went, as a table of a few lines with {@link #diagnosis} at its end, and a line break behind it. */
    public String table() {
        return InsightsTable.of(this);
    }

    /** What took the time, and what could be done about it, in one sentence: the {@link #advice} if there is one. */
    public String diagnosis() {
        return InsightsTable.diagnosis(this);
    }

    static Insights of(FarmStatistics statistics) {
        double all = (double) statistics.startNanos() + statistics.initNanos() + statistics.waitingNanos()
                + statistics.serializingNanos() + statistics.workingNanos();
        double whole = all == 0 ? 1 : all;
        return new Insights(statistics.startNanos() / whole, statistics.initNanos() / whole,
                statistics.waitingNanos() / whole, statistics.serializingNanos() / whole,
                statistics.workingNanos() / whole, statistics.itemsDone(), statistics.itemsRepeated(),
                statistics.slowest().stream().map(item -> new SlowItem(item.job(), item.index(), item.worker(),
                        Duration.ofNanos(item.nanos()))).toList(),
                ShippingAdvice.of(statistics.itemsDone(), statistics.workingNanos(), statistics.serializingNanos(), 0,
                        1, 0));
    }
}
