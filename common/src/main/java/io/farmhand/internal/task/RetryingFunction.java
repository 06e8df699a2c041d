package io.farmhand.internal.task;

import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemotePredicate;
import org.jspecify.annotations.Nullable;

/**
 * A function some of whose failures are to be tried again. The worker asks {@link #isRetryable} of what an item threw,
 * since only there the exception is sure to be what was thrown.
 *
 * @param function what is run
 * @param retryIf which exceptions are worth another attempt
 */
public record RetryingFunction<T extends @Nullable Object, R extends @Nullable Object>(
        RemoteFunction<T, R> function, RemotePredicate<? super Throwable> retryIf) implements RemoteFunction<T, R> {
    @Override
    public R apply(T item) throws Exception {
        return function.apply(item);
    }

    /** Whether an item that threw this is to be tried again; whatever the predicate itself throws comes out. */
    public boolean isRetryable(Throwable thrown) throws Exception {
        return retryIf.test(thrown);
    }
}
