package io.farmhand.internal.service;

import io.farmhand.managed.TravellingComparator;
import io.farmhand.managed.TravellingOperator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A list in the memory of a server. Its monitor guards it, also while a user's function runs that changes it: that is what
 * makes it atomic.
 *
 * @param <E> the elements
 */
final class ServedList<E extends @Nullable Object> implements ListFace<E> {
    private final List<E> elements = new ArrayList<>();

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
