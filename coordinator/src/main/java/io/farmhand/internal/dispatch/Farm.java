package io.farmhand.internal.dispatch;

import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import io.farmhand.internal.process.WorkerExit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The state of a farm: which jobs there are, which chunk is where, and what follows from each event. Single-threaded
 * and without a clock of its own, so that it can be driven by the dispatcher's thread or by a simulation.
 *
 * <pre>
 *   chunk:   submitted -> pending -> under way on a worker -> done
 *                            ^               |
 *                            '---------------'  its worker died: what had not come back is pending again,
 *                                               the item that had begun alone and charged with the death
 * </pre>
 *
 * <p><b>Exactly once.</b> An item's outcome is passed to the gather when it first comes, and only from the attempt at
 * the head of its worker's queue: answers of workers that are gone, of attempts that were given up and of jobs that
 * have ended are dropped.
 */
final class Farm {
    /** What becomes of a farm. */
    private enum State {
        /** Jobs are taken. */
        OPEN,
        /** No new jobs; those that are here are finished. */
        CLOSING,
        /** Workers are leaving. */
        STOPPING,
        /** It can run nothing any more; {@code brokenBy} says why. */
        BROKEN
    }

    /** How a job ends that comes too late. */
    static final Run.JobFailed CLOSED = new Run.JobFailed(Reason.CLOSED, "the pool is closed");

    private static final long STOP_GRACE_NANOS = 5_000_000_000L;

    private final Settings settings;
    private final Timers timers;
    private final WorkerTable workers;
    private final JobTable jobs = new JobTable();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> terminated = new CompletableFuture<>();
    private State state = State.OPEN;
    private String brokenBy = "";
    private boolean killed;
    private long lastAttempt;
    private final DeathToll unexplained;

    Farm(Settings settings, WorkerSource source, Timers timers) {
        this.settings = settings;
        this.timers = timers;
        this.workers = new WorkerTable(settings, source, timers);
        this.unexplained = new DeathToll(WorkerTable.START_RETRIES * settings.workers(), timers);
    }

    /** Completes when the first worker has joined; fails, with the reason as its message, when the farm breaks before. */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Completes when all workers are gone after a close. */
    CompletableFuture<Void> terminated() {
        return terminated;
    }

    /** Launches the workers. */
    void start() {
        workers.launchAll();
    }

    void handle(Event event) {
        switch (event) {
            case Event.JobOpened(Job job) -> opened(job);
            case Event.ChunkSubmitted(Chunk chunk) -> submitted(chunk);
            case Event.InputEnded(Job job) -> {
                job.inputEnded = true;
                finishIfDone(job);
            }
            case Event.JobCancelled(Job job) ->
                endJob(job, new Run.JobFailed(Reason.CANCELLED, "the job was cancelled"));
            case Event.CloseRequested() -> close();
            case Event.ShutdownRequested() -> shutdown("the pool was shut down");
            case Event.WorkerJoined joined -> {
                if (workers.joined(joined.worker(), joined.link())) {
                    ready.complete(null);
                }
            }
            case Event.ResultsArrived results -> arrived(results);
            case Event.LinkClosed(var worker, String reason) -> {
                WorkerSlot slot = workers.linkClosed(worker, reason, state != State.STOPPING);
                if (slot != null) {
                    lost(slot);
                }
            }
            case Event.WorkerExited(var worker, WorkerExit exit) -> {
                WorkerSlot slot = workers.exited(worker, exit);
                if (slot != null) {
                    lost(slot);
                }
            }
            case Event.LinkOverdue(var worker) -> {
                WorkerSlot slot = workers.linkOverdue(worker);
                if (slot != null) {
                    lost(slot);
                }
            }
            case Event.StartOverdue(var worker) -> workers.startOverdue(worker);
            case Event.RestartDue(WorkerSlot slot) -> {
                if (takesWork()) {
                    workers.launch(slot);
                }
            }
            case Event.ReaderCaughtUp(Job _) -> {
                // What may begin again is given out after this.
            }
            case Event.StopOverdue() -> stopOverdue();
        }
    }

    /** Gives pending chunks to workers with credit. */
    void assign() {
        int ready = workers.readyCount();
        int jobsWithoutLuck = 0;
        while (jobsWithoutLuck < jobs.size()) {
            Job job = jobs.next();
            if (job == null) {
                return;
            }
            WorkerSlot slot = job.gather.mayBegin(job.openChunks == job.pending.size())
                    ? workers.leastLoaded(job.pending.size() > ready)
                    : null;
            if (slot == null) {
                jobsWithoutLuck++;
            } else {
                jobsWithoutLuck = 0;
                send(job.pending.remove(), slot);
            }
        }
    }

