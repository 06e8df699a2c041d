package io.farmhand.internal.sync;

import io.farmhand.internal.remote.AtCaller;
import io.farmhand.internal.remote.CollectionFace;
import io.farmhand.sync.Queue;
import java.util.Collection;
import java.util.Objects;

/**
 * A queue that a server keeps, as its users see it.
 *
 * @param <T> the items
 */
@AtCaller
public interface QueueFace<T> extends Queue<T>, CollectionFace<T> {
    @Override
    default int drainTo(Collection<? super T> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    default int drainTo(Collection<? super T> target, int maxElements) {
        if (isThis(Objects.requireNonNull(target, "target"))) {
            throw new IllegalArgumentException("a queue cannot be drained into itself");
        }
        int count = 0;
        for (T item; count < maxElements && (item = poll()) != null; count++) {
            target.add(item);
        }
        return count;
    }

    /** By identity, or that of what a proxy stands for. */
    @SuppressWarnings("UndefinedEquals")
    private boolean isThis(Collection<?> other) {
        return other instanceof QueueFace<?> && other.equals(this);
    }
}
