package io.farmhand.backend;

import java.nio.ByteBuffer;

/** Who hears of a backend's workers. Any thread may call; nothing here waits or runs code of the user's. */
public interface BackendSink {
    /**
     * A worker has joined; it is not ready yet.
     *
     * @param pid its process, 0 where it has none of its own
     */
    void workerJoined(WorkerId worker, long pid, WorkerLink link);

    /**
     * A worker has carried out its set-up.
     *
     * @param failure an encoded failure if that failed, else without bytes
     */
    void workerReady(WorkerId worker, ByteBuffer failure);

    /** Outcomes of the next items of an attempt have come. */
    void answered(WorkerId worker, Answer answer);

    /** A worker runs only so many items of an attempt that was recalled: those that it had begun. */
    void returned(WorkerId worker, long attempt, int kept);

    /** What a worker's threads are at, as text. */
    void dumped(WorkerId worker, String stacks);

    /** What a worker is at, as was asked by {@link BackendSession#look}. */
    void looked(WorkerId worker, Begun begun);

    /**
     * A worker gives a sign of life.
     *
     * @param rssBytes its resident memory, 0 where that is not known
     * @param heapBytes its heap in use
     */
    void heartbeat(WorkerId worker, long rssBytes, long heapBytes);

    /** Somebody else has told a worker to end: it wants to give back what has not begun. */
    void leaving(WorkerId worker);

    /** The connection to a worker is gone; nothing more comes of it. */
    void linkClosed(WorkerId worker, String reason);

    /** A worker has ended, or could not be started. Exactly once for each launch. */
    void workerExited(WorkerId worker, WorkerExit exit);

    /** How many workers there may be from now on; whoever is too many finishes what it has begun. */
    void capacity(int workers);

    /**
     * No worker can be had any more: the pool is broken.
     *
     * @param reason a sentence, for people
     */
    void lost(String reason);
}
