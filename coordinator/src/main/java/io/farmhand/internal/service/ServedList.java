package io.farmhand.internal.service;

import io.farmhand.managed.TravellingComparator;
import io.farmhand.managed.TravellingOperator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list in the memory of a server.
 *
 * @param <E> the elements
 */
final class ServedList<E extends @Nullable Object> extends ServedCollection<E, List<E>> implements ListFace<E> {
    ServedList() {
        super(new ArrayList<>());
    }

    @Override
    public synchronized E get(int index) {
        return elements.get(index);
    }

    @Override
    public synchronized E set(int index, E element) {
        return elements.set(index, element);
    }

    @Override
    public synchronized void add(int index, E element) {
        elements.add(index, element);
    }

    @Override
    public synchronized boolean addAll(int index, Collection<? extends E> all) {
        return elements.addAll(index, all);
    }

    @Override
    public synchronized E remove(int index) {
        return elements.remove(index);
    }

    @Override
    public synchronized int indexOf(@Nullable Object element) {
        return elements.indexOf(element);
    }

    @Override
    public synchronized int lastIndexOf(@Nullable Object element) {
        return elements.lastIndexOf(element);
    }

    @Override
    public synchronized void addFirst(E element) {
        elements.addFirst(element);
    }

    @Override
    public synchronized void addLast(E element) {
        elements.addLast(element);
    }

    @Override
    public synchronized E getFirst() {
        return elements.getFirst();
    }

    @Override
    public synchronized E getLast() {
        return elements.getLast();
    }

    @Override
    public synchronized E removeFirst() {
        return elements.removeFirst();
    }

    @Override
    public synchronized E removeLast() {
        return elements.removeLast();
    }

    @Override
    public synchronized void replaceAll(TravellingOperator<E> operator) {
        elements.replaceAll(operator);
    }

    @Override
    public synchronized void sort(@Nullable TravellingComparator<? super E> comparator) {
        elements.sort(comparator);
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
