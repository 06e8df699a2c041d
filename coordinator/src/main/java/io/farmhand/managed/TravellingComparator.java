package io.farmhand.managed;

import java.io.Serializable;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Comparator} that can be sent to where an object lives: a lambda or a method reference will do.
 *
 * @param <T> what it compares
 */
@FunctionalInterface
public interface TravellingComparator<T extends @Nullable Object> extends Comparator<T>, Serializable {}
