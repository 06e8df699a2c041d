package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;

/**
 * The least that a queue can be, as Python's {@code multiprocessing.SimpleQueue}: {@link Queue} has its rules.
 *
 * @param <T> the items, which must be serializable
 */
public interface SimpleQueue<T> extends Handle {
    /** Makes a queue with no bound but memory. */
    static <T> SimpleQueue<T> create() {
        return SyncObjects.simpleQueue();
    }

    /**
     * Puts an item in; never waits.
     *
     * @throws HandleClosedException when the queue was closed
     * @throws IllegalArgumentException if the item cannot be serialized; the message names the path to the culprit
     */
    void put(T item);

    /**
     * Takes the first item, waiting for one however long that takes.
     *
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when the queue was closed, before or while waiting
     */
    T take() throws InterruptedException;

    /** Whether there is no item at this moment. */
    boolean isEmpty();
}
