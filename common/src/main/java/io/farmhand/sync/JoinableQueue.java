package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;
import java.time.Duration;

/**
 * A queue that can be waited for until all its items are done, as Python's {@code multiprocessing.JoinableQueue}. Items that
 * {@code clear} removes are done by that.
 *
 * @param <T> the items, which must be serializable
 */
public interface JoinableQueue<T> extends Queue<T> {
    /** Makes a queue with no bound but memory. */
    static <T> JoinableQueue<T> create() {
        return create(Integer.MAX_VALUE);
    }

    /**
     * Makes a bounded queue.
     *
     * @param capacity how many items it holds at most, at least 1
     */
    static <T> JoinableQueue<T> create(int capacity) {
        return SyncObjects.joinableQueue(capacity);
    }

    /**
     * Says that one item which was taken is done.
     *
     * @throws IllegalStateException if it was said more often than items were put in
     */
    void taskDone();

    /**
     * Waits until each item that was put in is done.
     *
     * @throws OwnerDiedException when consumers ended between taking an item and saying that it is done; those items are
     *         counted as done from then on, and the exception tells how many they were
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when the queue was closed, before or while waiting
     */
    void join() throws InterruptedException, OwnerDiedException;

    /**
     * Waits until each item that was put in is done, but not for ever.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @return whether all are done
     * @throws OwnerDiedException as {@link #join()}
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when the queue was closed, before or while waiting
     */
    boolean join(Duration timeout) throws InterruptedException, OwnerDiedException;
}