    private void send(Chunk chunk, WorkerSlot slot) {
        Job job = chunk.job();
        if (slot.link == null) {
            throw new IllegalStateException("a worker is ready without a link: " + slot.key);
        }
        if (slot.knows.add(job)) {
            job.knownBy.add(slot);
            slot.link.function(job.id, job.function);
        }
        Attempt attempt = new Attempt(++lastAttempt, chunk);
        slot.sent(attempt);
        slot.link.chunk(job.id, attempt.id, chunk.firstIndex(), chunk.count(), chunk.items());
    }

    private boolean takesWork() {
        return state == State.OPEN || state == State.CLOSING;
    }

    private void opened(Job job) {
        switch (state) {
            case OPEN -> jobs.add(job);
            case BROKEN -> endJob(job, new Run.JobFailed(Reason.BROKEN, brokenBy));
            case CLOSING, STOPPING -> endJob(job, CLOSED);
        }
    }

    private void submitted(Chunk chunk) {
        Job job = chunk.job();
        if (job.ended) {
            return;
        }
        if (isCut(job)) {
            job.cutShort = true;
            finishIfDone(job);
            return;
        }
        job.openChunks++;
        job.pending.add(chunk);
    }

    private void arrived(Event.ResultsArrived results) {
        WorkerSlot slot = workers.current(results.worker());
        if (slot == null || slot.link == null) {
            return;
        }
        Attempt attempt = slot.inFlight.peek();
        if (attempt == null || attempt.id != results.attempt()) {
            workers.cutOff(slot, "results of attempt %d, expected attempt %s".formatted(results.attempt(),
                    attempt == null ? "none" : attempt.id));
            return;
        }
        Chunk chunk = attempt.chunk;
        Job job = chunk.job();
        int received = attempt.received + results.count();
        boolean complete = received == chunk.count();
        if (received > chunk.count() || (results.last() ? !complete && !job.ended : complete)) {
            workers.cutOff(slot,
                    "%d of %d results of attempt %d, last=%b".formatted(received, chunk.count(), attempt.id,
                            results.last()));
            return;
        }
        if (!job.ended && results.count() > 0) {
            job.gather.put(new Run.Outcomes(chunk.firstIndex() + attempt.received, results.count(), results.items(),
                    slot.number, chunk.attempt()));
        }
        attempt.received = received;
        unexplained.progress();
        if (results.last()) {
            slot.answered();
            if (!job.ended) {
                job.chunkTook(results.runNanos());
                done(chunk);
            }
        }
    }

    private void done(Chunk chunk) {
        chunk.job().adjust(-1, -chunk.sizeBytes());
        finishIfDone(chunk.job());
    }

    private void finishIfDone(Job job) {
        dropWhatCannotBegin(job);
        if (job.ended || job.openChunks > 0) {
            return;
        }
        if (job.inputEnded && !job.cutShort) {
            endJob(job, null);
        } else if (isCut(job)) {
            endJob(job, new Run.JobFailed(Reason.CLOSED, "the pool was closed before the whole input was read"));
        }
    }

    /** Whether a job gets what is under way and no more: its reader may never come for the rest. */
    private boolean isCut(Job job) {
        return job.lazy && state != State.OPEN;
    }

    /** What a cut job's reader leaves no room for can never begin: nobody may be there to take anything. */
    private void dropWhatCannotBegin(Job job) {
        if (isCut(job) && !job.pending.isEmpty()
                && !job.gather.mayBegin(job.openChunks == job.pending.size())) {
            job.cutShort = true;
            long bytes = job.pending.stream().mapToLong(Chunk::sizeBytes).sum();
            int chunks = job.pending.size();
            job.pending.clear();
            job.adjust(-chunks, -bytes);
        }
    }

    private void endJob(Job job, Run.@Nullable JobFailed failure) {
        if (job.ended) {
            return;
        }
        job.ended = true;
        job.pending.clear();
        jobs.remove(job);
        for (WorkerSlot slot : job.knownBy) {
            slot.knows.remove(job);
            if (slot.link != null) {
                slot.link.jobEnd(job.id);
            }
        }
        job.knownBy.clear();
        job.gather.end(failure);
        stopIfDone();
    }

    // ---- the end of workers ----

    /** A worker is gone, connection and process: what it held is pending again, and its place is filled. */
    private void lost(WorkerSlot slot) {
        WorkerExit exit = slot.exit;
        if (exit == null) {
            throw new IllegalStateException("a worker was lost that has not exited: " + slot.key);
        }
        boolean hadJoined = slot.state == WorkerSlot.State.LOST || slot.link != null;
        List<Attempt> unfinished = List.copyOf(slot.inFlight);
        String who = "Worker %d (pid %d)".formatted(slot.number, exit.pid());
        slot.clear();
        if (!takesWork()) {
            completeIfGone();
            return;
        }
        boolean charged = false;
        int again = 0;
        for (int i = unfinished.size() - 1; i >= 0; i--) {
            Attempt attempt = unfinished.get(i);
            if (!attempt.chunk.job().ended) {
                again += attempt.chunk.count() - attempt.received;
                charged |= recover(attempt, exit, who, slot.number);
            }
        }
        DeferredLog.log(System.Logger.Level.WARNING, "%s ended%s; items to run again: %d. %s".formatted(who,
                hadJoined ? "" : " before it joined", again, exit.diagnosis()), null);
        if (!takesWork()) { // what was recovered was the last, and the workers were told to leave
            completeIfGone();
            return;
        }
        if (!hadJoined) {
            String problem = workers.startFailed(slot);
            if (problem != null) {
                breakDown(problem + " The last: " + exit.diagnosis());
            }
        } else if (!charged && unexplained.death()) {
            breakDown("Workers die one after the other, of no item and without any result between. The last: "
                    + exit.diagnosis());
        } else {
            workers.launch(slot);
        }
    }

