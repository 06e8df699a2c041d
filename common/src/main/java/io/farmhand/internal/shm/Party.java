package io.farmhand.internal.shm;

/**
 * Who uses shared things, as those things see it: a process by its slot, a thread of it by its number, and how it waits.
 * Waiting ends with an exception when the thing is closed or the process that keeps it has ended.
 */
public interface Party {
    /** How many slots there are; they count from 1. */
    int MAX_SLOTS = 1024;

    /** The number of the calling thread's process among those that use the thing; at least 1. */
    int slot();

    /** The number of the calling thread in its process. */
    long thread();

    /**
     * Fails if the thing cannot be used any more.
     *
     * @throws io.farmhand.sync.HandleClosedException in that case
     */
    void check();

    /**
     * Sleeps until the bell is rung, the time runs out, or for nothing.
     *
     * @param bell a bell of the thing
     * @param seen its count, read before the caller looked at what it waits for
     * @param timeoutNanos how long to sleep at most; {@link Long#MAX_VALUE} for no limit
     * @throws InterruptedException when the thread is interrupted before or meanwhile
     * @throws io.farmhand.sync.HandleClosedException when the thing cannot be used any more
     */
    void await(Bell bell, int seen, long timeoutNanos) throws InterruptedException;

    /**
     * Sleeps as {@link #await} does; an interrupt is kept for later.
     *
     * @param bell a bell of the thing
     * @param seen its count, read before the caller looked at what it waits for
     * @param timeoutNanos how long to sleep at most; {@link Long#MAX_VALUE} for no limit
     * @throws io.farmhand.sync.HandleClosedException when the thing cannot be used any more
     */
    void awaitUninterruptibly(Bell bell, int seen, long timeoutNanos);
}
