package io.farmhand;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A pool as an executor of serializable tasks. Shutting it down leaves the pool as it is.
 *
 * <p>An {@link ExecutorCompletionService}, and with it {@code invokeAny}, wraps each task in one of its own, which
 * cannot be sent. Such a wrapper runs here, on a thread of its own that only waits for the task in it.
 *
 * <p><b>Concurrency.</b> {@code lock} guards everything; it is held for set operations only.
 */
final class FarmExecutor extends AbstractExecutorService {
    private static final System.Logger LOG = System.getLogger(FarmExecutor.class.getName());

    private final BooleanSupplier poolIsOver;
    private final Calls calls;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    // Guarded by lock.
    /** Tasks, and wrappers of some, that are not done. */
    private final Set<Runnable> live = new LinkedHashSet<>();
    private boolean shutdown;
    /** Whether nothing is to begin any more. */
    private boolean stopped;

    /** @param poolIsOver whether the pool takes no more jobs */
    FarmExecutor(BooleanSupplier poolIsOver, Calls calls) {
        this.poolIsOver = poolIsOver;
        this.calls = calls;
    }

    Calls calls() {
        return calls;
    }

    @Override
    protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Callable<T> callable) {
        return this.<T>task(() -> calls.encode(new CallableTask<>(callable), callable), callable,
                FarmExecutor::<T>received, false);
    }

    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"}) // what the user's task gave, null or not, is a T
    private static <T extends @Nullable Object> T received(@Nullable Object value) {
        return (T) value;
    }

    @Override
    protected <T extends @Nullable Object> RunnableFuture<T> newTaskFor(Runnable runnable, T value) {
        return this.<T>task(() -> calls.encode(new RunnableTask(runnable), runnable), runnable, _ -> value, false);
    }

    private <T extends @Nullable Object> FarmTask<T> task(Supplier<Calls.Encoded> encoding,
            Object written, Function<@Nullable Object, T> finish, boolean unobserved) {
        Objects.requireNonNull(written, "task");
        try {
            return new FarmTask<>(this, encoding.get(), written, finish, unobserved);
        } catch (TaskSerializationException e) {
            throw new RejectedExecutionException("the task cannot be sent to a worker" + advice(written, e), e);
        }
    }

    /** The methods of CompletableFuture wrap what they are given in objects that hold the future, and run here. */
    private static String advice(Object written, TaskSerializationException failure) {
        return written instanceof CompletableFuture.AsynchronousCompletionTask
                ? ": supplyAsync and the other methods of CompletableFuture wrap it in one that cannot be sent. In place"
                        + " of CompletableFuture.supplyAsync(task, executor) say pool.submit(task), which gives a"
                        + " CompletableFuture, and in place of future.thenApplyAsync(f, executor)"
                        + " future.thenCompose(x -> pool.submit(() -> f(x))); there the task is a RemoteCallable"
                        + " (elsewhere cast it to Callable<T> & Serializable)."
                : "; make it a RemoteCallable, or cast the lambda to (Callable<T> & Serializable) or to"
                        + " (Runnable & Serializable). " + failure.getMessage();
    }

    @Override
    public void execute(Runnable command) {
        Objects.requireNonNull(command, "command");
        if (command instanceof FarmTask<?> task) {
            admit(task);
            task.start();
        } else if (command.getClass().getEnclosingClass() == ExecutorCompletionService.class) {
            admit(command);
            Thread.ofVirtual().name("farm-call").start(() -> {
                try {
                    command.run();
                } finally {
                    left(command);
                }
            });
        } else {
            FarmTask<?> task = this.<@Nullable Object>task(() -> calls.encode(new RunnableTask(command), command),
                    command, _ -> null, true);
            admit(task);
            task.start();
        }
    }

    private void admit(Runnable task) {
        if (poolIsOver.getAsBoolean()) {
            throw new RejectedExecutionException("the pool is closed or broken");
        }
        lock.lock();
        try {
            if (shutdown) {
                throw new RejectedExecutionException("this executor was shut down");
            }
            live.add(task);
        } finally {
            lock.unlock();
        }
    }

    /** Sends a task whose wrapper was admitted; returns whether it will have an outcome. */
    boolean begin(FarmTask<?> task) {
        boolean begins;
        lock.lock();
        try {
            begins = !stopped && !task.isDone();
            if (begins) {
                live.add(task);
            }
        } finally {
            lock.unlock();
        }
        if (begins) {
            task.start();
            if (task.isDone()) { // it may have been done before it was noted
                left(task);
            }
        } else {
            task.cancel(false);
        }
        return begins;
    }

    /** A task is done. */
    void left(Runnable task) {
        lock.lock();
        try {
            live.remove(task);
            if (live.isEmpty()) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A task failed whose future nobody has. */
    void log(Throwable failure) {
        LOG.log(System.Logger.Level.WARNING, "A task that was given to execute() failed.", failure);
    }

    @Override
    public void shutdown() {
        lock.lock();
        try {
            shutdown = true;
            if (live.isEmpty()) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> stopping;
        lock.lock();
        try {
            shutdown = true;
            stopped = true;
            stopping = List.copyOf(live);
            if (live.isEmpty()) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
        record Withdrawn(FarmTask<?> task, CompletableFuture<Boolean> untouched) {}
        List<Withdrawn> withdrawn = new ArrayList<>();
        // The last first: else what is stopped now would make room for what is to be stopped next.
        for (Runnable runnable : stopping.reversed()) {
            if (runnable instanceof FarmTask<?> task) {
                withdrawn.add(new Withdrawn(task, task.withdraw()));
            }
        }
        List<Runnable> never = new ArrayList<>();
        for (Withdrawn one : withdrawn.reversed()) {
            if (one.untouched().join()) {
                never.add(one.task().original());
            } else {
                one.task().cancel(true);
            }
        }
        return never;
    }

    @Override
    public boolean isShutdown() {
        lock.lock();
        try {
            return shutdown;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isTerminated() {
        lock.lock();
        try {
            return shutdown && live.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long left = unit.toNanos(timeout);
        lock.lockInterruptibly();
        try {
            while (!shutdown || !live.isEmpty()) {
                if (left <= 0) {
                    return false;
                }
                left = idle.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
