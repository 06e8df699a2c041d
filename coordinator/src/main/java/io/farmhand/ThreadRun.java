package io.farmhand;

import io.farmhand.task.RemoteCallable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of tasks on threads of this JVM.
 *
 * <p><b>Threads.</b> The input is pulled by one thread: the reader's own between results, or, for a lazy run, a
 * {@code farm-feeder} of the run's own. Tasks run on as many threads as there are jobs; those leave when they have
 * nothing to do, so that a run that everybody has forgotten holds none. User code runs under no lock.
 *
 * <p><b>Failure.</b> After the error of a task no more input is pulled, and what comes after that task (all the rest, in
 * an unordered run) is interrupted and dropped. What comes before it goes on, so that the reader finds the first error
 * by order. A task whose time is over fails at once, whether its thread listens to the interrupt or not.
 */
final class ThreadRun<R extends @Nullable Object> implements ParallelBackend.Results<R> {
    private static final long IDLE_MILLIS = 500;

    private final ParallelBackend.Plan plan;
    private final ParallelReport report;
    private final int level = LocalContext.levelHere() + 1;
    private final ThreadPoolExecutor threads;
    // Owned by the thread that feeds.
    private final Iterator<? extends RemoteCallable<? extends R>> tasks;
    private long nextIndex;
    private long nextNumber;
    // Owned by the reader.
    private Iterator<R> read = Collections.emptyIterator();
    private @Nullable Throwable readError;
    private boolean over;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // Guarded by lock; the two volatile ones are also read without it.
    /** What is not read yet: when ordered all that was pulled, else what is done. */
    private final Queue<Batch<R>> unread = new ArrayDeque<>();
    private final Set<Batch<R>> running = new HashSet<>();
    private final Queue<LocalContext.Slot> freeSlots = new PriorityQueue<>(
            Comparator.comparingInt(LocalContext.Slot::number));
    private @Nullable Thread feeder;
    private int ahead;
    private long unreadBatches;
    private boolean inputEnded;
    private volatile boolean closed;
    /** Batches with a greater number are dropped. */
    private volatile long lastWanted = Long.MAX_VALUE;

    ThreadRun(Iterator<? extends RemoteCallable<? extends R>> tasks, ParallelBackend.Plan plan, ParallelReport report,
            ThreadFactory factory) {
        this.tasks = tasks;
        this.plan = plan;
        this.report = report;
        this.threads = new ThreadPoolExecutor(plan.jobs(), plan.jobs(), IDLE_MILLIS, TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(), factory);
        threads.allowCoreThreadTimeOut(true);
        for (int i = 0; i < plan.jobs(); i++) {
            freeSlots.add(new LocalContext.Slot(i));
        }
    }

    /** Some tasks that follow each other. All but what is final is guarded by the run's lock. */
    private static final class Batch<R extends @Nullable Object> {
        final long number;
        final long firstIndex;
        final List<RemoteCallable<? extends R>> tasks;
        final List<R> results = new ArrayList<>();
        @Nullable
        Throwable error;
        @Nullable
        Thread runner;
        boolean isDone;

        Batch(long number, long firstIndex, List<RemoteCallable<? extends R>> tasks) {
            this.number = number;
            this.firstIndex = firstIndex;
            this.tasks = tasks;
        }
    }

    void begin() {
        if (plan.lazy()) {
            lock.lock();
            try {
                feeder = Thread.ofVirtual().name("farm-feeder").start(this::feedAll);
            } finally {
                lock.unlock();
            }
        }
    }

    // ---- the input ----

    private boolean wantsInput() {
        return !inputEnded && !closed && lastWanted == Long.MAX_VALUE;
    }

    private void feedAll() {
        while (awaitRoom()) {
            feed();
        }
    }

    private boolean awaitRoom() {
        lock.lock();
        try {
            while (wantsInput() && ahead >= plan.batchesAhead()) {
                changed.await();
            }
            return wantsInput();
        } catch (InterruptedException e) {
            return false; // the run was closed
        } finally {
            lock.unlock();
        }
    }

