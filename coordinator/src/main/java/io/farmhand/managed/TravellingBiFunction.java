package io.farmhand.managed;

import java.io.Serializable;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A {@link BiFunction} that can be sent to where an object lives: a lambda or a method reference will do.
 *
 * @param <T> what it takes first
 * @param <U> what it takes second
 * @param <R> what it gives
 */
@FunctionalInterface
public interface TravellingBiFunction<T extends @Nullable Object, U extends @Nullable Object, R extends @Nullable Object>
        extends BiFunction<T, U, R>, Serializable {}
