package io.farmhand.task;

import io.farmhand.internal.task.Contexts;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What a task can know of where it runs, and what its worker keeps for it between tasks. One worker runs one task at a
 * time, so its state needs no lock; a thread that a task starts sees the same context.
 */
public interface TaskContext {
    /**
     * The context of the task, the initializer or the finalizer that runs on this thread or started it.
     *
     * @throws IllegalStateException when no task does
     */
    static TaskContext current() {
        TaskContext context = Contexts.current();
        if (context == null) {
            throw new IllegalStateException("there is no task on thread " + Thread.currentThread().getName()
                    + ": TaskContext is for functions that a pool runs, not for the code that calls the pool");
        }
        return context;
    }

    /** The context, if a task runs on this thread or started it. */
    static Optional<TaskContext> find() {
        return Optional.ofNullable(Contexts.current());
    }

    /** The number of the worker, from 0; a worker that replaces another has its number. */
    int worker();

    /** Which attempt at the item this is, from 1; 0 in an initializer or a finalizer. */
    int attempt();

    /** The index of the item in its job, from 0; -1 in an initializer or a finalizer. */
    long index();

    /**
     * The worker's value of a type, made when it is first asked for. It lives as long as the worker, whatever jobs come
     * and go.
     *
     * @param type which value; there is one for each type
     * @param initial makes it when there is none
     */
    <S> S state(Class<S> type, Supplier<? extends S> initial);

    /**
     * The worker's value of a type.
     *
     * @throws IllegalStateException when there is none: nothing has set it in this worker
     */
    <S> S state(Class<S> type);

    /** Sets the worker's value of a type, in place of what there is. */
    <S> void setState(Class<S> type, S value);

    /** Whether nobody waits for this item any more: its call was cancelled, or has failed at an earlier item. */
    boolean isCancelled();

    /**
     * Ends the task if nobody waits for it any more.
     *
     * @throws CancellationException then
     */
    default void checkCancelled() {
        if (isCancelled()) {
            throw new CancellationException("item " + index() + " was cancelled");
        }
    }

    /**
     * Counts units of work that are done, for those who watch: the sum of all tasks of this worker is shown by
     * {@code Pool.workers()}. It costs a few nanoseconds.
     *
     * @param units how many more
     */
    void progress(long units);

    /**
     * Random numbers for this item, seeded by the pool's or the call's seed and the item's index: the same in each run,
     * on whichever worker, in whichever attempt. One generator for each item; it goes on where it was left.
     */
    RandomGenerator random();
}
