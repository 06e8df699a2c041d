package io.farmhand.internal.service;

import io.farmhand.internal.remote.AtCaller;
import io.farmhand.internal.remote.ByContent;
import io.farmhand.internal.remote.CollectionFace;
import io.farmhand.internal.remote.Travelling;
import io.farmhand.managed.ManagedList;
import io.farmhand.managed.TravellingComparator;
import io.farmhand.managed.TravellingOperator;
import io.farmhand.managed.TravellingPredicate;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.Spliterator;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A list that a server keeps, as its users see it.
 *
 * @param <E> the elements
 */
@AtCaller
public interface ListFace<E extends @Nullable Object> extends CollectionFace<E>, ManagedList<E>, ByContent {
    @Override
    default List<E> copy() {
        return snapshot();
    }

    @Override
    default boolean removeIf(TravellingPredicate<? super E> filter) {
        return removeThere(filter);
    }

    @Override
    default boolean removeIf(Predicate<? super E> filter) {
        return CollectionFace.super.removeIf(filter);
    }

    @Override
    default void replaceAll(UnaryOperator<E> operator) {
        UnaryOperator<E> checked = Travelling.checked(operator);
        TravellingOperator<E> travelling = checked::apply;
        replaceAll(travelling);
    }

    @Override
    default void sort(@Nullable Comparator<? super E> comparator) {
        if (comparator == null) {
            sort((TravellingComparator<? super E>) null);
            return;
        }
        Comparator<? super E> checked = Travelling.checked(comparator);
        TravellingComparator<E> travelling = checked::compare;
        sort(travelling);
    }

    @Override
    default Iterator<E> iterator() {
        return CollectionFace.super.iterator();
    }

    @Override
    default Object[] toArray() {
        return CollectionFace.super.toArray();
    }

    @Override
    default <T extends @Nullable Object> T[] toArray(T[] array) {
        return CollectionFace.super.toArray(array);
    }

    @Override
    default Spliterator<E> spliterator() {
        return CollectionFace.super.spliterator();
    }

    @Override
    default ListIterator<E> listIterator() {
        return Collections.unmodifiableList(snapshot()).listIterator();
    }

    @Override
    default ListIterator<E> listIterator(int index) {
        return Collections.unmodifiableList(snapshot()).listIterator(index);
    }

    @Override
    default List<E> subList(int from, int to) {
        return Collections.unmodifiableList(snapshot()).subList(from, to);
    }

    @Override
    default List<E> reversed() {
        return Collections.unmodifiableList(snapshot()).reversed();
    }

    @Override
    default boolean contentEquals(@Nullable Object other) {
        return snapshot().equals(other);
    }

    @Override
    default int contentHash() {
        return snapshot().hashCode();
    }
}
