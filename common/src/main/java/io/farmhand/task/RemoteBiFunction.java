package io.farmhand.task;

import io.farmhand.internal.task.Bound;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A function of two arguments that can be sent to a worker.
 *
 * @param <A> the first argument
 * @param <B> the second argument
 * @param <R> what it gives
 */
@FunctionalInterface
public interface RemoteBiFunction<A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
        extends
        Serializable {
    /**
     * Applies this function in a worker.
     *
     * @param first an item of the first input
     * @param second the item of the second input at the same position
     * @return the result, which must be serializable
     * @throws Exception whatever the task wishes; it comes back to the caller as itself
     */
    R apply(A first, B second) throws Exception;

    /** This function with its first argument fixed, as Python's {@code functools.partial}. */
    default RemoteFunction<B, R> bind(A first) {
        return Bound.toFunction(this, first);
    }

    /** This function with both arguments fixed. */
    default RemoteCallable<R> bind(A first, B second) {
        return Bound.toCallable(this, first, second);
    }
}
