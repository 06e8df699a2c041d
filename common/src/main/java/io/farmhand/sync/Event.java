package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;
import java.time.Duration;

/** A flag that processes can wait for, as Python's {@code multiprocessing.Event}. */
public interface Event extends Handle {
    /** Makes an event that is not set. */
    static Event create() {
        return SyncObjects.event();
    }

    /** Whether it is set. */
    boolean isSet();

    /** Sets it and wakes all who wait for it. */
    void set();

    /** Makes those who come wait again. */
    void clear();

    /**
     * Waits until it is set. Who waits when it is set is woken even if it is cleared at once.
     *
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when it was closed, before or while waiting
     */
    void await() throws InterruptedException;

    /**
     * Waits until it is set, but not for ever.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @return whether it was set
     * @throws InterruptedException when the thread is interrupted before or while it waits
     * @throws HandleClosedException when it was closed, before or while waiting
     */
    boolean await(Duration timeout) throws InterruptedException;
}
