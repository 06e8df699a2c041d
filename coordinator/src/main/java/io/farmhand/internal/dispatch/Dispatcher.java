package io.farmhand.internal.dispatch;

import io.farmhand.backend.Answer;
import io.farmhand.backend.BackendSession;
import io.farmhand.backend.BackendSink;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.backend.WorkerLink;
import io.farmhand.internal.chunk.ChunkSizer;
import io.farmhand.internal.gather.Gather;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a farm's jobs, chunks, credits and workers, and the inbox through which all others reach it. All public
 * methods only enqueue, and may be called from any thread; none of the user's code ever runs here.
 *
 * <p>It has no thread of its own: it takes turns on the event loop on which the workers' connections are, so that a
 * result and what follows from it need no other thread. A turn handles what the inbox has, gives out chunks, and sends
 * what it has said to workers.
 *
 * <pre>
 *  callers ------ open, submit, endInput, cancel, close --.        .--------- farm-dispatcher --------.
 *  the loop ----- joined, results, link closed -----------+-> inbox -> turn: Farm -> WorkerLink, Gather
 *  JDK threads -- exited ---------------------------------'              ^
 *                                                                      Timers
 * </pre>
 */
public final class Dispatcher implements BackendSink {
    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final AtomicLong lastJob = new AtomicLong();
    private final Timers timers = new Timers(System::nanoTime);
    private final Settings settings;
    private final FarmListener listener;
    /** Set by {@link #launch}, before anybody asks. */
    private volatile @Nullable Farm launched;
    /** Whether a turn is to come that will see what is in the inbox now. */
    private final AtomicBoolean turnIsDue = new AtomicBoolean();
    /** Null until {@link #start}. */
    private volatile @Nullable ScheduledExecutorService loop;
    // Owned by the loop.
    private @Nullable ScheduledFuture<?> wakeUp;
    private long wakeUpNanos;

    /**
     * Makes a dispatcher, which takes events; {@link #launch} and {@link #start} set it to work.
     *
     * @param listener hears of what happens
     */
    public Dispatcher(Settings settings, FarmListener listener) {
        this.settings = settings;
        this.listener = listener;
    }

    /** Launches the workers, on the calling thread; {@link #start} is to follow. */
    public void launch(BackendSession session) {
        Farm farm = new Farm(settings, session, timers, listener);
        launched = farm;
        handleSafely(farm::start);
    }

    private Farm farm() {
        return Objects.requireNonNull(launched, "not launched");
    }

    /**
     * Begins to handle events.
     *
     * @param eventLoop where turns are taken; of one thread, which ends when the farm has {@link #terminated}
     */
    public void start(ScheduledExecutorService eventLoop) {
        loop = eventLoop;
        eventLoop.execute(this::turn);
    }

    /** Completes when the first worker has joined; fails, with the reason as its message, when none can be had. */
    public CompletableFuture<Void> ready() {
        return farm().ready().copy();
    }

    /** Completes when the farm was closed and all workers are gone. */
    public CompletableFuture<Void> terminated() {
        return farm().terminated().copy();
    }

    /**
     * Opens a job.
     *
     * @param function the encoded function
     * @param functionSha256 of a function that workers are to keep for further jobs, else null
     * @param options how it is to be run
     * @param gather where its results go
     * @param sizer is told how long chunks took
     */
    public Job open(ByteBuffer function, @Nullable String functionSha256, JobOptions options, Gather gather,
            ChunkSizer sizer) {
        Job job = new Job(lastJob.incrementAndGet(), function, functionSha256, options, gather, sizer);
        gather.whenDrained(() -> post(new Event.ReaderCaughtUp(job)));
        post(new Event.JobOpened(job));
        if (farm().terminated().isDone()) { // the thread may have looked into its inbox for the last time
            gather.end(Farm.CLOSED);
        }
        return job;
    }

    /** Submits the job's next items. */
    public void submit(Job job, long firstIndex, int count, ByteBuffer items) {
        job.gather.opened(count, items.remaining());
        post(new Event.ChunkSubmitted(new Chunk(job, firstIndex, count, items, 1)));
    }

    /** An item of the job has failed before it was sent; its outcome is in the gather. */
    public void unsent(Job job, long index) {
        post(new Event.ItemUnsent(job, index));
    }

    /** Nothing more is submitted to the job. */
    public void endInput(Job job) {
        post(new Event.InputEnded(job));
    }

    /** Nobody waits for the job any more: what is pending is dropped. */
    public void cancel(Job job) {
        post(new Event.JobCancelled(job));
    }

    /**
     * Ends a job if nothing of it has begun.
     *
     * @return completes with whether that was so; if not, the job goes on
     */
    public CompletableFuture<Boolean> withdraw(Job job) {
        CompletableFuture<Boolean> untouched = new CompletableFuture<>();
        ask(new Event.JobWithdrawn(job, untouched), untouched, false);
        return untouched;
    }

    /** A value that was broadcast is needed no more. */
    public void release(String sha256) {
        post(new Event.BlobReleased(sha256));
    }

