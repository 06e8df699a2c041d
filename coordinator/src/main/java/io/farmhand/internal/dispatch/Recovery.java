package io.farmhand.internal.dispatch;

import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What becomes of the items that a dead worker held: the one that had begun is charged with the death, if it was one,
 * and everything else runs again elsewhere. Owned by the dispatcher.
 */
final class Recovery {
    private final JobTable jobs;
    private final FarmListener listener;

    Recovery(JobTable jobs, FarmListener listener) {
        this.jobs = jobs;
        this.listener = listener;
    }

    /**
     * What came of one worker's end.
     *
     * @param repeated how many items run again
     * @param explained whether an item, or a function, is to blame
     */
    record Outcome(int repeated, boolean explained) {}

    /** Deals with all that a worker held, which is gone. */
    Outcome recover(Worker worker, WorkerExit exit) {
        List<Attempt> unfinished = List.copyOf(worker.inFlight);
        boolean explained = false;
        int repeated = 0;
        for (Attempt attempt : unfinished.reversed()) { // the first is to stand first among what is pending
            Job job = attempt.chunk.job();
            if (!job.ended) {
                Case dead = new Case(worker, exit, attempt);
                repeated += dead.recover();
                explained |= dead.explained;
            }
        }
        worker.inFlight.clear();
        unfinished.forEach(attempt -> jobs.endIfWithdrawn(attempt.chunk.job()));
        return new Outcome(repeated, explained);
    }

    /** One attempt that its worker did not live to finish. */
    private final class Case {
        private final Worker worker;
        private final WorkerExit exit;
        private final Attempt attempt;
        private final Chunk chunk;
        private final Job job;
        private final Begun begun;
        private final List<Chunk> again = new ArrayList<>();
        private boolean explained;

        Case(Worker worker, WorkerExit exit, Attempt attempt) {
            this.worker = worker;
            this.exit = exit;
            this.attempt = attempt;
            this.chunk = attempt.chunk;
            this.job = chunk.job();
            this.begun = exit.begun();
        }

        /** Returns how many items run again. */
        int recover() {
            boolean atThis = begun.attempt() == attempt.id;
            if (atThis && begun.isFunction()) {
                explained = true;
                if (functionFailed()) {
                    return 0;
                }
            }
            int running = atThis && begun.isItem() ? (int) begun.item() : -1;
            if (begun.isUnknown() && worker.sentence != null && worker.sentence.attempt() == attempt.id) {
                running = (int) worker.sentence.item(); // else what is killed for its time would run for ever
            }
            boolean charged = running >= attempt.received && running < chunk.count();
            int next = attempt.received;
            if (job.options.atMostOnce()) {
                next = failWhatMayHaveBegun(charged ? running : -1);
            } else if (charged) {
                add(next, running);
                charge(running);
                next = running + 1;
            }
            add(next, chunk.count());
            int items = again.stream().mapToInt(Chunk::count).sum();
            job.touched |= begun.isUnknown() || begun.attempt() > attempt.id || (atThis && !begun.isFunction());
            jobs.requeue(chunk, again);
            return items;
        }

        private void add(int from, int to) {
            if (from < to) {
                again.add(chunk.part(from, to));
            }
        }

        private void charge(int place) {
            Sentence sentence = worker.sentence;
            if (sentence != null && !sentence.isCrash()) {
                if (isTimedOut(place)) {
                    explained = true;
                    fail(place, place + 1, place);
                } else {
                    add(place, place + 1); // it was killed for something else
                }
                return;
            }
            explained = true;
            int crashes = job.crashed(chunk.firstIndex() + place);
            if (crashes > job.options.crashRetries()) {
                fail(place, place + 1, place);
            } else {
                again.add(chunk.part(place, place + 1, chunk.attempt() + 1, -1));
            }
        }

        private boolean isTimedOut(int place) {
            return worker.sentence != null && worker.sentence.reason() == Sentence.Reason.TIMED_OUT
                    && worker.sentence.isAbout(attempt.id, place);
        }

        /** Returns the place of the first item that cannot have begun. */
        private int failWhatMayHaveBegun(int running) {
            int end;
            if (running >= 0 && !begun.isUnknown()) {
                end = running + 1;
            } else if (begun.isUnknown() || begun.attempt() > attempt.id || (begun.attempt() == attempt.id
                    && !begun.isItem() && !begun.isFunction())) {
                end = chunk.count(); // attempts run in their order: this one is over, or it cannot be told
            } else {
                end = attempt.received; // it was at something before: the function, or what has been answered
            }
            explained |= end > attempt.received;
            fail(attempt.received, end, running);
            return Math.max(end, attempt.received);
        }

        private void fail(int from, int to, int running) {
            for (int place = from; place < to; place++) {
                job.gather.put(place == running && isTimedOut(place) ? timedOut(place) : crashed(place));
                jobs.failedAt(job, chunk.firstIndex() + place);
            }
        }

        private Run timedOut(int place) {
            long index = chunk.firstIndex() + place;
            Sentence sentence = sentence();
            listener.itemTimedOut(job.id, index, worker.number(), Duration.ofNanos(sentence.ranNanos()));
            return new Run.TimedOut(index, chunk.part(place, place + 1).items(), worker.number(), chunk.attempt(),
                    job.taskTimeoutNanos(), sentence.ranNanos(), sentence.stacks());
        }

        private Run crashed(int place) {
            long index = chunk.firstIndex() + place;
            // Under atMostOnce items fail, too, that the worker had done and not sent back, or had not come to.
            boolean isRunning = begun.attempt() == attempt.id && begun.item() == place;
            return new Run.Crashed(index, chunk.part(place, place + 1).items(), worker.number(), chunk.attempt(),
                    exit.exitCode(), "%s died %s item %d of job %d: %s".formatted(who(), isRunning
                            ? "running"
                            : "before it had answered", index, job.id, exit.diagnosis()));
        }

        private Sentence sentence() {
            if (worker.sentence == null) {
                throw new IllegalStateException("no sentence: " + worker.key);
            }
            return worker.sentence;
        }

        private String who() {
            return exit.named(worker.number());
        }

        /** Returns whether the job has ended with it. */
        private boolean functionFailed() {
            Sentence sentence = worker.sentence;
            if (sentence != null && sentence.reason() == Sentence.Reason.TIMED_OUT
                    && sentence.attempt() == attempt.id) {
                jobs.end(job, new Run.JobFailed(Reason.FUNCTION_TIMED_OUT,
                        "Reading the function of the job took longer than taskTimeout=%s on %s.%n%s".formatted(
                                Duration.ofNanos(job.taskTimeoutNanos()), who(), sentence.stacks()),
                        worker.number(), exit.exitCode(), ByteBuffer.allocate(0)));
                return true;
            }
            if (sentence != null && !sentence.isCrash()) {
                return false;
            }
            if (++job.functionCrashes <= job.options.crashRetries()) {
                return false;
            }
            jobs.end(job, new Run.JobFailed(Reason.FUNCTION_CRASHED,
                    "%s died reading the function of the job, as %d before it: %s".formatted(who(),
                            job.functionCrashes - 1, exit.diagnosis()),
                    worker.number(), exit.exitCode(), ByteBuffer.allocate(0)));
            return true;
        }
    }
}
