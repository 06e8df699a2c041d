package io.farmhand;

import io.farmhand.internal.task.Contexts;
import io.farmhand.internal.task.ItemRandom;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.TaskContext;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The context of a task that runs in this JVM. Its state belongs to the thread that runs the task. */
final class LocalContext implements TaskContext {
    /** That of all runs, so that processes and threads draw the same numbers. */
    static final long SEED = 0;

    private final Slot slot;
    private final @Nullable TaskContext outer;
    private final long index;
    private final int level;
    private final BooleanSupplier cancelled;
    private @Nullable RandomGenerator random;

    /**
     * Makes one.
     *
     * @param slot which worker's place it runs in
     * @param outer the context of the task around it, when it runs on that one's thread: what it has of a worker is
     *     this one's, too; else null
     * @param index of the task in its run
     * @param level how many backends are around it
     */
    LocalContext(Slot slot, @Nullable TaskContext outer, long index, int level, BooleanSupplier cancelled) {
        this.slot = slot;
        this.outer = outer;
        this.index = index;
        this.level = level;
        this.cancelled = cancelled;
    }

    /** What stands for a worker: a number, and what tasks keep there. One task at a time has it. */
    record Slot(int number, Map<Class<?>, Object> state) {
        Slot(int number) {
            this(number, new HashMap<>());
        }
    }

    /** How many backends are around what runs on this thread: 0 for the caller's code, 1 in a pool's worker. */
    static int levelHere() {
        TaskContext context = Contexts.current();
        if (context == null) {
            return 0;
        }
        return context instanceof LocalContext local ? local.level : 1;
    }

    /** Runs a task in this context, and gives the thread back the one that it had. */
    <R extends @Nullable Object> R call(RemoteCallable<? extends R> task) throws Exception {
        TaskContext before = Contexts.current();
        Contexts.enter(this);
        try {
            return task.call();
        } finally {
            Contexts.enter(before);
        }
    }

    @Override
    public int worker() {
        return outer == null ? slot.number() : outer.worker();
    }

    @Override
    public int attempt() {
        return 1;
    }

    @Override
    public long index() {
        return index;
    }

    @Override
    public <S> S state(Class<S> type, Supplier<? extends S> initial) {
        if (outer != null) {
            return outer.state(type, initial);
        }
        return type.cast(slot.state().computeIfAbsent(type, _ -> initial.get()));
    }

    @Override
    public <S> S state(Class<S> type) {
        if (outer != null) {
            return outer.state(type);
        }
        Object value = slot.state().get(type);
        if (value == null) {
            throw new IllegalStateException("worker " + slot.number() + " has no state of type " + type.getName()
                    + ": nothing has set it here");
        }
        return type.cast(value);
    }

    @Override
    public <S> void setState(Class<S> type, S value) {
        if (outer != null) {
            outer.setState(type, value);
        } else {
            slot.state().put(type, value);
        }
    }

    @Override
    public boolean isCancelled() {
        return cancelled.getAsBoolean() || (outer != null && outer.isCancelled());
    }

    /** Nobody watches the threads of a run; a worker around it is watched. */
    @Override
    public void progress(long units) {
        if (outer != null) {
            outer.progress(units);
        }
    }

    @Override
    public RandomGenerator random() {
        if (random == null) {
            random = ItemRandom.of(SEED, index);
        }
        return random;
    }
}
