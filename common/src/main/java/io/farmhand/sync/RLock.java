package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;

/**
 * A lock between processes which its holder may acquire again, as Python's {@code multiprocessing.RLock}: it is free once
 * it was unlocked as often as it was locked. Only the thread that holds it can unlock it.
 */
public interface RLock extends Lock {
    /** Makes a reentrant lock that is free. */
    static RLock create() {
        return SyncObjects.rlock();
    }

    /** Whether the calling thread holds it. */
    boolean isHeldByCurrentThread();

    /** How often the calling thread holds it; 0 if it does not. */
    int getHoldCount();
}
