package io.farmhand.managed;

import java.io.Serializable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Predicate} that can be sent to where an object lives: a lambda or a method reference will do.
 *
 * @param <T> what it is asked of
 */
@FunctionalInterface
public interface TravellingPredicate<T extends @Nullable Object> extends Predicate<T>, Serializable {}
