package io.farmhand;

import io.farmhand.internal.service.PoolFace;
import io.farmhand.internal.service.PoolTasks;
import io.farmhand.managed.ManagedPool;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.io.Serializable;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A pool in a manager's process, as the users of {@link Manager} see it.
 *
 * <p><b>Concurrency.</b> The monitor guards which submitted tasks are not done. While there are any, one virtual thread
 * {@code farm-managed-tasks} waits for all of them, over one connection, and has each future completed on a thread of its
 * own, where the user's code may hang on to it.
 */
final class PoolProxy implements ManagedPool, Serializable {
    private static final long serialVersionUID = 1L;

    private final PoolFace pool;
    private transient @Nullable Submitted submitted; // guarded by this

    PoolProxy(PoolFace pool) {
        this.pool = pool;
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> R apply(
            RemoteFunction<? super T, ? extends R> function, T item) {
        try {
            return pool.apply(function, item);
        } catch (Throwable e) {
            throw Failures.asItIs(e);
        }
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, Collection<? extends T> items) {
        try {
            return pool.map(function, items);
        } catch (Throwable e) {
            throw Failures.asItIs(e);
        }
    }

    @Override
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starMap(
            RemoteBiFunction<? super A, ? super B, ? extends R> function, Collection<? extends A> first,
            Collection<? extends B> second) {
        try {
            return pool.starMap(function, first, second);
        } catch (Throwable e) {
            throw Failures.asItIs(e);
        }
    }

    @Override
    public <R extends @Nullable Object> CompletableFuture<R> submit(RemoteCallable<? extends R> task) {
        try {
            return submitted().submit(task);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Submitted submitted() {
        Submitted known = keep(null);
        return known != null ? known : Objects.requireNonNull(keep(new Submitted(pool.tasks())));
    }

    private synchronized @Nullable Submitted keep(@Nullable Submitted other) {
        submitted = submitted == null ? other : submitted;
        return submitted;
    }

    @Override
    public void close() {
        pool.close();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PoolProxy proxy && proxy.pool.equals(pool);
    }

    @Override
    public int hashCode() {
        return pool.hashCode();
    }

    @Override
    public String toString() {
        return pool.toString();
    }

    /** The tasks that this process has submitted by one proxy. */
    private static final class Submitted {
        private final PoolTasks tasks;
        private final Map<Long, CompletableFuture<Object>> futures = new HashMap<>(); // guarded by this
        private long last; // guarded by this
        private boolean awaited; // guarded by this; whether a thread waits for them

        Submitted(PoolTasks tasks) {
            this.tasks = tasks;
        }

        @SuppressWarnings("unchecked") // what a task gives is what its future is to give
        <R extends @Nullable Object> CompletableFuture<R> submit(RemoteCallable<? extends R> task) {
            CompletableFuture<Object> future = new CompletableFuture<>();
            long number = enter(future);
            try {
                tasks.submit(number, task);
            } catch (RuntimeException | Error e) {
                var _ = remove(number);
                throw e;
            }
            await();
            var _ = future.whenComplete((_, _) -> {
                if (future.isCancelled()) {
                    Thread.ofVirtual().name("farm-managed-cancel").start(() -> tasks.cancel(number));
                }
            });
            return (CompletableFuture<R>) future;
        }

        private synchronized long enter(CompletableFuture<Object> future) {
            last++;
            futures.put(last, future);
            return last;
        }

        private synchronized @Nullable CompletableFuture<Object> remove(long number) {
            return futures.remove(number);
        }

        private synchronized void await() {
            if (!awaited) {
                awaited = true;
                Thread.ofVirtual().name("farm-managed-tasks").start(this::run);
            }
        }

        /** Whether there is nothing to wait for, so that the thread that waits ends. */
        private synchronized boolean isOver() {
            awaited = !futures.isEmpty();
            return !awaited;
        }

        private void run() {
            try {
                do {
                    for (long number : tasks.awaitDone()) {
                        take(number);
                    }
                } while (!isOver());
            } catch (Throwable e) { // the manager has ended
                fail(e);
            }
        }

        private void take(long number) {
            CompletableFuture<Object> future = remove(number);
            Runnable completion;
            try {
                Object result = tasks.result(number);
                completion = () -> complete(future, result);
            } catch (Throwable e) {
                completion = () -> fail(future, e);
            }
            Thread.ofVirtual().name("farm-managed-task").start(completion);
        }

        private static void complete(@Nullable CompletableFuture<Object> future, @Nullable Object result) {
            if (future != null) {
                future.complete(result);
            }
        }

        private static void fail(@Nullable CompletableFuture<Object> future, Throwable thrown) {
            if (future != null) {
                future.completeExceptionally(thrown);
            }
        }

        private void fail(Throwable thrown) {
            List<CompletableFuture<Object>> all;
            synchronized (this) {
                awaited = false;
                all = List.copyOf(futures.values());
                futures.clear();
            }
            all.forEach(future -> future.completeExceptionally(thrown));
        }
    }
}
