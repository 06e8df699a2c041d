package io.farmhand.internal.dispatch;

import io.farmhand.internal.channel.Answer;
import io.farmhand.internal.channel.WorkerLink;
import io.farmhand.internal.channel.WorkerListener;
import io.farmhand.internal.chunk.ChunkSizer;
import io.farmhand.internal.gather.Gather;
import io.farmhand.internal.process.ExitListener;
import io.farmhand.internal.process.WorkerExit;
import io.farmhand.internal.wire.WorkerKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that owns a farm's jobs, chunks, credits and workers, and the inbox through which all others reach
 * it. All public methods only enqueue, and may be called from any thread; none of the user's code ever runs here.
 *
 * <pre>
 *  callers ------ open, submit, endInput, cancel, close --.
 *  gRPC threads - joined, results, link closed -----------+--> inbox --> farm-dispatcher: Farm --> WorkerLink, Gather
 *  JDK threads -- exited ---------------------------------'                  ^
 *                                                                          Timers
 * </pre>
 */
public final class Dispatcher implements WorkerListener, ExitListener {
    private final BlockingQueue<Event> inbox = new LinkedBlockingQueue<>();
    private final AtomicLong lastJob = new AtomicLong();
    private final Timers timers = new Timers(System::nanoTime);
    private final Farm farm;
    private final Thread thread;

    /**
     * Makes a dispatcher; {@link #start} sets it to work.
     *
     * @param listener hears of what happens
     */
    public Dispatcher(Settings settings, WorkerSource source, FarmListener listener) {
        this.farm = new Farm(settings, source, timers, listener);
        this.thread = Thread.ofPlatform().name("farm-dispatcher").daemon().unstarted(this::run);
    }

    /** Launches the workers and begins to handle events. */
    public void start() {
        thread.start();
    }

    /** Completes when the first worker has joined; fails, with the reason as its message, when none can be had. */
    public CompletableFuture<Void> ready() {
        return farm.ready().copy();
    }

    /** Completes when the farm was closed and all workers are gone. */
    public CompletableFuture<Void> terminated() {
        return farm.terminated().copy();
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
        gather.whenDrained(() -> inbox.add(new Event.ReaderCaughtUp(job)));
        inbox.add(new Event.JobOpened(job));
        if (farm.terminated().isDone()) { // the thread may have looked into its inbox for the last time
            gather.end(Farm.CLOSED);
        }
        return job;
    }

    /** Submits the job's next items. */
    public void submit(Job job, long firstIndex, int count, ByteBuffer items) {
        job.gather.opened(count, items.remaining());
        inbox.add(new Event.ChunkSubmitted(new Chunk(job, firstIndex, count, items, 1)));
    }

    /** An item of the job has failed before it was sent; its outcome is in the gather. */
    public void unsent(Job job, long index) {
        inbox.add(new Event.ItemUnsent(job, index));
    }

    /** Nothing more is submitted to the job. */
    public void endInput(Job job) {
        inbox.add(new Event.InputEnded(job));
    }

    /** Nobody waits for the job any more: what is pending is dropped. */
    public void cancel(Job job) {
        inbox.add(new Event.JobCancelled(job));
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
        inbox.add(new Event.BlobReleased(sha256));
    }

    /** Changes how many workers there are; those that are too many finish what they have begun. */
    public void resize(int workers) {
        inbox.add(new Event.ResizeRequested(workers));
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
        inbox.add(question);
        if (farm.terminated().isDone()) {
            answer.complete(late);
        }
    }

    /** Takes no more jobs, finishes those that are there, and lets the workers go. */
    public void close() {
        inbox.add(new Event.CloseRequested());
    }

    /** Fails all jobs and kills all workers. */
    public void shutdownNow() {
        inbox.add(new Event.ShutdownRequested());
    }

    @Override
    public void workerJoined(WorkerKey worker, long pid, WorkerLink link) {
        inbox.add(new Event.WorkerJoined(worker, pid, link));
    }

    @Override
    public void workerReady(WorkerKey worker, ByteBuffer failure) {
        inbox.add(new Event.WorkerReady(worker, failure));
    }

    @Override
    public void answered(WorkerKey worker, Answer answer) {
        inbox.add(new Event.Answered(worker, answer));
    }

    @Override
    public void returned(WorkerKey worker, long attempt, int kept) {
        inbox.add(new Event.Returned(worker, attempt, kept));
    }

    @Override
    public void dumped(WorkerKey worker, String stacks) {
        inbox.add(new Event.Dumped(worker, stacks));
    }

    @Override
    public void heartbeat(WorkerKey worker, long rssBytes, long heapBytes) {
        inbox.add(new Event.Heartbeat(worker, rssBytes, heapBytes));
    }

    @Override
    public void leaving(WorkerKey worker) {
        inbox.add(new Event.WorkerLeaving(worker));
    }

    @Override
    public void linkClosed(WorkerKey worker, String reason) {
        inbox.add(new Event.LinkClosed(worker, reason));
    }

    @Override
    public void workerExited(WorkerKey worker, WorkerExit exit) {
        inbox.add(new Event.WorkerExited(worker, exit));
    }

    private void run() {
        List<Event> batch = new ArrayList<>();
        handleSafely(farm::start);
        while (!farm.terminated().isDone()) {
            try {
                Event first = inbox.poll(timers.untilNextNanos(), TimeUnit.NANOSECONDS);
                if (first != null) {
                    batch.add(first);
                    inbox.drainTo(batch);
                }
            } catch (InterruptedException e) {
                // Nobody of ours interrupts this thread; the farm has to be closed all the same.
                batch.add(new Event.ShutdownRequested());
            }
            for (Event event : batch) {
                handleSafely(() -> farm.handle(event));
            }
            batch.clear();
            for (Event due = timers.pollDue(); due != null; due = timers.pollDue()) {
                Event event = due;
                handleSafely(() -> farm.handle(event));
            }
            handleSafely(farm::assign);
            handleSafely(farm::flush);
        }
        // Whoever came too late must not wait for ever.
        for (Event late = inbox.poll(); late != null; late = inbox.poll()) {
            Event event = late;
            handleSafely(() -> farm.handle(event));
        }
    }

    /** A bug of ours must end in an error that callers see, not in a thread that is gone. */
    private void handleSafely(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            DeferredLog.log(System.Logger.Level.ERROR, "A bug in the dispatcher.", e);
            farm.breakDown("A bug in the dispatcher: " + e, ByteBuffer.allocate(0));
        }
    }
}
