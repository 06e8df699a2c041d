package io.farmhand.internal.shm;

/**
 * A count that goes up when something has changed, and wakes those who wait for that: an event count. Who waits reads the
 * count first, then looks at what it waits for, and sleeps only if the count is still the same: no wake-up is lost between
 * the two.
 */
public interface Bell {
    /** The count at this moment. */
    int count();

    /** Counts up and wakes all who wait. */
    void ring();

    /** Counts up and wakes one of those who wait, at least. */
    void ringOne();

    /**
     * Sleeps while the count is as it was seen. It may also return for nothing.
     *
     * @param seen the count, read before the caller looked at what it waits for
     * @param timeoutNanos how long to sleep at most; {@link Long#MAX_VALUE} for no limit
     * @throws InterruptedException when the thread is interrupted before or meanwhile
     */
    void await(int seen, long timeoutNanos) throws InterruptedException;

    /**
     * Sleeps as {@link #await} does; an interrupt is kept for later.
     *
     * @param seen the count, read before the caller looked at what it waits for
     * @param timeoutNanos how long to sleep at most; {@link Long#MAX_VALUE} for no limit
     */
    void awaitUninterruptibly(int seen, long timeoutNanos);
}
