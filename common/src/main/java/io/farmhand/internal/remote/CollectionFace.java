package io.farmhand.internal.remote;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A collection that lives elsewhere: what goes through all its elements does so over a copy.
 *
 * @param <E> the elements
 */
@AtCaller
public interface CollectionFace<E extends @Nullable Object> extends Collection<E> {
    /** A copy of what it holds. */
    List<E> snapshot();

    /** {@link #removeIf} where it lives. */
    boolean removeThere(Predicate<? super E> filter);

    @Override
    default boolean removeIf(Predicate<? super E> filter) {
        return removeThere(Travelling.checked(filter));
    }

    @Override
    default Iterator<E> iterator() {
        return Collections.unmodifiableList(snapshot()).iterator();
    }

    @Override
    default Spliterator<E> spliterator() {
        return Collections.unmodifiableList(snapshot()).spliterator();
    }

    @Override
    default Stream<E> stream() {
        return snapshot().stream();
    }

    @Override
    default Stream<E> parallelStream() {
        return snapshot().parallelStream();
    }

    @Override
    default void forEach(Consumer<? super E> action) {
        snapshot().forEach(action);
    }

    @Override
    default Object[] toArray() {
        return snapshot().toArray();
    }

    @Override
    @SuppressWarnings("SuspiciousToArrayCall") // as the list's own
    default <T extends @Nullable Object> T[] toArray(T[] array) {
        return snapshot().toArray(array);
    }

    @Override
    @SuppressWarnings("SuspiciousToArrayCall") // as the list's own
    default <T extends @Nullable Object> T[] toArray(IntFunction<T[]> generator) {
        return snapshot().toArray(generator);
    }
}