    /** Pulls a batch. */
    private void feed() {
        int size = Math.max(1, plan.batchSize());
        List<RemoteCallable<? extends R>> pulled = new ArrayList<>(Math.min(size, 1024));
        Throwable failure = null;
        try {
            while (pulled.size() < size && tasks.hasNext()) {
                pulled.add(tasks.next());
            }
        } catch (Throwable e) { // delivered at its place, after what was pulled before
            failure = e;
        }
        if (!pulled.isEmpty()) {
            report.dispatched(pulled.size());
            add(new Batch<>(nextNumber++, nextIndex, pulled));
            nextIndex += pulled.size();
        }
        if (failure != null) {
            Batch<R> failed = new Batch<>(nextNumber++, nextIndex, List.of());
            add(failed);
            complete(failed, failure);
        } else if (pulled.size() < size) {
            report.exhausted();
            lock.lock();
            try {
                inputEnded = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void add(Batch<R> batch) {
        lock.lock();
        try {
            if (!closed && lastWanted == Long.MAX_VALUE) {
                ahead++;
                unreadBatches++;
                if (plan.ordered()) {
                    unread.add(batch);
                }
                if (!batch.tasks.isEmpty()) {
                    threads.execute(() -> run(batch));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the tasks ----

    private boolean isDropped(Batch<R> batch) {
        return closed || batch.number > lastWanted;
    }

    private void run(Batch<R> batch) {
        LocalContext.Slot slot = enter(batch);
        if (slot == null) {
            return;
        }
        Throwable error = null;
        try {
            for (int i = 0; i < batch.tasks.size() && !isDropped(batch); i++) {
                long index = batch.firstIndex + i;
                R result;
                try (Deadline _ = Deadline.in(plan.timeout(), () -> expire(batch, index))) {
                    result = new LocalContext(slot, null, index, level, () -> isDropped(batch))
                            .call(batch.tasks.get(i));
                }
                if (!put(batch, result)) {
                    return;
                }
            }
            if (!isDropped(batch)) {
                report.completed(batch.tasks.size());
            }
        } catch (Throwable e) { // what the task threw, as it is
            error = e;
        } finally {
            leave(batch, slot);
            complete(batch, error);
        }
    }

    private LocalContext.@Nullable Slot enter(Batch<R> batch) {
        lock.lock();
        try {
            if (isDropped(batch)) {
                return null;
            }
            batch.runner = Thread.currentThread();
            running.add(batch);
            return freeSlots.remove();
        } finally {
            lock.unlock();
        }
    }

    private boolean put(Batch<R> batch, R result) {
        lock.lock();
        try {
            return !batch.isDone && batch.results.add(result);
        } finally {
            lock.unlock();
        }
    }

    private void leave(Batch<R> batch, LocalContext.Slot slot) {
        lock.lock();
        try {
            batch.runner = null;
            running.remove(batch);
            freeSlots.add(slot);
            boolean _ = Thread.interrupted(); // it was for this batch
        } finally {
            lock.unlock();
        }
    }

    /** On the JDK's timer thread. */
    private void expire(Batch<R> batch, long index) {
        lock.lock();
        try {
            if (!batch.isDone && batch.runner != null && batch.firstIndex + batch.results.size() == index) {
                batch.runner.interrupt();
                complete(batch, Deadline.error(index, plan.timeout()));
            }
        } finally {
            lock.unlock();
        }
    }

    /** The first completion of a batch wins. */
    private void complete(Batch<R> batch, @Nullable Throwable error) {
        lock.lock();
        try {
            if (batch.isDone || isDropped(batch)) {
                return;
            }
            batch.isDone = true;
            batch.error = error;
            if (!plan.lazy()) {
                ahead--;
            }
            if (!plan.ordered()) {
                unread.add(batch);
            }
            if (error != null) {
                inputEnded = true;
                dropAfter(plan.ordered() ? batch.number : -1);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void dropAfter(long number) {
        lastWanted = Math.min(lastWanted, number);
        for (Batch<R> other : running) {
            if (other.number > lastWanted && other.runner != null) {
                other.runner.interrupt();
            }
        }
    }

    // ---- the results ----

    @Override
    public boolean hasNext() {
        while (!read.hasNext()) {
            if (readError != null) {
                Throwable error = readError;
                readError = null;
                close();
                throw Failures.asItIs(error);
            }
            Batch<R> batch = over ? null : take();
            if (batch == null) {
                over = true;
                threads.shutdown();
                return false;
            }
            read = batch.results.iterator();
            readError = batch.error;
        }
        return true;
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return read.next();
    }

    private @Nullable Batch<R> take() {
        while (true) {
            lock.lock();
            try {
                while (plan.lazy() || !wantsInput() || ahead >= plan.batchesAhead()) {
                    if (closed) {
                        throw new CancellationException("the run was closed before its results were read");
                    }
                    Batch<R> first = unread.peek();
                    if (first != null && first.isDone) {
                        unread.remove();
                        unreadBatches--;
                        if (plan.lazy()) {
                            ahead--;
                            changed.signalAll();
                        }
                        return first;
                    }
                    if (inputEnded && unreadBatches == 0) {
                        return null;
                    }
                    changed.await();
                }
            } catch (InterruptedException e) {
                close();
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted while waiting for results; the run was cancelled");
            } finally {
                lock.unlock();
            }
            feed();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            unread.clear();
            threads.getQueue().clear();
            dropAfter(-1);
            if (feeder != null) {
                feeder.interrupt();
            }
            threads.shutdown();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
