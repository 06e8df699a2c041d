package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A first-in, first-out queue between processes, as Python's {@code multiprocessing.Queue}, and a
 * {@link BlockingQueue}: any number of producers and consumers, in any processes of this host.
 *
 * <p>An item is serialized on the thread that puts it, where it fails if it cannot be, and it is in the queue when
 * {@code put} returns: no thread feeds it later, so that a producer may end, or be joined, with its items unread. An item
 * that was taken is the consumer's: if that is killed, it is gone. A process that is killed while it puts or takes leaves
 * no half item. An item that cannot be read where it is taken, since its class is missing there, is gone, too: taking it
 * throws an {@link java.io.UncheckedIOException}, and the next one comes after it. So does a put for which there is no room
 * in shared memory; the queue stays as it was.
 *
 * <p>Items leave it at its head only: {@code remove(Object)} and its kin are not supported. Looks at all items, such as
 * {@code iterator} and {@code contains}, copy and read them all.
 *
 * <p>Python's {@code Full} is a false {@code offer} or the {@link IllegalStateException} of {@code add}, its {@code Empty} a
 * null from {@code poll} or the {@link java.util.NoSuchElementException} of {@code remove}. There are no null items; where
 * Python sends {@code None} to say that no more will come, send a value of your own that means it.
 *
 * @param <T> the items, which must be serializable
 */
public interface Queue<T> extends BlockingQueue<T>, Handle {
    /** Makes a queue with no bound but memory. */
    static <T> Queue<T> create() {
        return create(Integer.MAX_VALUE);
    }

    /**
     * Makes a bounded queue.
     *
     * @param capacity how many items it holds at most, at least 1
     */
    static <T> Queue<T> create(int capacity) {
        return SyncObjects.queue(capacity);
    }

    /**
     * Puts an item in unless that takes longer.
     *
     * @param item the item
     * @param timeout how long to wait for room at most; zero or less does not wait
     * @return whether it was put in
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when the queue was closed, before or while waiting
     * @throws IllegalArgumentException if the item cannot be serialized; the message names the path to the culprit
     */
    boolean offer(T item, Duration timeout) throws InterruptedException;

    /**
     * Takes the first item unless that takes longer.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @return the item, or null when none came in time
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when the queue was closed, before or while waiting
     */
    @Nullable
    T poll(Duration timeout) throws InterruptedException;
}
