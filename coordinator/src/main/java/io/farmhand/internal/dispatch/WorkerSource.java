package io.farmhand.internal.dispatch;

import io.farmhand.internal.shm.ProgressFile.Begun;
import io.farmhand.internal.wire.WorkerKey;

/** Where the dispatcher has its workers from. No method waits; each launch is answered by exactly one exit. */
public interface WorkerSource {
    /** Starts a worker that may join with this key. */
    void launch(WorkerKey key);

    /** A worker has said goodbye: nothing holds it any more. */
    void release(WorkerKey key);

    /** Ends a worker at once, whatever it is at. */
    void kill(WorkerKey key);

    /** What a worker is at now; {@link Begun#UNKNOWN} where that cannot be told. */
    Begun begun(WorkerKey key);

    /** What a worker's tasks have counted in all. */
    long units(WorkerKey key);
}
