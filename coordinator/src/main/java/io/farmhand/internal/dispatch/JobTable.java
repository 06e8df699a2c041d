package io.farmhand.internal.dispatch;

import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The jobs that are not over: what of them waits, what is dropped, how they end. Owned by the dispatcher.
 *
 * <pre>
 *   chunk:   submitted -> pending -> under way on a worker -> done
 *                            ^          |
 *                            '----------'  its worker died, it was taken back, or an item of it is tried again
 * </pre>
 *
 * <p>Jobs are served in turn. Only those with chunks to give out stand in the queue, so that jobs that wait cost
 * nothing.
 */
final class JobTable {
    private final Timers timers;
    private final FarmListener listener;
    private final Set<Job> open = new LinkedHashSet<>();
    private final ArrayDeque<Job> queue = new ArrayDeque<>();
    /** Whether lazy jobs get what is under way and no more: their readers may never come for the rest. */
    private boolean closing;
    private long opened;

    JobTable(Timers timers, FarmListener listener) {
        this.timers = timers;
        this.listener = listener;
    }

    /** How many are not over. */
    int count() {
        return open.size();
    }

    boolean isEmpty() {
        return open.isEmpty();
    }

    /** How many jobs there have been. */
    long openedSoFar() {
        return opened;
    }

    void open(Job job) {
        open.add(job);
        opened++;
        listener.jobStarted(job.id);
    }

    // ---- what waits ----

    void submitted(Chunk chunk) {
        Job job = chunk.job();
        if (job.ended) {
            return;
        }
        if (isCutShort(job)) {
            job.cutShort = true;
            finishIfDone(job);
            return;
        }
        job.openChunks++;
        if (chunk.firstIndex() > job.cutIndex) {
            done(chunk);
            return;
        }
        job.pending.add(chunk);
        wake(job);
    }

    void inputEnded(Job job) {
        job.inputEnded = true;
        finishIfDone(job);
    }

    /** The job may have something to give out. */
    void wake(Job job) {
        if (!job.queued && mayGive(job)) {
            job.queued = true;
            queue.add(job);
        }
    }

    /** The job whose turn it is, out of the queue. */
    @Nullable
    Job next() {
        for (Job job = queue.poll(); job != null; job = queue.poll()) {
            job.queued = false;
            if (mayGive(job)) {
                return job;
            }
        }
        return null;
    }

    private static boolean mayGive(Job job) {
        return !job.ended && job.withdrawn == null && !job.pending.isEmpty();
    }

    /** Jobs whose turn it stays. */
    void putBack(List<Job> jobs) {
        for (Job job : jobs.reversed()) {
            job.queued = true;
            queue.addFirst(job);
        }
    }

    /** How many jobs have something to give out. */
    int waiting() {
        return queue.size();
    }

    /** Puts parts of a chunk that was under way before all else that is pending of its job. */
    void requeue(Chunk whole, List<Chunk> parts) {
        Job job = whole.job();
        List<Chunk> wanted = parts.stream().filter(part -> part.firstIndex() <= job.cutIndex).toList();
        long items = 0;
        long bytes = 0;
        for (Chunk part : wanted.reversed()) {
            job.pending.addFirst(part);
            items += part.count();
            bytes += part.sizeBytes();
        }
        job.adjust(wanted.size() - 1, items - whole.count(), bytes - whole.sizeBytes());
        wake(job);
        finishIfDone(job);
    }

    /** Puts what was taken back of a chunk, the rest of which is still under way, before all else. */
    void takenBack(Chunk whole, Chunk kept, List<Chunk> parts) {
        whole.job().adjust(1, 0, 0);
        requeue(whole.part(kept.count(), whole.count()), parts);
    }

    /** An item is to be tried again after a while. */
    void retryLater(Chunk item, long delayNanos) {
        Job job = item.job();
        job.adjust(1, item.count(), item.sizeBytes());
        job.delayed.add(item);
        timers.after(delayNanos, new Event.RetryDue(item));
    }

    void retryDue(Chunk item) {
        Job job = item.job();
        if (job.ended || !job.delayed.remove(item)) {
            return;
        }
        job.pending.addFirst(item);
        wake(job);
        finishIfDone(job);
    }

    /** Nothing more comes of a chunk. */
    void done(Chunk chunk) {
        Job job = chunk.job();
        job.adjust(-1, -chunk.count(), -chunk.sizeBytes());
        wake(job);
        finishIfDone(job);
    }

    // ---- the end ----

