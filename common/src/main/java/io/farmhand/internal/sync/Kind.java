package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;

/** What can stand in a place. */
enum Kind {
    /** See {@link SharedLock}. */
    LOCK(1),
    /** See {@link SharedRLock}. */
    RLOCK(2),
    /** See {@link SharedSemaphore}. */
    SEMAPHORE(3),
    /** See {@link SharedBoundedSemaphore}. */
    BOUNDED_SEMAPHORE(4),
    /** See {@link SharedCondition}. */
    CONDITION(5),
    /** See {@link SharedEvent}. */
    EVENT(6),
    /** See {@link SharedBarrier}. */
    BARRIER(7),
    /** See {@link SharedQueue}. */
    QUEUE(21),
    /** See {@link SharedJoinableQueue}. */
    JOINABLE_QUEUE(22),
    /** See {@link SharedSimpleQueue}. */
    SIMPLE_QUEUE(23),
    /** See {@link SharedPipe}. */
    PIPE(24);

    private final int code;

    Kind(int code) {
        this.code = code;
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
