package io.farmhand.internal.dispatch;

/**
 * What the dispatcher knows of one worker process.
 *
 * @param number its number
 * @param pid its process, 0 while it has not joined
 * @param state what it is at
 * @param tasksDone how many items it has answered
 * @param rssBytes its resident memory when it last told, 0 while unknown
 * @param heapBytes its heap in use when it last told, 0 while unknown
 * @param units what its tasks have counted
 */
public record WorkerStatus(int number, long pid, State state, long tasksDone, long rssBytes, long heapBytes,
        long units) {
    /** What a worker is at. */
    public enum State {
        /** Its JVM starts. */
        STARTING,
        /** It runs the initializer. */
        INITIALIZING,
        /** It waits for the worker that it is to replace. */
        STANDBY,
        /** It waits for work. */
        IDLE,
        /** It runs an item, or is about to. */
        BUSY,
        /** It finishes what it has begun, and leaves. */
        LEAVING,
        /** It is being killed, or is gone. */
        DYING
    }
}
