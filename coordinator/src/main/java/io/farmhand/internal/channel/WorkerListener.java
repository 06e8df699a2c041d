package io.farmhand.internal.channel;

import io.farmhand.internal.wire.WorkerKey;
import java.nio.ByteBuffer;

/** Who hears of workers' connections; called on gRPC threads, so it only enqueues. */
public interface WorkerListener {
    /** A worker has joined and said Hello. */
    void workerJoined(WorkerKey worker, WorkerLink link);

    /** Outcomes of the next items of an attempt have come, whole. */
    void resultsArrived(WorkerKey worker, long attempt, int count, boolean last, long runNanos, ByteBuffer items);

    /** The connection is gone; nothing more comes of this worker. */
    void linkClosed(WorkerKey worker, String reason);
}
