package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A condition between processes, as Python's {@code multiprocessing.Condition}: threads that hold its lock wait for
 * others to say that something has changed.
 *
 * <p>Python's {@code notify(n)} is {@link #signal(int)} here, {@code notify_all} {@link #signalAll()} and {@code wait_for}
 * {@link #waitFor(BooleanSupplier, Duration)}: {@code notify} and {@code wait} of {@link Object} mean something else.
 * Those that wait longest are woken first, and never for nothing. A process that is killed while it waits is no longer
 * counted; one that is killed after it was woken, before it held the lock again, passes the signal on. When it is closed
 * those who wait get a {@link HandleClosedException}, with the lock held again, unless that is closed, too.
 *
 * <p>At most 1,024 threads wait for one condition; one more gets an {@link IllegalStateException}.
 */
public interface Condition extends java.util.concurrent.locks.Condition, Handle {
    /** Makes a condition with an {@link RLock} of its own, as Python does; that is closed with it. */
    static Condition create() {
        return SyncObjects.condition();
    }

    /**
     * Makes a condition of a lock.
     *
     * @param lock the lock that is held while waiting for and signalling it
     */
    static Condition create(Lock lock) {
        return lock.newCondition();
    }

    /** The lock this condition belongs to. */
    Lock lock();

    /**
     * Waits for a signal.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @return false if the time ran out
     * @throws InterruptedException when the thread is interrupted before or while it waits; the lock is held again then
     * @throws IllegalMonitorStateException if the lock is not held
     */
    boolean await(Duration timeout) throws InterruptedException;

    /**
     * Waits until something is true, which is looked at with the lock held: at once, and after each signal.
     *
     * @param predicate what must be true
     * @throws InterruptedException when the thread is interrupted before or while it waits; the lock is held again then
     * @throws IllegalMonitorStateException if the lock is not held
     */
    void waitFor(BooleanSupplier predicate) throws InterruptedException;

    /**
     * Waits until something is true, but not for ever.
     *
     * @param predicate what must be true
     * @param timeout how long to wait at most; zero or less does not wait
     * @return what the predicate said last
     * @throws InterruptedException when the thread is interrupted before or while it waits; the lock is held again then
     * @throws IllegalMonitorStateException if the lock is not held
     */
    boolean waitFor(BooleanSupplier predicate, Duration timeout) throws InterruptedException;

    /**
     * Wakes that many of the waiting threads, those first that wait longest; all of them if fewer wait.
     *
     * @param count how many, at least 0
     * @throws IllegalMonitorStateException if the lock is not held
     */
    void signal(int count);

    @Override
    default void signal() {
        signal(1);
    }

    @Override
    default void signalAll() {
        signal(Integer.MAX_VALUE);
    }
}
