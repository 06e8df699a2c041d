package io.farmhand;

import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import org.jspecify.annotations.Nullable;

/** A task without arguments as a function of one that does not matter. */
record CallableTask<R extends @Nullable Object>(RemoteCallable<R> task) implements RemoteFunction<@Nullable Void, R> {
    @Override
    public R apply(@Nullable Void nothing) throws Exception {
        return task.call();
    }
}
