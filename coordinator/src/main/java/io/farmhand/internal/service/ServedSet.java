package io.farmhand.internal.service;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set in the memory of a server.
 *
 * @param <E> the elements
 */
final class ServedSet<E extends @Nullable Object> extends ServedCollection<E, Set<E>> implements SetFace<E> {
    ServedSet() {
        super(new LinkedHashSet<>());
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
