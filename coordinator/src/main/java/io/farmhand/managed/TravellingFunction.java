package io.farmhand.managed;

import java.io.Serializable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Function} that can be sent to where an object lives: a lambda or a method reference will do.
 *
 * @param <T> what it takes
 * @param <R> what it gives
 */
@FunctionalInterface
public interface TravellingFunction<T extends @Nullable Object, R extends @Nullable Object>
        extends Function<T, R>, Serializable {}
