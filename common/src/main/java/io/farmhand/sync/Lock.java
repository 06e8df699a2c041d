package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A lock between processes, as Python's {@code multiprocessing.Lock}: one thread of one process holds it at a time, it is
 * not reentrant, and it may be released by another thread or process than the one that acquired it.
 *
 * <p>When the process that holds it ends, the next one to ask gets it, and learns so by
 * {@link #lockReportingDeath()}; {@link #lock()} logs a warning then. A thread that ends without unlocking, in a process
 * that lives on, keeps it locked, as in Python.
 *
 * <p>It is not fair: who comes at the right moment goes first. Platform and virtual threads may use it alike.
 */
public interface Lock extends java.util.concurrent.locks.Lock, Handle {
    /** Makes a lock that is free. */
    static Lock create() {
        return SyncObjects.lock();
    }

    /**
     * Acquires this lock, however long that takes; an interrupt is kept for later.
     *
     * @throws HandleClosedException when it was closed, before or while waiting
     */
    @Override
    void lock();

    /**
     * Acquires this lock as {@link #lock()} does, and tells when its last holder's process ended while it held the lock.
     *
     * @throws OwnerDiedException in that case. <b>This lock is held then</b>: mend what it protects, and unlock it.
     * @throws HandleClosedException when it was closed, before or while waiting
     */
    void lockReportingDeath() throws OwnerDiedException;

    /**
     * Acquires this lock unless that takes longer.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @return whether it was acquired
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when it was closed, before or while waiting
     */
    boolean tryLock(Duration timeout) throws InterruptedException;

    @Override
    default boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        return tryLock(Duration.ofNanos(unit.toNanos(time))); // which saturates
    }

    /**
     * Releases this lock.
     *
     * @throws IllegalMonitorStateException if it is not locked, or if it is an {@link RLock} that another thread holds
     */
    @Override
    void unlock();

    /** Whether some thread of some process holds it at this moment. */
    boolean isLocked();

    /** Makes a condition of this lock. */
    @Override
    Condition newCondition();
}
