package io.farmhand.internal.dispatch;

import io.farmhand.internal.dispatch.FarmStatistics.SlowItem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Where the workers' time went. Owned by the dispatcher. */
final class Accounts {
    private static final int SLOWEST = 5;
    private static final Comparator<SlowItem> BY_TIME = Comparator.comparingLong(SlowItem::nanos);
    /** A start may take longer than the mean one. */
    private static final double START_MARGIN = 1.5;

    private final Timers timers;
    private final PriorityQueue<SlowItem> slowest = new PriorityQueue<>(BY_TIME);
    private long starts;
    private long startNanos;
    private long initNanos;
    private long workingNanos;
    private long serializingNanos;
    private long waitingNanos;
    private long itemsDone;
    private long itemsRepeated;

    Accounts(Timers timers) {
        this.timers = timers;
    }

    void joined(Worker worker) {
        starts++;
        startNanos += lap(worker);
    }

    void ready(Worker worker) {
        initNanos += lap(worker);
    }

    /** A worker that was without work gets some. */
    void busy(Worker worker) {
        waitingNanos += lap(worker);
    }

    /** A worker has answered all it had. */
    void idle(Worker worker) {
        lap(worker);
    }

    private long lap(Worker worker) {
        long now = timers.nowNanos();
        long lap = now - worker.sinceNanos;
        worker.sinceNanos = now;
        return lap;
    }

    void worked(Worker worker, long nanos) {
        worker.workNanos += nanos;
        workingNanos += nanos;
    }

    /** One item, or several short ones of which it is the first. */
    void itemTook(Job job, long index, Worker worker, long nanos) {
        if (slowest.size() < SLOWEST || nanos > slowest.element().nanos()) {
            slowest.add(new SlowItem(job.id, index, worker.number(), nanos));
            if (slowest.size() > SLOWEST) {
                slowest.remove();
            }
        }
    }

    void itemsDone(Worker worker, int items) {
        worker.itemsDone += items;
        itemsDone += items;
    }

    long itemsDone() {
        return itemsDone;
    }

    /** @param nanos what an attempt took beside the function */
    void serialized(long nanos) {
        serializingNanos += Math.max(0, nanos);
    }

    void repeated(int items) {
        itemsRepeated += items;
    }

    /** Longer than a start usually takes; 0 before the first. */
    double startNanosExpected() {
        return starts == 0 ? 0 : START_MARGIN * (startNanos + initNanos) / starts;
    }

    /** @param workers those without work now wait still */
    FarmStatistics statistics(Iterable<Worker> workers) {
        long waiting = waitingNanos;
        for (Worker worker : workers) {
            if (worker.isIdle()) {
                waiting += timers.nowNanos() - worker.sinceNanos;
            }
        }
        List<SlowItem> longestFirst = new ArrayList<>(slowest);
        longestFirst.sort(BY_TIME.reversed());
        return new FarmStatistics(startNanos, initNanos, workingNanos, serializingNanos, waiting, itemsDone,
                itemsRepeated, longestFirst);
    }
}
