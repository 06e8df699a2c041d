package io.farmhand.internal.service;

import io.farmhand.internal.remote.CollectionFace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A collection in the memory of a server. Its monitor guards it, also while a user's function runs that changes it: that is
 * what makes it atomic.
 *
 * @param <E> the elements
 * @param <C> what holds them
 */
abstract class ServedCollection<E extends @Nullable Object, C extends Collection<E>> implements CollectionFace<E> {
    /** Guarded by this. */
    final C elements;

    ServedCollection(C elements) {
        this.elements = elements;
    }

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
}
