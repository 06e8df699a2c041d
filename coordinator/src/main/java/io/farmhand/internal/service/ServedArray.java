package io.farmhand.internal.service;

import io.farmhand.managed.ManagedArray;
import io.farmhand.managed.TravellingOperator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array in the memory of a server. Its monitor guards it, also while a user's function changes an element.
 *
 * @param <E> the elements
 */
final class ServedArray<E extends @Nullable Object> implements ManagedArray<E> {
    private final List<E> elements;

    ServedArray(List<? extends E> elements) {
        this.elements = new ArrayList<>(elements);
    }

    @Override
    public int length() {
        return elements.size();
    }

    @Override
    public synchronized E get(int index) {
        return elements.get(index);
    }

    @Override
    public synchronized void set(int index, E element) {
        elements.set(index, element);
    }

    @Override
    public synchronized E updateAndGet(int index, TravellingOperator<E> operator) {
        E next = operator.apply(elements.get(index));
        elements.set(index, next);
        return next;
    }

    @Override
    public synchronized List<E> copy() {
        return new ArrayList<>(elements);
    }

    @Override
    public synchronized String toString() {
        return "Array" + elements;
    }
}
