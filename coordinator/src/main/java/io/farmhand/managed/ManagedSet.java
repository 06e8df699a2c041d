package io.farmhand.managed;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A set that a manager keeps. Each method is atomic; iterators and streams are of an unmodifiable copy.
 *
 * @param <E> the elements; they need {@code equals} and {@code hashCode}, and must be serializable
 */
public interface ManagedSet<E extends @Nullable Object> extends Set<E> {
    /** All elements, copied at one moment. */
    Set<E> copy();

    /** {@link Set#removeIf}, where the set lives. */
    boolean removeIf(TravellingPredicate<? super E> filter);
}