    /** An item has failed: of a job that fails fast nothing after it is needed any more. */
    void failedAt(Job job, long index) {
        if (job.ended || !job.options.failFast() || index >= job.cutIndex) {
            return;
        }
        job.cutIndex = index;
        job.gather.sate();
        dropAfter(index, job, job.pending);
        dropAfter(index, job, job.delayed);
        finishIfDone(job);
    }

    private static void dropAfter(long index, Job job, Collection<Chunk> waiting) {
        for (Iterator<Chunk> chunks = waiting.iterator(); chunks.hasNext();) {
            Chunk chunk = chunks.next();
            if (chunk.firstIndex() > index) {
                chunks.remove();
                job.adjust(-1, -chunk.count(), -chunk.sizeBytes());
            }
        }
    }

    /** From now on lazy jobs are cut short. */
    void beginClosing() {
        closing = true;
        List.copyOf(open).forEach(this::finishIfDone);
    }

    void finishIfDone(Job job) {
        dropWhatCannotBegin(job);
        if (job.ended || job.openChunks > 0) {
            return;
        }
        if ((job.inputEnded || job.isCut()) && !job.cutShort) {
            end(job, null);
        } else if (isCutShort(job)) {
            end(job, new Run.JobFailed(Reason.CLOSED, "the pool was closed before the whole input was read"));
        }
    }

    private boolean isCutShort(Job job) {
        return job.options.lazy() && closing;
    }

    /** What a job's reader leaves no room for can never begin once the pool closes: nobody may be there to read. */
    private void dropWhatCannotBegin(Job job) {
        if (isCutShort(job) && !job.pending.isEmpty() && !job.gather.mayBegin(job.nothingUnderWay())) {
            job.cutShort = true;
            List<Chunk> dropped = List.copyOf(job.pending);
            job.pending.clear();
            dropped.forEach(chunk -> job.adjust(-1, -chunk.count(), -chunk.sizeBytes()));
        }
    }

    /** Ends a job: its workers forget it, its caller hears of it. */
    void end(Job job, Run.@Nullable JobFailed failure) {
        if (job.ended) {
            return;
        }
        job.ended = true;
        job.pending.clear();
        open.remove(job);
        long now = timers.nowNanos();
        for (Worker worker : job.knownBy) {
            worker.forget(job);
            Attempt head = worker.inFlight.peek();
            if (head != null && head.chunk.job().equals(job)) {
                stopAsked(worker, head, now);
            }
        }
        job.knownBy.clear();
        job.gather.end(failure);
        if (job.withdrawn != null) {
            job.withdrawn.complete(false);
        }
        listener.jobEnded(job.id, failure == null && !job.isCut());
    }

    /** The worker has been told to stop what it is at; it is looked at again when its grace is over. */
    void stopAsked(Worker worker, Attempt head, long now) {
        if (!head.stopping) {
            head.stopping = true;
            head.stopAskedNanos = now;
            worker.lookIn(head.chunk.job().options.cancelGraceNanos(), timers);
        }
    }

    /** Ends a job if nothing of it has begun, and tells whether that was so, as soon as it is known. */
    void withdraw(Job job, CompletableFuture<Boolean> untouched) {
        if (job.ended) {
            untouched.complete(false);
            return;
        }
        if (job.withdrawn != null) {
            CompletableFuture<Boolean> _ = job.withdrawn.whenComplete((answer, _) -> untouched.complete(answer));
            return;
        }
        job.withdrawn = untouched;
        for (Worker worker : job.knownBy) {
            for (Attempt attempt : worker.inFlight) {
                if (attempt.chunk.job().equals(job) && !attempt.recalled) {
                    worker.recall(attempt, false);
                }
            }
        }
        endIfWithdrawn(job);
    }

    /** Ends a job that is not wanted any more as soon as it is known that nothing of it had begun; else it goes on. */
    void endIfWithdrawn(Job job) {
        CompletableFuture<Boolean> withdrawn = job.withdrawn;
        if (withdrawn == null || job.ended || (!job.touched && isInDoubt(job))) {
            return;
        }
        job.withdrawn = null;
        withdrawn.complete(!job.touched);
        if (!job.touched) {
            end(job, new Run.JobFailed(Reason.CANCELLED, "the job was cancelled"));
        }
    }

    /** Whether a worker has not yet told what of the job it has begun. */
    private static boolean isInDoubt(Job job) {
        for (Worker worker : job.knownBy) {
            for (Attempt attempt : worker.inFlight) {
                if (attempt.chunk.job().equals(job) && !attempt.returned) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A job came too late. */
    void refuse(Job job, Run.JobFailed failure) {
        job.ended = true;
        job.gather.end(failure);
    }

    void failAll(Run.JobFailed failure) {
        List.copyOf(open).forEach(job -> end(job, failure));
    }
}
