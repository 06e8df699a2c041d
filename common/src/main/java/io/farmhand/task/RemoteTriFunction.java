package io.farmhand.task;

import io.farmhand.internal.task.Bound;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A function of three arguments that can be sent to a worker.
 *
 * @param <A> the first argument
 * @param <B> the second argument
 * @param <C> the third argument
 * @param <R> what it gives
 */
@FunctionalInterface
public interface RemoteTriFunction<A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R extends @Nullable Object>
        extends
        Serializable {
    /**
     * Applies this function in a worker.
     *
     * @param first the first argument
     * @param second the second argument
     * @param third the third argument
     * @return the result, which must be serializable
     * @throws Exception whatever the task wishes; it comes back to the caller as itself
     */
    R apply(A first, B second, C third) throws Exception;

    /** This function with its first argument fixed, as Python's {@code functools.partial}. */
    default RemoteBiFunction<B, C, R> bind(A first) {
        return Bound.toBiFunction(this, first);
    }

    /** This function with its first two arguments fixed. */
    default RemoteFunction<C, R> bind(A first, B second) {
        return Bound.toFunction(this, first, second);
    }

    /** This function with all its arguments fixed. */
    default RemoteCallable<R> bind(A first, B second, C third) {
        return Bound.toCallable(this, first, second, third);
    }
}
