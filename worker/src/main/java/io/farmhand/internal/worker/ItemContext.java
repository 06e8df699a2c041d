package io.farmhand.internal.worker;

import io.farmhand.internal.shm.ProgressFile;
import io.farmhand.internal.task.ItemRandom;
import io.farmhand.task.TaskContext;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one item, the initializer or the finalizer can know of where it runs. There is one small object for each item,
 * made on the hot path, and not one for the worker that changes with its items: a thread that a task leaves behind goes
 * on seeing the item that started it, and never another's index or cancellation.
 */
final class ItemContext implements TaskContext {
    /**
     * What the contexts of a worker share.
     *
     * @param number the worker's
     */
    record Worker(int number, WorkerState state, ProgressFile progress) {}

    private final Worker worker;
    private final long seed;
    private final long index;
    private final int attempt;
    private volatile boolean cancelled;
    /** Made under this object's monitor. */
    private @Nullable SplittableRandom random;

    ItemContext(Worker worker, long seed, long index, int attempt) {
        this.worker = worker;
        this.seed = seed;
        this.index = index;
        this.attempt = attempt;
    }

    /** For the initializer and the finalizer, whose random numbers are seeded by the worker's number. */
    static ItemContext ofSetup(Worker worker) {
        return new ItemContext(worker, worker.number(), -1, 0);
    }

    /** Nobody waits for the item any more. */
    void cancel() {
        cancelled = true;
    }

    @Override
    public int worker() {
        return worker.number();
    }

    @Override
    public int attempt() {
        return attempt;
    }

    @Override
    public long index() {
        return index;
    }

    @Override
    public <S> S state(Class<S> type, Supplier<? extends S> initial) {
        return worker.state().get(type, initial);
    }

    @Override
    public <S> S state(Class<S> type) {
        return worker.state().get(type);
    }

    @Override
    public <S> void setState(Class<S> type, S value) {
        worker.state().set(type, value);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void progress(long units) {
        worker.progress().advance(units);
    }

    @Override
    public synchronized RandomGenerator random() {
        if (random == null) {
            random = ItemRandom.of(seed, index);
        }
        return random;
    }
}
