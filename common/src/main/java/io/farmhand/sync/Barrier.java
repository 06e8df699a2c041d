package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;
import io.farmhand.task.RemoteRunnable;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import org.jspecify.annotations.Nullable;

/**
 * A place where a number of threads of any processes wait for each other, again and again, as Python's
 * {@code multiprocessing.Barrier}.
 *
 * <p>It breaks, and all who wait learn so, when a party waits too long, is interrupted, or aborts it, when the action
 * throws, and when a process is killed that waits here or has done so before. It stays broken until {@link #reset()}. A
 * process that ends in order between two rounds does not break it. Who comes while the action runs belongs to the next
 * round: if it gives up before that begins, that one is broken, and not the one whose action runs.
 */
public interface Barrier extends Handle {
    /**
     * Makes a barrier.
     *
     * @param parties how many threads are to wait for each other, at least 1
     */
    static Barrier create(int parties) {
        return create(parties, null, null);
    }

    /**
     * Makes a barrier.
     *
     * @param parties how many threads are to wait for each other, at least 1
     * @param action what one of the parties runs when all have come, before any goes on; or null. Each process runs a copy
     *        of its own, this one the original. What it throws is thrown to the party that ran it, a checked exception
     *        but {@link InterruptedException} as the cause of a {@link BrokenBarrierException}, and breaks the barrier
     * @param timeout how long {@link #await()} waits at most; or null for no limit
     * @throws IllegalArgumentException if there are no parties, or the action cannot be serialized
     */
    static Barrier create(int parties, @Nullable RemoteRunnable action, @Nullable Duration timeout) {
        return SyncObjects.barrier(parties, action, timeout);
    }

    /**
     * Waits until all parties have come.
     *
     * @return a number from 0 to parties - 1, another one for each party of the round
     * @throws BrokenBarrierException when the barrier is broken or breaks, or is reset, while this party waits; the time
     *         having run out is one reason
     * @throws InterruptedException when the thread is interrupted before or while it waits; that breaks the barrier
     * @throws HandleClosedException when it was closed, before or while waiting
     */
    int await() throws InterruptedException, BrokenBarrierException;

    /**
     * Waits until all parties have come, but not for ever.
     *
     * @param timeout how long to wait at most
     * @return a number from 0 to parties - 1, another one for each party of the round
     * @throws BrokenBarrierException when the barrier is broken or breaks, or is reset, while this party waits; the time
     *         having run out is one reason
     * @throws InterruptedException when the thread is interrupted before or while it waits; that breaks the barrier
     * @throws HandleClosedException when it was closed, before or while waiting
     */
    int await(Duration timeout) throws InterruptedException, BrokenBarrierException;

    /** Makes it whole and empty; those who wait get a {@link BrokenBarrierException}. */
    void reset();

    /** Breaks it. */
    void abort();

    /** How many parties are needed. */
    int parties();

    /** How many wait at this moment. */
    int waiting();

    /** Whether it is broken. */
    boolean isBroken();
}
