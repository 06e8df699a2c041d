package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;
import java.time.Duration;

/**
 * A number of permits that processes take and give back, as Python's {@code multiprocessing.Semaphore}.
 *
 * <p>Permits that a process holds when it ends return. Who releases more than its process holds gives back for another:
 * where one process only acquires and another only releases, the permits go back and forth and none is returned twice.
 */
public interface Semaphore extends Handle {
    /** Makes a semaphore with one permit. */
    static Semaphore create() {
        return create(1);
    }

    /**
     * Makes a semaphore.
     *
     * @param permits how many permits there are at first, at least 0
     * @throws IllegalArgumentException if that is less
     */
    static Semaphore create(int permits) {
        return SyncObjects.semaphore(permits);
    }

    /**
     * Takes a permit, waiting for one however long that takes.
     *
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when it was closed, before or while waiting
     */
    void acquire() throws InterruptedException;

    /** Takes a permit if there is one at this moment, and says whether it did. */
    boolean tryAcquire();

    /**
     * Takes a permit unless that takes longer.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @return whether it was taken
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when it was closed, before or while waiting
     */
    boolean tryAcquire(Duration timeout) throws InterruptedException;

    /** Gives a permit back. */
    default void release() {
        release(1);
    }

    /**
     * Gives permits back.
     *
     * @param permits how many, at least 1
     * @throws IllegalStateException if a {@link BoundedSemaphore} would then have more than it had at first, or if any would
     *         have more than {@link Integer#MAX_VALUE}; nothing is given back then
     */
    void release(int permits);

    /** How many permits could be taken at this moment. */
    int availablePermits();
}
