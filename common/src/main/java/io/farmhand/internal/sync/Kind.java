package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.serial.HostBoundException;

/** What can stand in a place. */
enum Kind {
    /** See {@link SharedLock}. */
    LOCK(1, "a Lock", "lock()"),
    /** See {@link SharedRLock}. */
    RLOCK(2, "an RLock", "rlock()"),
    /** See {@link SharedSemaphore}. */
    SEMAPHORE(3, "a Semaphore", "semaphore(permits)"),
    /** See {@link SharedBoundedSemaphore}. */
    BOUNDED_SEMAPHORE(4, "a BoundedSemaphore", "boundedSemaphore(permits)"),
    /** See {@link SharedCondition}. */
    CONDITION(5, "a Condition", "condition()"),
    /** See {@link SharedEvent}. */
    EVENT(6, "an Event", "event()"),
    /** See {@link SharedBarrier}. */
    BARRIER(7, "a Barrier", "barrier(parties)"),
    /** See {@link SharedQueue}. */
    QUEUE(21, "a Queue", "queue()"),
    /** See {@link SharedJoinableQueue}. */
    JOINABLE_QUEUE(22, "a JoinableQueue", "joinableQueue()"),
    /** See {@link SharedSimpleQueue}. */
    SIMPLE_QUEUE(23, "a SimpleQueue", "queue()"),
    /** See {@link SharedPipe}. */
    PIPE(24, "an end of a Pipe", "queue(), one for each way");

    private final int code;
    private final String what;
    private final String managed;

    /**
     * A kind of thing.
     *
     * @param what it is, for people
     * @param managed the method of a manager that makes one for processes of all hosts
     */
    Kind(int code, String what, String managed) {
        this.code = code;
        this.what = what;
        this.managed = managed;
    }

    /**
     * Refuses to send a handle of this kind to where it would be of no use; to be called when it is written.
     *
     * @throws HostBoundException in that case
     */
    void checkMaySetOut(Object handle) {
        HostBoundException.check(handle, what, "Use Manager.start()." + managed
                + " instead: what a manager keeps can be used from any host.");
    }

    /** What stands in the header of a place of this kind. */
    int code() {
        return code;
    }

    /** The thing of this kind that stands in a place. */
    SharedThing in(Place place) {
        return switch (this) {
            case LOCK -> new SharedLock(place);
            case RLOCK -> new SharedRLock(place);
            case SEMAPHORE -> new SharedSemaphore(place);
            case BOUNDED_SEMAPHORE -> new SharedBoundedSemaphore(place);
            case CONDITION -> throw new IllegalStateException("a condition stands on its lock");
            case EVENT -> new SharedEvent(place);
            case BARRIER -> new SharedBarrier(place);
            case QUEUE -> new SharedQueue<>(place);
            case JOINABLE_QUEUE -> new SharedJoinableQueue<>(place);
            case SIMPLE_QUEUE -> new SharedSimpleQueue<>(place);
            case PIPE -> new SharedPipe(place);
        };
    }
}
