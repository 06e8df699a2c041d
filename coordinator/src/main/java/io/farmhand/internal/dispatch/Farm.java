package io.farmhand.internal.dispatch;

import io.farmhand.backend.Answer;
import io.farmhand.backend.BackendSession;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.internal.dispatch.Recovery.Outcome;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import io.farmhand.internal.wire.TaskFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The state of a farm and what follows from each event. Single-threaded and without a clock of its own, so that it can
 * be driven by the dispatcher's thread or by a simulation.
 *
 * <pre>
 *             .-- JobTable     what waits, what is dropped, how jobs end
 *   Farm -----+-- WorkerTable  places, processes, who takes work
 *   (events)  +-- Delivery     answers: on to the gather, or again
 *             +-- Recovery     what a dead worker held: charged, or again
 *             +-- Overseer     deadlines, grace, idle workers
 *             '-- Accounts     where the time went
 * </pre>
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

    /** How many deaths that no item explains are borne within ten seconds, without a result between. */
    private static final int DEATHS_BORNE = 5;
    private static final int DEATHS_BORNE_PER_WORKER = 2;
    private static final int MOST_DEATHS_BORNE = 10_000;
    /** How many looks at a worker its lease is divided into. */
    private static final int LOOKS_PER_LEASE = 5;

    private final Settings settings;
    private final BackendSession session;
    private final Timers timers;
    private final FarmListener listener;
    private final Accounts accounts;
    private final WorkerTable workers;
    private final JobTable jobs;
    private final Delivery delivery;
    private final Recovery recovery;
    private final Overseer overseer;
    private final DeathToll unexplained;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> terminated = new CompletableFuture<>();
    private State state = State.OPEN;
    private Run.JobFailed brokenBy = CLOSED;
    private boolean killed;
    private long lastAttempt;
    private boolean keepAliveRuns;
    /** How many workers the backend was told that there is work for. */
    private int demand;

    Farm(Settings settings, BackendSession session, Timers timers, FarmListener listener) {
        this.settings = settings;
        this.session = session;
        this.timers = timers;
        this.listener = listener;
        this.accounts = new Accounts(timers);
        this.workers = new WorkerTable(settings, session, timers, accounts);
        this.jobs = new JobTable(timers, listener);
        this.delivery = new Delivery(jobs, workers, timers, accounts, listener);
        this.recovery = new Recovery(jobs, listener);
        this.overseer = new Overseer(workers, jobs, session, timers);
        this.unexplained = new DeathToll(
                Math.clamp((long) DEATHS_BORNE_PER_WORKER * settings.workers(), DEATHS_BORNE, MOST_DEATHS_BORNE),
                timers);
    }

    /**
     * Completes when the first worker is ready; fails with a {@link FarmBrokenException} when the farm breaks, or ends,
     * before.
     */
    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Completes when all workers are gone after a close. */
    CompletableFuture<Void> terminated() {
        return terminated;
    }

    /** Launches the workers. */
    void start() {
        workers.fillAll();
        if (settings.leaseNanos() > 0) {
            timers.after(settings.leaseNanos() / LOOKS_PER_LEASE, new Event.LeaseTick());
        }
    }

    void handle(Event event) {
        switch (event) {
            case Event.JobOpened(Job job) -> opened(job);
            case Event.ChunkSubmitted(Chunk chunk) -> jobs.submitted(chunk);
            case Event.InputEnded(Job job) -> jobs.inputEnded(job);
            case Event.JobCancelled(Job job) ->
                jobs.end(job, new Run.JobFailed(Reason.CANCELLED, "the job was cancelled"));
            case Event.ItemUnsent(Job job, long index) -> {
                jobs.failedAt(job, index);
                overseer.stopBeyondCut(job);
            }
            case Event.JobWithdrawn(Job job, CompletableFuture<Boolean> untouched) -> jobs.withdraw(job, untouched);
            case Event.ReaderCaughtUp(Job job) -> jobs.wake(job);
            case Event.BlobReleased(String sha256) -> workers.release(sha256);
            case Event.ResizeRequested(int count) -> {
                if (takesWork()) {
                    workers.resize(count);
                }
            }
            case Event.WorkersAsked(CompletableFuture<List<WorkerStatus>> answer) -> answer.complete(workers.status());
            case Event.StatisticsAsked(CompletableFuture<FarmStatistics> answer) ->
                answer.complete(accounts.statistics(workers.all()));
            case Event.CloseRequested() -> close();
            case Event.ShutdownRequested() -> shutdown("the pool was shut down");
            case Event.WorkerJoined(WorkerId key, long pid, var link) -> workers.joined(key, pid, link);
            case Event.WorkerReady(WorkerId key, ByteBuffer failure) -> workerReady(key, failure);
            case Event.Answered(WorkerId key, Answer answer) -> answered(key, answer);
            case Event.Returned(WorkerId key, long attempt, int kept) -> {
                Worker worker = heard(key);
                if (worker != null) {
                    delivery.returned(worker, attempt, kept);
                }
            }
            case Event.Dumped(WorkerId key, String stacks) -> workers.dumped(key, stacks);
            case Event.Looked(WorkerId key, Begun begun) -> {
                Worker worker = workers.find(key);
                if (worker != null) {
                    overseer.looked(worker, begun);
                }
            }
            case Event.Heartbeat(WorkerId key, long rssBytes, long heapBytes) -> {
                Worker worker = heard(key);
                if (worker != null) {
                    workers.weighed(worker, rssBytes, heapBytes);
                }
            }
            case Event.WorkerLeaving(WorkerId key) -> workers.terminated(key);
            case Event.LinkClosed(WorkerId key, String reason) ->
                lost(workers.linkClosed(key, reason, state == State.STOPPING));
            case Event.WorkerExited(WorkerId key, WorkerExit exit) -> lost(workers.exited(key, exit));
            case Event.CapacityChanged(int count) -> {
                if (takesWork()) {
                    workers.capacity(count);
                }
            }
            case Event.BackendLost(String reason) -> breakDown(reason, ByteBuffer.allocate(0));
            case Event.LinkOverdue(WorkerId key) -> lost(workers.linkOverdue(key));
            case Event.StartOverdue(WorkerId key) -> workers.startOverdue(key);
            case Event.RestartDue(Place place) -> {
                if (takesWork()) {
                    workers.fill(place);
                }
            }
            case Event.ItemOverdue(WorkerId key) -> {
                Worker worker = workers.find(key);
                if (worker != null) {
                    overseer.overdue(worker);
                }
            }
            case Event.KillDue(WorkerId key) -> workers.killDue(key);
            case Event.LeaseTick() -> {
                workers.lookForSigns(LOOKS_PER_LEASE);
                timers.after(settings.leaseNanos() / LOOKS_PER_LEASE, event);
            }
            case Event.RetryDue(Chunk chunk) -> jobs.retryDue(chunk);
            case Event.IdleOverdue() -> overseer.idleOverdue();
            case Event.KeepAliveOver(long since) -> keepAliveOver(since);
            case Event.StopOverdue() -> stopOverdue();
        }
        settle();
    }

    /** What may follow from any event: the last job is over, the last worker is gone. */
    private void settle() {
        int wanted = jobs.isEmpty() && ready.isDone() ? 0 : workers.wanted();
        if (demand != wanted) {
            demand = wanted;
            session.demand(wanted);
        }
        session.account(jobs.count(), accounts.itemsDone());
        if (jobs.isEmpty()) {
            if (state == State.CLOSING) {
                state = State.STOPPING;
                workers.stopAll();
                timers.after(WorkerTable.STOP_GRACE_NANOS, new Event.StopOverdue());
            } else if (state == State.OPEN && settings.keepAliveNanos() > 0 && !keepAliveRuns && !workers.isParked()
                    && ready.isDone()) { // until then somebody waits for a worker
                keepAliveRuns = true;
                timers.after(settings.keepAliveNanos(), new Event.KeepAliveOver(jobs.openedSoFar()));
            }
        }
        if (state == State.STOPPING && !workers.anyProcess()) {
            terminated.complete(null);
        }
    }

    /** Gives pending chunks to workers with credit. */
    void assign() {
        int ready = workers.readyCount();
        List<Job> unserved = new ArrayList<>();
        for (Job job = jobs.next(); job != null; job = jobs.next()) {
            if (!job.gather.mayBegin(job.nothingUnderWay())) {
                continue; // its reader, or the end of what is under way, wakes it
            }
            boolean plenty = jobs.waiting() + job.pending.size() > ready;
            Worker worker = workers.leastLoaded(plenty, job.pending.element().avoid());
            if (worker == null) {
                unserved.add(job);
                if (plenty) {
                    break;
                }
            } else {
                send(job, worker);
                jobs.wake(job);
            }
        }
        jobs.putBack(unserved);
        overseer.watchIdle();
    }

    /** Sends what was said to workers since the last time. */
    void flush() {
        workers.flush();
    }

    private void send(Job job, Worker worker) {
        if (worker.link == null) {
            throw new IllegalStateException("a worker is ready without a link: " + worker.key);
        }
        Chunk chunk = job.pending.remove();
        long budget = workers.budget(worker);
        if (chunk.count() > budget) {
            job.pending.addFirst(chunk.part((int) budget, chunk.count()));
            job.adjust(1, 0, 0);
            chunk = chunk.part(0, (int) budget);
        }
        worker.learn(job, worker.link);
        if (worker.inFlight.isEmpty()) {
            accounts.busy(worker);
        }
        Attempt attempt = new Attempt(++lastAttempt, chunk);
        attempt.sinceNanos = timers.nowNanos();
        worker.sent(attempt);
        worker.link.chunk(job.id, attempt.id, chunk.firstIndex(), chunk.count(), chunk.attempt(), chunk.items());
        overseer.watch(worker);
        workers.spent(worker);
    }

    private boolean takesWork() {
        return state == State.OPEN || state == State.CLOSING;
    }

    private void opened(Job job) {
        switch (state) {
            case OPEN -> {
                jobs.open(job);
                if (workers.isParked()) {
                    workers.fillAll();
                }
            }
            case BROKEN -> jobs.refuse(job, brokenBy);
            case CLOSING, STOPPING -> jobs.refuse(job, CLOSED);
        }
    }

    // ---- workers ----

    private void workerReady(WorkerId key, ByteBuffer failure) {
        if (failure.hasRemaining()) {
            TaskFailure thrown = TaskFailure.decode(failure.duplicate());
            breakDown("The initializer failed on worker %d: %s%s".formatted(key.number(), thrown.type(),
                    thrown.message().isEmpty() ? "" : ": " + thrown.message()), failure);
            return;
        }
        Worker worker = workers.ready(key);
        if (worker != null) {
            listener.workerReady(worker.number(), worker.pid);
            ready.complete(null);
        }
    }

    /** The worker with this key, which has given a sign of life. */
    private @Nullable Worker heard(WorkerId key) {
        Worker worker = workers.find(key);
        if (worker == null || worker.link == null) {
            return null;
        }
        worker.silentLooks = 0;
        return worker;
    }

    private void answered(WorkerId key, Answer answer) {
        Worker worker = heard(key);
        if (worker == null) {
            return;
        }
        Attempt head = worker.inFlight.peek();
        String broken = delivery.answered(worker, answer);
        if (broken != null) {
            workers.cutOff(worker, broken);
            return;
        }
        unexplained.progress();
        if (head != null) {
            overseer.stopBeyondCut(head.chunk.job());
            if (head.chunk.job().hasNewLimit()) {
                overseer.limitKnown(head.chunk.job());
            }
        }
        Attempt next = worker.inFlight.peek();
        if (next != null && !next.equals(head)) {
            next.sinceNanos = timers.nowNanos();
        }
        overseer.watch(worker);
        workers.stopIfDone(worker);
        if (worker.state == Worker.State.READY) {
            workers.spent(worker);
        }
    }

    /** A worker is gone, connection and process: what it held runs elsewhere, and its place is filled. */
    private void lost(@Nullable Worker worker) {
        if (worker == null) {
            return;
        }
        if (worker.exit == null) {
            throw new IllegalStateException("a worker was lost that has not exited: " + worker.key);
        }
        WorkerExit exit = worker.end(worker.exit);
        if (!takesWork()) {
            workers.forget(worker);
            return;
        }
        boolean expected = worker.stopped || worker.sentence != null;
        Set<Job> affected = new HashSet<>();
        worker.inFlight.forEach(attempt -> affected.add(attempt.chunk.job()));
        Outcome outcome = recovery.recover(worker, exit);
        workers.forget(worker);
        affected.forEach(overseer::stopBeyondCut);
        accounts.repeated(outcome.repeated());
        report(worker, exit, outcome, expected);
        settle(); // with the last job of a closing farm nobody is needed any more
        if (!takesWork()) {
            return;
        }
        if (!worker.wasReady && !expected) {
            String problem = workers.startFailed(worker.place);
            if (problem != null) {
                breakDown(problem + " The last: " + exit.diagnosis(), ByteBuffer.allocate(0));
            }
        } else if (!outcome.explained() && !expected && unexplained.death()) {
            breakDown("Workers die one after the other, of no item and without any result between. The last: "
                    + exit.diagnosis(), ByteBuffer.allocate(0));
        } else {
            workers.fill(worker.place);
        }
    }

    private void report(Worker worker, WorkerExit exit, Outcome outcome, boolean expected) {
        listener.workerEnded(worker.number(), exit.pid(), expected, outcome.repeated(), exit.diagnosis());
        Sentence sentence = worker.sentence;
        if (sentence != null) {
            DeferredLog.log(System.Logger.Level.WARNING,
                    "%s was killed: %s, after %d ms; items to run again: %d.%s".formatted(
                            exit.named(worker.number()), sentence.reason(), sentence.ranNanos() / 1_000_000,
                            outcome.repeated(),
                            sentence.stacks().isEmpty() ? "" : "\n" + sentence.stacks().split("\n\n", 2)[0]),
                    null);
        } else if (!expected) {
            DeferredLog.log(System.Logger.Level.WARNING,
                    "%s ended%s; items to run again: %d. %s".formatted(exit.named(worker.number()),
                            worker.wasReady ? "" : " before it was ready", outcome.repeated(), exit.diagnosis()),
                    null);
        }
    }

    /**
     * Nothing can be run any more: all jobs fail. Also the end for a bug of the dispatcher's own.
     *
     * @param failure what the initializer threw, encoded, if that is the cause; else without bytes
     */
    void breakDown(String cause, ByteBuffer failure) {
        if (state == State.BROKEN || state == State.STOPPING) {
            return;
        }
        DeferredLog.log(System.Logger.Level.ERROR, "The pool is broken: " + cause, null);
        boolean closing = state == State.CLOSING;
        state = State.BROKEN;
        brokenBy = new Run.JobFailed(Reason.BROKEN, cause, -1, -1, failure);
        ready.completeExceptionally(new FarmBrokenException(cause, failure));
        listener.broken(cause);
        jobs.failAll(brokenBy);
        if (closing) {
            shutdown("the pool is broken"); // whoever closes it waits for its end already
        } else {
            workers.killAll();
        }
    }

    // ---- the end of the farm ----

    private void keepAliveOver(long since) {
        keepAliveRuns = false;
        if (state != State.OPEN || !jobs.isEmpty()) {
            return;
        }
        if (since == jobs.openedSoFar()) {
            workers.park();
        }
    }

    private void close() {
        switch (state) {
            case OPEN -> {
                state = State.CLOSING;
                jobs.beginClosing();
            }
            case BROKEN -> shutdown("the pool is broken");
            case CLOSING, STOPPING -> {
            }
        }
    }

    private void shutdown(String reason) {
        if (state != State.STOPPING) {
            state = State.STOPPING;
            ready.completeExceptionally(
                    new FarmBrokenException("It was to end before: " + reason + ".", ByteBuffer.allocate(0)));
            jobs.failAll(new Run.JobFailed(Reason.CLOSED, reason));
        }
        killAll();
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
        timers.after(WorkerTable.STOP_GRACE_NANOS, new Event.StopOverdue());
    }
}
