package io.farmhand;

import io.farmhand.internal.task.Contexts;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.TaskContext;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * Runs each task on the thread that reads the results, when its result is asked for. An interrupt of that thread cancels
 * the run, as it does where the reader waits for others: between tasks, or by the {@link InterruptedException} of the
 * task that it met.
 */
final class SequentialBackend implements ParallelBackend {
    @Override
    public <R extends @Nullable Object> Results<R> start(Iterator<? extends RemoteCallable<? extends R>> tasks,
            Plan plan, ParallelReport report) {
        return new InTurn<>(tasks, plan, report);
    }

    /** All but {@link #closed} belongs to the reader's thread. */
    private static final class InTurn<R extends @Nullable Object> implements Results<R> {
        private final Iterator<? extends RemoteCallable<? extends R>> tasks;
        private final Plan plan;
        private final ParallelReport report;
        private final @Nullable TaskContext outer = Contexts.current();
        private final LocalContext.Slot slot = new LocalContext.Slot(0);
        // joblib's sequential backend counts as no level of nesting.
        private final int level = LocalContext.levelHere();
        private long nextIndex;
        private boolean ended;
        private volatile boolean closed;

        InTurn(Iterator<? extends RemoteCallable<? extends R>> tasks, Plan plan, ParallelReport report) {
            this.tasks = tasks;
            this.plan = plan;
            this.report = report;
        }

        @Override
        public boolean hasNext() {
            if (!ended && (closed || !tasks.hasNext())) {
                ended = true;
                if (!closed) {
                    report.exhausted();
                }
            }
            return !ended;
        }

        @Override
        public R next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted(null);
            }
            RemoteCallable<? extends R> task = tasks.next();
            LocalContext context = new LocalContext(slot, outer, nextIndex, level, () -> closed);
            report.dispatched(1);
            R result;
            Watch watch = new Watch(Thread.currentThread());
            try (Deadline _ = Deadline.in(plan.timeout(), watch::expire)) {
                result = context.call(task);
            } catch (Throwable e) { // what the task threw, as it is
                boolean late = watch.end();
                if (e instanceof InterruptedException && !late) {
                    throw interrupted(e);
                }
                throw failed(late ? Deadline.error(nextIndex, plan.timeout()) : e);
            }
            if (watch.end()) {
                throw failed(Deadline.error(nextIndex, plan.timeout()));
            }
            nextIndex++;
            report.completed(1);
            return result;
        }

        /** @param met what the task threw, if one met it */
        private CancellationException interrupted(@Nullable Throwable met) {
            ended = true;
            Thread.currentThread().interrupt();
            CancellationException cancelled = new CancellationException(
                    "interrupted while running tasks; the run was cancelled");
            cancelled.initCause(met);
            return cancelled;
        }

        private RuntimeException failed(Throwable error) {
            ended = true;
            return Failures.asItIs(error);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Interrupts a task that is late, and no code after it. Guarded by its monitor. */
    private static final class Watch {
        private final Thread thread;
        private boolean done;
        private boolean late;

        Watch(Thread thread) {
            this.thread = thread;
        }

        synchronized void expire() {
            if (!done) {
                late = true;
                thread.interrupt();
            }
        }

        /** The task is done; says whether it was late, and so has failed, whatever it gave. */
        synchronized boolean end() {
            done = true;
            if (late) {
                boolean _ = Thread.interrupted(); // it was for the task
            }
            return late;
        }
    }
}
