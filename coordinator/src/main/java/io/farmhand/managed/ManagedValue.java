package io.farmhand.managed;

import org.jspecify.annotations.Nullable;

/**
 * One value that a manager keeps, as Python's {@code Manager.Value}. Unlike Python's it has atomic changes.
 *
 * @param <T> the value, which must be serializable
 */
public interface ManagedValue<T extends @Nullable Object> {
    /** A copy of the value. */
    T get();

    /** Sets the value. */
    void set(T value);

    /** Sets the value and gives the one before. */
    T getAndSet(T value);

    /** Sets the value if it equals another one; whether it did. */
    boolean compareAndSet(T expected, T value);

    /** Changes the value where it lives, and gives the new one. */
    T updateAndGet(TravellingOperator<T> operator);
}
