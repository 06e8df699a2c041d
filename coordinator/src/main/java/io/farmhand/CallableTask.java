package io.farmhand;

import io.farmhand.task.RemoteFunction;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A serializable task without arguments as a function of one that does not matter. */
record CallableTask<R extends @Nullable Object>(Callable<R> task) implements RemoteFunction<@Nullable Void, R> {
    @Override
    public R apply(@Nullable Void nothing) throws Exception {
        return task.call();
    }
}
