package io.farmhand.internal.channel;

import io.farmhand.internal.wire.WorkerKey;
import java.nio.ByteBuffer;

/** Who hears of workers' connections; called on gRPC threads, so it only enqueues. */
public interface WorkerListener {
    /** A worker has joined and said Hello; it is not ready yet. */
    void workerJoined(WorkerKey worker, long pid, WorkerLink link);

    /**
     * A worker has carried out its set-up.
     *
     * @param failure an encoded failure if that failed, else without bytes
     */
    void workerReady(WorkerKey worker, ByteBuffer failure);

    /** Outcomes of the next items of an attempt have come. */
    void answered(WorkerKey worker, Answer answer);

    /** A worker runs only so many items of an attempt that was recalled: those that it had begun. */
    void returned(WorkerKey worker, long attempt, int kept);

    /** What a worker's threads are at, as text. */
    void dumped(WorkerKey worker, String stacks);

    /**
     * A worker gives a sign of life.
     *
     * @param rssBytes its resident memory, 0 where the system does not tell
     * @param heapBytes its heap in use
     */
    void heartbeat(WorkerKey worker, long rssBytes, long heapBytes);

    /** Somebody else has told a worker to end: it wants to give back what has not begun. */
    void leaving(WorkerKey worker);

    /** The connection is gone; nothing more comes of this worker. */
    void linkClosed(WorkerKey worker, String reason);
}
