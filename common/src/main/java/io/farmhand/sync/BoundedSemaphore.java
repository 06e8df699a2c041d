package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;

/**
 * A semaphore that never has more permits than it had at first, as Python's {@code multiprocessing.BoundedSemaphore}: to
 * release one more is an {@link IllegalStateException}.
 */
public interface BoundedSemaphore extends Semaphore {
    /** Makes a bounded semaphore with one permit. */
    static BoundedSemaphore create() {
        return create(1);
    }

    /**
     * Makes a bounded semaphore.
     *
     * @param permits how many permits there are at first, and at most; at least 0
     * @throws IllegalArgumentException if that is less
     */
    static BoundedSemaphore create(int permits) {
        return SyncObjects.boundedSemaphore(permits);
    }
}
