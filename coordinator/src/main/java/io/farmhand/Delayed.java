package io.farmhand;

import io.farmhand.task.RemoteCallable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A call that is not made yet: a function with all its arguments, as joblib's {@code delayed}. It is made by
 * {@link Parallel#delayed} and run by {@link Parallel#run}; being a task, {@link Pool#submit} takes it, too. Immutable,
 * but for what the arguments are.
 *
 * @param <R> what it gives
 */
public final class Delayed<R extends @Nullable Object> implements RemoteCallable<R> {
    private static final long serialVersionUID = 1;

    private final RemoteCallable<? extends R> task;

    Delayed(RemoteCallable<? extends R> task) {
        this.task = Objects.requireNonNull(task, "function");
    }

    /** What is sent to a worker. */
    RemoteCallable<? extends R> task() {
        return task;
    }

    /** Makes the call, here. */
    @Override
    public R call() throws Exception {
        return task.call();
    }
}
