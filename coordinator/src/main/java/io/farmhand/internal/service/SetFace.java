package io.farmhand.internal.service;

import io.farmhand.internal.remote.AtCaller;
import io.farmhand.internal.remote.ByContent;
import io.farmhand.internal.remote.CollectionFace;
import io.farmhand.managed.ManagedSet;
import io.farmhand.managed.TravellingPredicate;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A set that a server keeps, as its users see it.
 *
 * @param <E> the elements
 */
@AtCaller
public interface SetFace<E extends @Nullable Object> extends CollectionFace<E>, ManagedSet<E>, ByContent {
    @Override
    default boolean removeIf(TravellingPredicate<? super E> filter) {
        return removeThere(filter);
    }

    @Override
    default boolean removeIf(Predicate<? super E> filter) {
        return CollectionFace.super.removeIf(filter);
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
    default boolean contentEquals(@Nullable Object other) {
        return copy().equals(other);
    }

    @Override
    default int contentHash() {
        return copy().hashCode();
    }
}
