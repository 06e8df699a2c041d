package io.farmhand.internal.task;

import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemoteTriFunction;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function with its first arguments fixed. What is bound again stays flat, as with {@code functools.partial} of
 * CPython: one function, one list of arguments, however often it was bound. Immutable, but for what the arguments are.
 */
public sealed interface Bound extends Serializable {
    /** What is called in the end; never itself bound. */
    Serializable function();

    /** The first arguments. */
    List<@Nullable Object> arguments();

    /** A function that lacks nothing. */
    @SuppressWarnings("unchecked")
    static <R extends @Nullable Object> RemoteCallable<R> toCallable(Serializable function,
            @Nullable Object... arguments) {
        return (RemoteCallable<R>) new ToCallable(target(function), joined(function, arguments));
    }

    /** A function that lacks one argument. */
    @SuppressWarnings("unchecked")
    static <T extends @Nullable Object, R extends @Nullable Object> RemoteFunction<T, R> toFunction(
            Serializable function, @Nullable Object... arguments) {
        return (RemoteFunction<T, R>) new ToFunction(target(function), joined(function, arguments));
    }

    /** A function that lacks two arguments. */
    @SuppressWarnings("unchecked")
    static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> RemoteBiFunction<A, B, R> toBiFunction(
            Serializable function, @Nullable Object... arguments) {
        return (RemoteBiFunction<A, B, R>) new ToBiFunction(target(function), joined(function, arguments));
    }

    private static Serializable target(Serializable function) {
        return function instanceof Bound bound ? bound.function() : function;
    }

    private static List<@Nullable Object> joined(Serializable function, @Nullable Object... more) {
        List<@Nullable Object> all = new ArrayList<>(3);
        if (function instanceof Bound bound) {
            all.addAll(bound.arguments());
        }
        all.addAll(Arrays.asList(more));
        return Collections.unmodifiableList(all);
    }

    /** Calls a function with all the arguments that it takes: from none to three. */
    @SuppressWarnings("unchecked")
    static @Nullable Object invoke(Serializable function, List<@Nullable Object> arguments) throws Exception {
        return switch (arguments.size()) {
            case 0 -> ((RemoteCallable<?>) function).call();
            case 1 -> ((RemoteFunction<@Nullable Object, ?>) function).apply(arguments.get(0));
            case 2 -> ((RemoteBiFunction<@Nullable Object, @Nullable Object, ?>) function).apply(arguments.get(0),
                    arguments.get(1));
            case 3 -> ((RemoteTriFunction<@Nullable Object, @Nullable Object, @Nullable Object, ?>) function)
                    .apply(arguments.get(0), arguments.get(1), arguments.get(2));
            default -> throw new AssertionError("arguments=" + arguments.size());
        };
    }

    /** One that lacks nothing. */
    record ToCallable(Serializable function, List<@Nullable Object> arguments)
            implements
                Bound,
                RemoteCallable<@Nullable Object> {
        @Override
        public @Nullable Object call() throws Exception {
            return invoke(function, arguments);
        }
    }

    /** One that lacks its last argument. */
    record ToFunction(Serializable function, List<@Nullable Object> arguments)
            implements
                Bound,
                RemoteFunction<@Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object apply(@Nullable Object last) throws Exception {
            return invoke(function, joined(this, last));
        }
    }

    /** One that lacks its last two arguments. */
    record ToBiFunction(Serializable function, List<@Nullable Object> arguments)
            implements
                Bound,
                RemoteBiFunction<@Nullable Object, @Nullable Object, @Nullable Object> {
        @Override
        public @Nullable Object apply(@Nullable Object first, @Nullable Object second) throws Exception {
            return invoke(function, joined(this, first, second));
        }
    }
}
