package io.farmhand.internal.dispatch;

import io.farmhand.backend.Answer;
import io.farmhand.backend.ItemTimes;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.serial.Items;
import io.farmhand.internal.shm.SharedPayload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of workers' answers: outcomes go to the gather, items worth it are tried again, what was taken back goes
 * to others. Owned by the dispatcher.
 *
 * <p><b>Exactly once.</b> An item's outcome is passed on when it first comes, and only from the attempt at the head of
 * its worker's queue: answers of workers that are gone, of attempts that were given up and of jobs that have ended are
 * dropped.
 */
final class Delivery {
    private static final int MOST_DOUBLINGS = 20;

    private final JobTable jobs;
    private final WorkerTable workers;
    private final Timers timers;
    private final Accounts accounts;
    private final FarmListener listener;

    Delivery(JobTable jobs, WorkerTable workers, Timers timers, Accounts accounts, FarmListener listener) {
        this.jobs = jobs;
        this.workers = workers;
        this.timers = timers;
        this.accounts = accounts;
        this.listener = listener;
    }

    /** Returns what rule the worker has broken, if it has. */
    @Nullable
    String answered(Worker worker, Answer answer) {
        Attempt attempt = worker.inFlight.peek();
        if (attempt == null || attempt.id != answer.attempt()) {
            return "results of attempt %d, expected attempt %s".formatted(answer.attempt(),
                    attempt == null ? "none" : attempt.id);
        }
        Chunk chunk = attempt.chunk;
        Job job = chunk.job();
        int received = attempt.received + answer.count();
        boolean complete = received == chunk.count();
        boolean mayFallShort = job.ended || attempt.recalled;
        if (answer.count() < 0 || received > chunk.count()
                || (answer.last() ? !complete && !mayFallShort : complete && !attempt.recalled)) {
            return "%d of %d results of attempt %d, last=%b".formatted(received, chunk.count(), attempt.id,
                    answer.last());
        }
        count(worker, attempt, answer);
        if (!job.ended && answer.count() > 0) {
            deliver(worker, attempt, answer);
        }
        attempt.received = received;
        job.touched |= received > 0;
        attempt.sinceNanos = timers.nowNanos();
        if (answer.last()) {
            if (!complete && !job.ended) {
                returned(worker, attempt, received); // its Returned is on the way, and then about nothing any more
            }
            finish(worker, attempt, answer);
        }
        return null;
    }

    private void count(Worker worker, Attempt attempt, Answer answer) {
        accounts.itemsDone(worker, answer.count());
        long working = 0;
        ItemTimes times = answer.times();
        long firstIndex = attempt.chunk.firstIndex() + attempt.received;
        for (int group = 0; group < times.groups(); group++) {
            long nanos = times.mean(group) * times.count(group);
            working += nanos;
            accounts.worked(worker, nanos);
            accounts.itemTook(attempt.chunk.job(), firstIndex + times.first(group), worker, times.mean(group));
        }
        attempt.workNanos += working;
        if (answer.last()) {
            accounts.serialized(answer.runNanos() - attempt.workNanos);
        }
    }

    private void finish(Worker worker, Attempt attempt, Answer answer) {
        worker.answered();
        if (worker.inFlight.isEmpty()) {
            accounts.idle(worker);
        }
        Job job = attempt.chunk.job();
        if (!job.ended) {
            if (attempt.received > 0) {
                job.chunkTook(attempt.received, answer.runNanos());
            }
            jobs.done(attempt.chunk);
            if (!attempt.retried) { // else the item that is tried again has its bytes there, too
                SharedPayload.release(attempt.chunk.items());
            }
            jobs.endIfWithdrawn(job);
        }
    }

    /** Passes outcomes on, without those of items that are tried again. */
    private void deliver(Worker worker, Attempt attempt, Answer answer) {
        Job job = attempt.chunk.job();
        long cutBefore = job.cutIndex;
        long firstFailed = Long.MAX_VALUE;
        int from = 0;
        Set<Integer> retryable = Set.copyOf(answer.retryable());
        for (int place : answer.failed()) {
            if (retryable.contains(place) && retry(worker, attempt, attempt.received + place)) {
                put(worker, attempt, answer, from, place);
                from = place + 1;
            } else {
                firstFailed = Math.min(firstFailed, attempt.chunk.firstIndex() + attempt.received + place);
            }
        }
        put(worker, attempt, answer, from, answer.count());
        if (firstFailed < cutBefore) {
            jobs.failedAt(job, firstFailed);
        }
    }

    private void put(Worker worker, Attempt attempt, Answer answer, int from, int to) {
        Chunk chunk = attempt.chunk;
        long firstIndex = chunk.firstIndex() + attempt.received + from;
        if (from == to || firstIndex > chunk.job().cutIndex) {
            return;
        }
        boolean whole = to - from == answer.count();
        chunk.job().gather.put(new Run.Outcomes(firstIndex, to - from,
                whole ? answer.items() : Items.slice(answer.items(), from, to - from), worker.number(),
                chunk.attempt(), answer.times().slice(from, to)));
    }

    /** Returns whether the item is tried again. */
    private boolean retry(Worker worker, Attempt attempt, int place) {
        Chunk chunk = attempt.chunk;
        Job job = chunk.job();
        long index = chunk.firstIndex() + place;
        int retry = index > job.cutIndex || job.options.atMostOnce() ? 0 : job.retry(index);
        if (retry == 0) {
            return false;
        }
        accounts.repeated(1);
        attempt.retried = true;
        listener.itemRetried(job.id, index, chunk.attempt(), worker.number());
        long first = Math.min(job.options.retryBackoffNanos(), Long.MAX_VALUE >> (MOST_DOUBLINGS + 1));
        long delay = first << Math.min(retry - 1, MOST_DOUBLINGS);
        jobs.retryLater(chunk.part(place, place + 1, chunk.attempt() + 1, worker.number()), delay);
        return true;
    }

    /** A worker has told how many items of an attempt it runs, recalled or given back unasked; the rest is for others. */
    void returned(Worker worker, long attemptId, int kept) {
        Attempt attempt = worker.attempt(attemptId);
        if (attempt == null || attempt.returned) {
            return;
        }
        attempt.recalled = true;
        Job job = attempt.chunk.job();
        attempt.returned = true;
        job.touched |= kept > 0;
        if (kept >= attempt.received && kept < attempt.chunk.count()) {
            returned(worker, attempt, kept);
        }
        jobs.endIfWithdrawn(job);
    }

    private void returned(Worker worker, Attempt attempt, int kept) {
        Chunk whole = attempt.chunk;
        attempt.chunk = whole.part(0, kept);
        worker.itemsSent -= whole.count() - kept;
        if (!whole.job().ended) {
            // Whoever is idle now, and the one that gave back, share what is left.
            jobs.takenBack(whole, attempt.chunk, split(whole, kept, workers.idle().size() + 1));
        }
    }

    private static List<Chunk> split(Chunk whole, int from, int parts) {
        List<Chunk> split = new ArrayList<>();
        int count = whole.count();
        for (int left = parts, at = from; at < count; left--) {
            int size = Math.ceilDiv(count - at, Math.max(1, left));
            split.add(whole.part(at, at + size));
            at += size;
        }
        return split;
    }
}