    /** Changes how many workers there are; those that are too many finish what they have begun. */
    public void resize(int workers) {
        post(new Event.ResizeRequested(workers));
    }

    /** What each worker is at; no workers when the farm has ended. */
    public CompletableFuture<List<WorkerStatus>> workers() {
        CompletableFuture<List<WorkerStatus>> answer = new CompletableFuture<>();
        ask(new Event.WorkersAsked(answer), answer, List.of());
        return answer;
    }

    /** Where the workers' time went. */
    public CompletableFuture<FarmStatistics> statistics() {
        CompletableFuture<FarmStatistics> answer = new CompletableFuture<>();
        ask(new Event.StatisticsAsked(answer), answer, new FarmStatistics(0, 0, 0, 0, 0, 0, 0, List.of()));
        return answer;
    }

    /** @param late the answer when the thread may have looked into its inbox for the last time */
    private <A> void ask(Event question, CompletableFuture<A> answer, A late) {
        post(question);
        if (farm().terminated().isDone()) {
            answer.complete(late);
        }
    }

    /** Takes no more jobs, finishes those that are there, and lets the workers go. */
    public void close() {
        post(new Event.CloseRequested());
    }

    /** Fails all jobs and kills all workers. */
    public void shutdownNow() {
        post(new Event.ShutdownRequested());
    }

    @Override
    public void workerJoined(WorkerId worker, long pid, WorkerLink link) {
        post(new Event.WorkerJoined(worker, pid, link));
    }

    @Override
    public void workerReady(WorkerId worker, ByteBuffer failure) {
        post(new Event.WorkerReady(worker, failure));
    }

    @Override
    public void answered(WorkerId worker, Answer answer) {
        post(new Event.Answered(worker, answer));
    }

    @Override
    public void returned(WorkerId worker, long attempt, int kept) {
        post(new Event.Returned(worker, attempt, kept));
    }

    @Override
    public void dumped(WorkerId worker, String stacks) {
        post(new Event.Dumped(worker, stacks));
    }

    @Override
    public void looked(WorkerId worker, Begun at) {
        post(new Event.Looked(worker, at));
    }

    @Override
    public void heartbeat(WorkerId worker, long rssBytes, long heapBytes) {
        post(new Event.Heartbeat(worker, rssBytes, heapBytes));
    }

    @Override
    public void leaving(WorkerId worker) {
        post(new Event.WorkerLeaving(worker));
    }

    @Override
    public void linkClosed(WorkerId worker, String reason) {
        post(new Event.LinkClosed(worker, reason));
    }

    @Override
    public void workerExited(WorkerId worker, WorkerExit exit) {
        post(new Event.WorkerExited(worker, exit));
    }

    @Override
    public void capacity(int workers) {
        post(new Event.CapacityChanged(workers));
    }

    @Override
    public void lost(String reason) {
        post(new Event.BackendLost(reason));
    }

    /** Puts an event into the inbox, and sees to it that it is looked at. */
    private void post(Event event) {
        inbox.add(event);
        ScheduledExecutorService where = loop;
        if (where != null && !turnIsDue.getAndSet(true)) {
            boolean accepted = false;
            try {
                where.execute(this::turn);
                accepted = true;
            } catch (RejectedExecutionException e) {
                LOG.log(System.Logger.Level.TRACE, "too late: the farm has ended", e);
            } finally {
                if (!accepted) { // for want of memory, say: the next event tries again
                    turnIsDue.set(false);
                }
            }
        }
    }

    /** Handles what is in the inbox, and what follows from it. */
    private void turn() {
        turnIsDue.set(false);
        int most = inbox.size();
        for (int i = 0; i < most; i++) { // what comes meanwhile has a turn of its own: the loop has other work
            handle(inbox.remove());
        }
        for (Event due = timers.pollDue(); due != null; due = timers.pollDue()) {
            handle(due);
        }
        if (farm().terminated().isDone()) {
            return;
        }
        handleSafely(farm()::assign);
        handleSafely(farm()::flush);
        wakeForTimers();
    }

    private void handle(Event event) {
        handleSafely(() -> farm().handle(event));
    }

    private void wake() {
        wakeUp = null;
        turn();
    }

    /** Sees to it that there is a turn when the next timer is due. */
    private void wakeForTimers() {
        long delay = timers.untilNextNanos();
        if (delay == Long.MAX_VALUE) {
            return;
        }
        long due = System.nanoTime() + delay;
        if (wakeUp != null) {
            if (due - wakeUpNanos >= 0) {
                return;
            }
            wakeUp.cancel(false);
        }
        wakeUpNanos = due;
        wakeUp = Objects.requireNonNull(loop).schedule(this::wake, delay, TimeUnit.NANOSECONDS);
    }

    /** A bug of ours must end in an error that callers see, not in a thread that is gone. */
    private void handleSafely(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            DeferredLog.log(System.Logger.Level.ERROR, "A bug in the dispatcher.", e);
            farm().breakDown("A bug in the dispatcher: " + e, ByteBuffer.allocate(0));
        }
    }
}
