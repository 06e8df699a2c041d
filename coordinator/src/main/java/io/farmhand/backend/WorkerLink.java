package io.farmhand.backend;

import java.nio.ByteBuffer;

/**
 * What the dispatcher can say to one worker, in order. Nothing here waits: what is said goes with the next
 * {@link #flush}, and what the transport cannot take then is queued.
 */
public interface WorkerLink {
    /**
     * Gives the worker a job's function, once, before the job's first chunk.
     *
     * @param seed what the random numbers of the job's items are seeded by
     */
    void function(long job, long seed, ByteBuffer function);

    /** As {@link #function(long, long, ByteBuffer)}, of a function that the worker has as a blob. */
    void function(long job, long seed, String sha256);

    /** Gives the worker a blob that it has not asked for, before the functions that name it. */
    void blob(String sha256, ByteBuffer bytes);

    /** A blob is needed no more. */
    void release(String sha256);

    /**
     * Gives the worker items to run.
     *
     * @param nth which attempt at these items it is, from 1
     */
    void chunk(long job, long attempt, long firstIndex, int count, int nth, ByteBuffer items);

    /**
     * Asks for the items of an attempt that have not begun.
     *
     * @param interrupt whether the one that runs is to be told to stop
     */
    void recall(long attempt, boolean interrupt);

    /** A job needs no more of the worker; what runs of it is told to stop. */
    void jobEnd(long job);

    /** Asks what the worker's threads are at. */
    void dump();

    /** The worker is to finish what it holds and leave. */
    void stop();

    /** Sends what was said since the last time. */
    void flush();

    /** Cuts the worker off, with a reason for its log, at once. */
    void cutOff(String reason);
}
