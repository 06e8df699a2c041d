package io.farmhand.managed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number of values that a manager keeps, as Python's {@code Manager.Array}: it becomes neither longer nor shorter.
 *
 * @param <E> the elements, which must be serializable
 */
public interface ManagedArray<E extends @Nullable Object> {
    /** How many elements there are. */
    int length();

    /**
     * A copy of an element.
     *
     * @throws IndexOutOfBoundsException if there is no such
     */
    E get(int index);

    /**
     * Sets an element.
     *
     * @throws IndexOutOfBoundsException if there is no such
     */
    void set(int index, E element);

    /**
     * Changes an element where it lives, and gives the new one.
     *
     * @throws IndexOutOfBoundsException if there is no such
     */
    E updateAndGet(int index, TravellingOperator<E> operator);

    /** All elements, copied at one moment. */
    List<E> copy();
}
