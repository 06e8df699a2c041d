package io.farmhand.backend;

import java.io.IOException;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What provides the workers of one pool. Its methods are called by the pool's dispatcher, one at a time, and none of them
 * waits, but for {@link #close}.
 */
public interface BackendSession extends AutoCloseable {
    /** How many workers there may be at first; {@link BackendSink#capacity} tells of changes. */
    default int capacity() {
        return Integer.MAX_VALUE;
    }

    /**
     * Lets workers join from now on; called once, after the first launches, which boot meanwhile.
     *
     * @return where the dispatcher is to take its turns: of one thread, which ends no sooner than this session
     * @throws IOException when they have no way to join
     */
    ScheduledExecutorService start() throws IOException;

    /** Starts a worker. It joins, or exits; each launch is answered by exactly one exit in the end. */
    void launch(WorkerId worker);

    /** A worker has said goodbye: nothing holds it any more. */
    void release(WorkerId worker);

    /** Ends a worker at once, whatever it is at. */
    void kill(WorkerId worker);

    /** Asks what a worker is at; answered by {@link BackendSink#looked}, once, unless the worker ends before. */
    void look(WorkerId worker);

    /** What a worker's tasks have counted in all, as far as it is known here. */
    long units(WorkerId worker);

    /**
     * How many workers the pool has work for has changed.
     *
     * @param workers 0 when there is none: they may be lent to others
     */
    default void demand(int workers) {}

    /**
     * What the pool is at, for people who look at the backend; told often.
     *
     * @param jobs that are not over
     * @param itemsDone since the pool was opened
     */
    default void account(int jobs, long itemsDone) {}

    /** Kills all workers, now, and starts none any more. */
    void killAll();

    /** This JVM ends: removes, without waiting, what would outlive it. */
    void sweep();

    /** Ends it, after the pool's last worker has gone or when that is not to be waited for. */
    @Override
    void close();
}
