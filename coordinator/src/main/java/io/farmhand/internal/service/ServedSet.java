package io.farmhand.internal.service;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A set in the memory of a server. Its monitor guards it, also while a user's function runs that changes it: that is what
 * makes it atomic.
 *
 * @param <E> the elements
 */
final class ServedSet<E extends @Nullable Object> implements SetFace<E> {
    private final Set<E> elements = new LinkedHashSet<>();

    @Override
    public synchronized List<E> snapshot() {
        return new ArrayList<>(elements);
    }

    @Override
    public synchronized boolean removeThere(Predicate<? super E> filter) {
        return elements.removeIf(filter);
    }

    @Override
    public synchronized int size() {
        return elements.size();
    }

    @Override
    public synchronized boolean isEmpty() {
        return elements.isEmpty();
    }

    @Override
    public synchronized boolean contains(@Nullable Object element) {
        return elements.contains(element);
    }

    @Override
    public synchronized boolean containsAll(Collection<?> all) {
        return elements.containsAll(all);
    }

    @Override
    public synchronized boolean add(E element) {
        return elements.add(element);
    }

    @Override
    public synchronized boolean addAll(Collection<? extends E> all) {
        return elements.addAll(all);
    }

    @Override
    public synchronized boolean remove(@Nullable Object element) {
        return elements.remove(element);
    }

    @Override
    public synchronized boolean removeAll(Collection<?> all) {
        return elements.removeAll(all);
    }

    @Override
    public synchronized boolean retainAll(Collection<?> all) {
        return elements.retainAll(all);
    }

    @Override
    public synchronized void clear() {
        elements.clear();
    }

    @Override
    public synchronized String toString() {
        return elements.toString();
    }

    @Override
    public synchronized Set<E> copy() {
        return new LinkedHashSet<>(elements);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return contentEquals(other);
    }

    @Override
    public int hashCode() {
        return contentHash();
    }
}