    /**
     * Puts what had not come back of an attempt before all else that is pending of its job.
     *
     * @return whether an item, or the function, was charged with the worker's death
     */
    private boolean recover(Attempt attempt, WorkerExit exit, String who, int worker) {
        Chunk chunk = attempt.chunk;
        Job job = chunk.job();
        boolean atThis = exit.begun().attempt() == attempt.id;
        if (atThis && exit.begun().isFunction() && ++job.functionCrashes > settings.crashRetries()) {
            endJob(job, new Run.JobFailed(Reason.FUNCTION_CRASHED,
                    "%s died reading the function of the job, as %d before it: %s".formatted(who,
                            job.functionCrashes - 1, exit.diagnosis()),
                    worker, exit.exitCode()));
            return true;
        }
        int begun = atThis && exit.begun().isItem() ? (int) exit.begun().item() : -1;
        boolean charge = begun >= attempt.received && begun < chunk.count();
        List<Chunk> parts = new ArrayList<>();
        int next = attempt.received;
        if (charge) {
            long index = chunk.firstIndex() + begun;
            if (begun > next) {
                parts.add(chunk.part(next, begun, chunk.attempt()));
            }
            int crashes = job.crashed(index);
            Chunk guilty = chunk.part(begun, begun + 1, crashes + 1);
            if (crashes > settings.crashRetries()) {
                job.gather.put(new Run.Crashed(index, guilty.items(), worker, crashes, exit.exitCode(),
                        "%s died running item %d of job %d: %s".formatted(who, index, job.id, exit.diagnosis())));
            } else {
                parts.add(guilty);
            }
            next = begun + 1;
        }
        if (next < chunk.count()) {
            parts.add(chunk.part(next, chunk.count(), chunk.attempt()));
        }
        for (Chunk part : parts.reversed()) {
            job.pending.addFirst(part);
        }
        int heldBytes = parts.stream().mapToInt(Chunk::sizeBytes).sum();
        job.adjust(parts.size() - 1, heldBytes - chunk.sizeBytes());
        finishIfDone(job);
        return charge || (atThis && exit.begun().isFunction());
    }

    /** Nothing can be run any more: all jobs fail. Also the end for a bug of the dispatcher's own. */
    void breakDown(String cause) {
        if (state == State.BROKEN || state == State.STOPPING) {
            return;
        }
        DeferredLog.log(System.Logger.Level.ERROR, "The pool is broken: " + cause, null);
        state = State.BROKEN;
        brokenBy = cause;
        ready.completeExceptionally(new IllegalStateException(cause));
        failAll(new Run.JobFailed(Reason.BROKEN, cause));
        workers.killAll();
    }

    // ---- the end of the farm ----

    private void close() {
        switch (state) {
            case OPEN -> {
                state = State.CLOSING;
                jobs.snapshot().forEach(this::finishIfDone);
                stopIfDone();
            }
            case BROKEN -> shutdown("the pool is broken");
            case CLOSING, STOPPING -> {
            }
        }
    }

    private void stopIfDone() {
        if (state == State.CLOSING && jobs.isEmpty()) {
            state = State.STOPPING;
            workers.stopAll();
            timers.after(STOP_GRACE_NANOS, new Event.StopOverdue());
            completeIfGone();
        }
    }

    private void shutdown(String reason) {
        if (state != State.STOPPING) {
            state = State.STOPPING;
            ready.completeExceptionally(new IllegalStateException(reason));
            failAll(new Run.JobFailed(Reason.CLOSED, reason));
        }
        killAll();
        completeIfGone();
    }

    /** Workers that do not leave are killed; one that not even a kill ends is left to the kernel. */
    private void stopOverdue() {
        if (killed) {
            DeferredLog.log(System.Logger.Level.WARNING, "A worker did not end when it was killed; it is left alone.",
                    null);
            terminated.complete(null);
        } else {
            killAll();
        }
    }

    private void killAll() {
        killed = true;
        workers.killAll();
        timers.after(STOP_GRACE_NANOS, new Event.StopOverdue());
    }

    private void failAll(Run.JobFailed failure) {
        jobs.snapshot().forEach(job -> endJob(job, failure));
    }

    private void completeIfGone() {
        if (state == State.STOPPING && !workers.anyProcess()) {
            terminated.complete(null);
        }
    }
}
