package io.farmhand;

import io.farmhand.internal.dispatch.FarmListener;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Passes a farm's events on to the user's listener, on the thread {@code farm-listener}, which lives while there are
 * some.
 *
 * <p><b>Concurrency.</b> The dispatcher's thread enqueues and never waits; the queue is bounded.
 */
final class EventRelay implements FarmListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PoolListener.class.getName());
    /** Fewer lose events of a burst, more hold memory for a listener that hangs. */
    private static final int MOST_WAITING = 10_000;
    private static final long IDLE_MILLIS = 100;
    private static final long CLOSE_MILLIS = 1000;

    private final @Nullable PoolListener listener;
    private final ThreadPoolExecutor executor;
    private final AtomicLong dropped = new AtomicLong();
    private volatile @Nullable Thread thread;
    private volatile @Nullable String brokenBy;

    /** @param listener null when nobody listens */
    EventRelay(@Nullable PoolListener listener) {
        this.listener = listener;
        this.executor = new ThreadPoolExecutor(1, 1, IDLE_MILLIS, TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(MOST_WAITING), Thread.ofPlatform().name("farm-listener").daemon().factory());
        executor.allowCoreThreadTimeOut(true);
    }

    /** Whether the farm can run nothing any more. */
    boolean isBroken() {
        return brokenBy != null;
    }

    /** Why the farm can run nothing any more; null while it can. */
    @Nullable
    String brokenBy() {
        return brokenBy;
    }

    @Override
    public void workerReady(int worker, long pid) {
        relay(new PoolEvent.WorkerStarted(worker, pid));
    }

    @Override
    public void workerEnded(int worker, long pid, boolean expected, int repeated, String diagnosis) {
        relay(new PoolEvent.WorkerEnded(worker, pid, expected, repeated, diagnosis));
    }

    @Override
    public void itemRetried(long job, long index, int attempt, int worker) {
        relay(new PoolEvent.ItemRetried(job, index, attempt, worker));
    }

    @Override
    public void itemTimedOut(long job, long index, int worker, Duration ran) {
        relay(new PoolEvent.ItemTimedOut(job, index, worker, ran));
    }

    @Override
    public void jobStarted(long job) {
        relay(new PoolEvent.JobStarted(job));
    }

    @Override
    public void jobEnded(long job, boolean completed) {
        relay(new PoolEvent.JobEnded(job, completed));
    }

    @Override
    public void broken(String cause) {
        brokenBy = cause;
        relay(new PoolEvent.PoolBroken(cause));
    }

    private void relay(PoolEvent event) {
        if (listener == null) {
            return;
        }
        PoolListener hearer = listener;
        try {
            executor.execute(() -> deliver(hearer, event));
        } catch (RuntimeException | Error e) { // the queue is full, or no thread can be made
            dropped.incrementAndGet();
        }
    }

    private void deliver(PoolListener hearer, PoolEvent event) {
        thread = Thread.currentThread();
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            LOG.log(System.Logger.Level.WARNING, lost + " events were dropped: the listener is too slow for them.");
        }
        try {
            hearer.on(event);
        } catch (Throwable e) { // whatever the user's listener throws
            LOG.log(System.Logger.Level.WARNING, "The pool's listener failed at " + event, e);
        }
    }

    /** Waits until what was enqueued is delivered, but not for long; the listener itself does not wait. */
    @Override
    public void close() {
        executor.shutdown();
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            if (!executor.awaitTermination(CLOSE_MILLIS, TimeUnit.MILLISECONDS)) {
                executor.shutdownNow();
                LOG.log(System.Logger.Level.WARNING,
                        "The pool's listener did not return within a second of the close; it was interrupted.");
            }
        } catch (InterruptedException e) {
            executor.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
