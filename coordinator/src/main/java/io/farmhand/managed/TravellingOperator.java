package io.farmhand.managed;

import java.io.Serializable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link UnaryOperator} that can be sent to where an object lives: a lambda or a method reference will do.
 *
 * @param <T> what it takes and gives
 */
@FunctionalInterface
public interface TravellingOperator<T extends @Nullable Object> extends UnaryOperator<T>, Serializable {}
