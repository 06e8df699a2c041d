package io.farmhand.managed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list that a manager keeps, as Python's {@code Manager.list}. Each method is atomic.
 *
 * <p>Iterators, streams, sublists and the reversed list are of an unmodifiable copy; the functions that change the list
 * run where it lives, so they must be able to travel, as lambdas and method references can. An element that comes from the
 * list is a copy, except what a manager made: that comes back as itself.
 *
 * @param <E> the elements, which must be serializable
 */
public interface ManagedList<E extends @Nullable Object> extends List<E> {
    /** All elements, copied at one moment. */
    List<E> copy();

    /** {@link List#removeIf}, where the list lives. */
    boolean removeIf(TravellingPredicate<? super E> filter);

    /** {@link List#replaceAll}, where the list lives. */
    void replaceAll(TravellingOperator<E> operator);

    /** {@link List#sort}, where the list lives; null is the natural order. */
    void sort(@Nullable TravellingComparator<? super E> comparator);
}
