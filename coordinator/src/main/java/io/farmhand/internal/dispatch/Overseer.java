package io.farmhand.internal.dispatch;

import io.farmhand.backend.BackendSession;
import io.farmhand.backend.Begun;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that nothing runs longer than it may, and that nobody is idle while another sits on work: deadlines, the
 * grace of what was told to stop, the taking back of what has not begun. Owned by the dispatcher.
 */
final class Overseer {
    /**
     * How long a worker is idle before others are asked to give back. Shorter costs messages at the end of each job of
     * short items, longer leaves a core idle at the end of each job of long ones.
     */
    private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /**
     * How long the end of a process takes to be told, at most. What a process is at cannot be told once it is dead:
     * its death is not to be taken for a deadline that has passed.
     */
    static final long DEATH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /**
     * Reading a function is given at least this long: it loads classes, in a worker that has just started, and there is
     * no item yet to blame.
     */
    private static final long FUNCTION_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final WorkerTable workers;
    private final JobTable jobs;
    private final BackendSession session;
    private final Timers timers;
    private boolean idleWatched;

    Overseer(WorkerTable workers, JobTable jobs, BackendSession session, Timers timers) {
        this.workers = workers;
        this.jobs = jobs;
        this.session = session;
        this.timers = timers;
    }

    // ---- deadlines ----

    /** Something has changed at the head of a worker's queue. */
    void watch(Worker worker) {
        Attempt head = worker.inFlight.peek();
        if (head == null) {
            return;
        }
        Job job = head.chunk.job();
        if (job.ended || isBeyondCut(head)) {
            jobs.stopAsked(worker, head, timers.nowNanos());
        } else if (job.taskTimeoutNanos() > 0) {
            worker.lookIn(job.taskTimeoutNanos(), timers);
        }
    }

    /** A job has learnt how long its items may run: those that run already may have run too long. */
    void limitKnown(Job job) {
        for (Worker worker : job.knownBy) {
            Attempt head = worker.inFlight.peek();
            if (head != null && head.chunk.job().equals(job)) {
                watch(worker);
            }
        }
    }

    /** The item that a worker is at may have run too long. */
    void overdue(Worker worker) {
        if (!worker.watched || timers.nowNanos() - worker.watchedNanos < 0) {
            return; // an earlier look took the place of this one
        }
        worker.watched = false;
        Attempt head = worker.inFlight.peek();
        if (head == null || !works(worker)) {
            return;
        }
        if (head.stopping) {
            endStopping(worker, head);
        } else if (head.chunk.job().taskTimeoutNanos() > 0) {
            session.look(worker.key);
        }
    }

    private static boolean works(Worker worker) {
        return worker.state == Worker.State.READY || worker.state == Worker.State.LEAVING;
    }

    /** What a worker is at was asked for, because that may have run too long. */
    void looked(Worker worker, Begun begun) {
        Attempt head = worker.inFlight.peek();
        if (head != null && works(worker) && !head.stopping) {
            endTimedOut(worker, head, begun);
        }
    }

    private void endStopping(Worker worker, Attempt head) {
        long waited = timers.nowNanos() - head.stopAskedNanos;
        long grace = head.chunk.job().options.cancelGraceNanos();
        if (waited >= grace) {
            workers.condemn(worker, new Sentence(Sentence.Reason.NOT_STOPPED, head.id, -1, waited, ""));
        } else {
            worker.lookIn(grace - waited, timers);
        }
    }

    private void endTimedOut(Worker worker, Attempt head, Begun begun) {
        long itemLimit = head.chunk.job().taskTimeoutNanos();
        if (itemLimit == 0) {
            return;
        }
        long limit = begun.isFunction() ? Math.max(itemLimit, FUNCTION_NANOS) : itemLimit;
        long ran = ran(head, begun);
        if (begun.isUnknown() && !head.untold) {
            head.untold = true;
            worker.lookIn(DEATH_NANOS, timers);
        } else if (ran >= limit) {
            long item = begun.isUnknown() ? head.received : begun.item();
            workers.condemn(worker, new Sentence(Sentence.Reason.TIMED_OUT, head.id, item, ran, ""));
        } else {
            worker.lookIn(Math.min(limit - ran, itemLimit), timers); // an item may begin the next moment
        }
    }

    /** How long what the worker is at has run; 0 when nothing of the attempt has begun. */
    private long ran(Attempt head, Begun begun) {
        if (begun.isUnknown()) {
            return timers.nowNanos() - head.sinceNanos;
        }
        boolean runs = begun.attempt() == head.id && (begun.isFunction() || begun.item() >= head.received);
        return runs ? timers.nowNanos() - begun.nanos() : 0;
    }

    /** A job was cut: workers at items after the cut are told to stop. */
    void stopBeyondCut(Job job) {
        if (!job.isCut() || job.ended) {
            return;
        }
        for (Worker worker : job.knownBy) {
            Attempt head = worker.inFlight.peek();
            for (Attempt attempt : worker.inFlight) {
                if (attempt.chunk.job().equals(job) && isBeyondCut(attempt) && !attempt.stopping) {
                    worker.recall(attempt, true);
                    if (attempt.equals(head)) {
                        jobs.stopAsked(worker, attempt, timers.nowNanos());
                    }
                }
            }
        }
    }

    /** Whether nothing more is wanted of an attempt: what has come of it ends with the cut, if not before it began. */
    private static boolean isBeyondCut(Attempt attempt) {
        return attempt.endIndex() - 1 > attempt.chunk.job().cutIndex;
    }

    // ---- idle workers ----

    /** Called when all that can be given out has been. */
    void watchIdle() {
        if (!idleWatched && !workers.idle().isEmpty() && victim() != null) {
            idleWatched = true;
            timers.after(IDLE_NANOS, new Event.IdleOverdue());
        }
    }

    /** A worker is still idle: the one that holds most gives back what it has not begun. */
    void idleOverdue() {
        idleWatched = false;
        if (workers.idle().isEmpty()) {
            return;
        }
        Worker victim = victim();
        if (victim != null) {
            for (Attempt attempt : List.copyOf(victim.inFlight)) {
                if (!attempt.recalled) {
                    victim.recall(attempt, false);
                }
            }
        }
    }

    private @Nullable Worker victim() {
        @Nullable
        Worker most = null;
        int mostItems = 0;
        for (Worker worker : workers.all()) {
            int items = works(worker) ? idleItems(worker) : 0;
            if (items > mostItems) {
                most = worker;
                mostItems = items;
            }
        }
        return most;
    }

    private static int idleItems(Worker worker) {
        int items = 0;
        boolean atHead = true;
        for (Attempt attempt : worker.inFlight) {
            Job job = attempt.chunk.job();
            if (!attempt.recalled && !job.ended && job.gather.mayBegin(false)) {
                items += Math.max(0, attempt.idleItems(atHead));
            }
            atHead = false;
        }
        return items;
    }
}
