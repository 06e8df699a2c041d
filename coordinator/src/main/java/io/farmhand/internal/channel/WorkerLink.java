package io.farmhand.internal.channel;

import java.nio.ByteBuffer;

/** What the dispatcher can say to one worker. Nothing here waits: what the transport cannot take yet is queued. */
public interface WorkerLink {
    /** Gives the worker a job's function, once, before the job's first chunk. */
    void function(long job, ByteBuffer function);

    /** Gives the worker items to run. */
    void chunk(long job, long attempt, long firstIndex, int count, ByteBuffer items);

    /** A job needs no more of the worker. */
    void jobEnd(long job);

    /** The worker is to finish what it holds and leave. */
    void stop();

    /** Cuts the worker off, with a reason for its log. */
    void cutOff(String reason);
}
