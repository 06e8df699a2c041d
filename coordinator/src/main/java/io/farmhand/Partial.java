package io.farmhand;

import io.farmhand.internal.task.Bound;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemoteTriFunction;
import org.jspecify.annotations.Nullable;

/**
 * Functions with their first arguments fixed, as CPython's {@code functools.partial}: what comes out can be sent to a
 * worker with the arguments in it, and bound again without one wrapper around the other.
 *
 * <pre>{@code
 * pool.map(Partial.of(Rows::scale, 2.5), rows);   // Rows.scale(2.5, row) for each row
 * }</pre>
 *
 * <p>A function that is already a value has the same as {@code scale.bind(2.5)}.
 */
public final class Partial {
    private Partial() {}

    /** A function with its argument fixed. */
    public static <T extends @Nullable Object, R extends @Nullable Object> RemoteCallable<R> of(
            RemoteFunction<T, R> function, T argument) {
        return Bound.toCallable(function, argument);
    }

    /** A function of two with its first argument fixed. */
    public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> RemoteFunction<B, R> of(
            RemoteBiFunction<A, B, R> function, A first) {
        return Bound.toFunction(function, first);
    }

    /** A function of two with both arguments fixed. */
    public static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> RemoteCallable<R> of(
            RemoteBiFunction<A, B, R> function, A first, B second) {
        return Bound.toCallable(function, first, second);
    }

    /** A function of three with its first argument fixed. */
    public static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R extends @Nullable Object> RemoteBiFunction<B, C, R> of(
            RemoteTriFunction<A, B, C, R> function, A first) {
        return Bound.toBiFunction(function, first);
    }

    /** A function of three with its first two arguments fixed. */
    public static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R extends @Nullable Object> RemoteFunction<C, R> of(
            RemoteTriFunction<A, B, C, R> function, A first, B second) {
        return Bound.toFunction(function, first, second);
    }

    /** A function of three with all its arguments fixed. */
    public static <A extends @Nullable Object, B extends @Nullable Object, C extends @Nullable Object, R extends @Nullable Object> RemoteCallable<R> of(
            RemoteTriFunction<A, B, C, R> function, A first, B second, C third) {
        return Bound.toCallable(function, first, second, third);
    }
}
