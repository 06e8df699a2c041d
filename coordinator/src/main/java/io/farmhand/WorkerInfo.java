package io.farmhand;

import io.farmhand.internal.dispatch.WorkerStatus;

/**
 * What a worker of a pool is at.
 *
 * @param number its number, from 0; a worker that replaces another has its number
 * @param pid its process; 0 while it is {@link State#STARTING}, for it tells its pid when it joins
 * @param state what it is at
 * @param tasksDone how many items it has answered
 * @param rssBytes its resident memory in bytes when it last told, 0 while unknown
 * @param heapBytes its heap in use in bytes when it last told, 0 while unknown
 * @param progress what its tasks have counted with {@code TaskContext.progress}
 */
public record WorkerInfo(int number, long pid, State state, long tasksDone, long rssBytes, long heapBytes,
        long progress) {
    /** What a worker is at. */
    public enum State {
        /** Its JVM starts, or waits for others to start first; its pid is not known yet. */
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

    static WorkerInfo of(WorkerStatus status) {
        return new WorkerInfo(status.number(), status.pid(), state(status.state()), status.tasksDone(),
                status.rssBytes(), status.heapBytes(), status.units());
    }

    private static State state(WorkerStatus.State state) {
        return switch (state) {
            case STARTING -> State.STARTING;
            case INITIALIZING -> State.INITIALIZING;
            case STANDBY -> State.STANDBY;
            case IDLE -> State.IDLE;
            case BUSY -> State.BUSY;
            case LEAVING -> State.LEAVING;
            case DYING -> State.DYING;
        };
    }
}
