package io.farmhand.internal.sync;

import io.farmhand.internal.home.LocalPlace;
import io.farmhand.internal.home.Occupant;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.BoundedSemaphore;
import io.farmhand.sync.Event;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.Lock;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import io.farmhand.sync.SimpleQueue;
import io.farmhand.task.RemoteRunnable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes things that are held in the memory of a server for its clients, for whom its threads act, see
 * {@link io.farmhand.internal.home.Caller}. Each of them, and each condition of its locks, is an {@link Occupant}: the
 * server tells it which clients end.
 */
public final class LocalThings {
    private LocalThings() {}

    /** A lock. */
    public static Lock lock() {
        return new SharedLock(new LocalPlace(SharedLock.SIZE_BYTES));
    }

    /** A reentrant lock. */
    public static RLock rlock() {
        return new SharedRLock(new LocalPlace(SharedRLock.SIZE_BYTES));
    }

    /** A semaphore with that many permits. */
    public static Semaphore semaphore(int permits) {
        return begun(new SharedSemaphore(new LocalPlace(SharedSemaphore.SIZE_BYTES)), permits);
    }

    /** A bounded semaphore with that many permits. */
    public static BoundedSemaphore boundedSemaphore(int permits) {
        return begun(new SharedBoundedSemaphore(new LocalPlace(SharedSemaphore.SIZE_BYTES)), permits);
    }

    private static <T extends SharedSemaphore> T begun(T semaphore, int permits) {
        SharedSemaphore.checkPermits(permits);
        semaphore.begin(permits);
        return semaphore;
    }

    /** An event that is not set. */
    public static Event event() {
        return new SharedEvent(new LocalPlace(SharedEvent.SIZE_BYTES));
    }

    /** A barrier, see {@link Barrier#create(int, RemoteRunnable, Duration)}. */
    public static Barrier barrier(int parties, @Nullable RemoteRunnable action, @Nullable Duration timeout) {
        byte[] encoded = SharedBarrier.encoded(parties, action);
        return SharedBarrier.make(new LocalPlace(SharedBarrier.sizeBytes(encoded)), parties, action, encoded, timeout);
    }

    /** A queue, which also is a joinable one. */
    public static <T> JoinableQueue<T> queue(int capacity) {
        return new LocalQueue<>(capacity);
    }

    /** A simple queue. */
    public static <T> SimpleQueue<T> simpleQueue() {
        return new LocalSimpleQueue<>();
    }
}
