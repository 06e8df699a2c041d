package io.farmhand.internal.service;

import io.farmhand.managed.ManagedValue;
import io.farmhand.managed.TravellingOperator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value in the memory of a server. Its monitor guards it, also while a user's function changes it.
 *
 * @param <T> the value
 */
final class ServedValue<T extends @Nullable Object> implements ManagedValue<T> {
    private T value;

    ServedValue(T value) {
        this.value = value;
    }

    @Override
    public synchronized T get() {
        return value;
    }

    @Override
    public synchronized void set(T next) {
        value = next;
    }

    @Override
    public synchronized T getAndSet(T next) {
        T before = value;
        value = next;
        return before;
    }

    @Override
    public synchronized boolean compareAndSet(T expected, T next) {
        boolean equal = Objects.equals(value, expected);
        if (equal) {
            value = next;
        }
        return equal;
    }

    @Override
    public synchronized T updateAndGet(TravellingOperator<T> operator) {
        value = operator.apply(value);
        return value;
    }

    @Override
    public synchronized String toString() {
        return "Value[" + value + "]";
    }
}
