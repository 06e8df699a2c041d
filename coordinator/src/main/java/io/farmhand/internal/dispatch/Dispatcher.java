package io.farmhand.internal.dispatch;

import io.farmhand.internal.channel.WorkerLink;
import io.farmhand.internal.channel.WorkerListener;
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

    /** Makes a dispatcher; {@link #start} sets it to work. */
    public Dispatcher(Settings settings, WorkerSource source) {
        this.farm = new Farm(settings, source, timers);
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
     * @param gather where its results go
     * @param lazy whether its input is pulled as its results are read
     */
    public Job open(ByteBuffer function, Gather gather, boolean lazy) {
        Job job = new Job(lastJob.incrementAndGet(), function, gather, lazy);
        gather.whenDrained(() -> inbox.add(new Event.ReaderCaughtUp(job)));
        inbox.add(new Event.JobOpened(job));
        if (farm.terminated().isDone()) { // the thread may have looked into its inbox for the last time
            gather.end(Farm.CLOSED);
        }
        return job;
    }

    /** Submits the job's next items. */
    public void submit(Job job, long firstIndex, int count, ByteBuffer items) {
        job.gather.opened(items.remaining());
        inbox.add(new Event.ChunkSubmitted(new Chunk(job, firstIndex, count, items, 1)));
    }

    /** Nothing more is submitted to the job. */
    public void endInput(Job job) {
        inbox.add(new Event.InputEnded(job));
    }

    /** Nobody waits for the job any more: what is pending is dropped. */
    public void cancel(Job job) {
        inbox.add(new Event.JobCancelled(job));
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
    public void workerJoined(WorkerKey worker, WorkerLink link) {
        inbox.add(new Event.WorkerJoined(worker, link));
    }

    @Override
    public void resultsArrived(WorkerKey worker, long attempt, int count, boolean last, long runNanos,
            ByteBuffer items) {
        inbox.add(new Event.ResultsArrived(worker, attempt, count, last, runNanos, items));
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
            farm.breakDown("A bug in the dispatcher: " + e);
        }
    }
}
