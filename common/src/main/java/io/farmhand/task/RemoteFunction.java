package io.farmhand.task;

import io.farmhand.internal.task.Bound;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A function that can be sent to a worker: a lambda or a method reference will do.
 *
 * <p>What it captures is serialized with it, once for each job and worker.
 *
 * @param <T> what it takes
 * @param <R> what it gives
 */
@FunctionalInterface
public interface RemoteFunction<T extends @Nullable Object, R extends @Nullable Object> extends Serializable {
    /**
     * Applies this function in a worker.
     *
     * @param item one item of the input
     * @return the result, which must be serializable
     * @throws Exception whatever the task wishes; it comes back to the caller as itself
     */
    R apply(T item) throws Exception;

    /** This function with its argument fixed, as Python's {@code functools.partial}. */
    default RemoteCallable<R> bind(T item) {
        return Bound.toCallable(this, item);
    }
}
