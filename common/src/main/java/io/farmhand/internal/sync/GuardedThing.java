package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.WordLock;
import io.farmhand.internal.shm.WordLock.Acquired;

/**
 * A thing whose state is more than one word, guarded by a lock of its own.
 *
 * <p><b>Concurrency.</b> The guard is held for some loads and stores; nobody waits or rings a bell while holding it.
 *
 * <p><b>Failure.</b> A process may be killed between any two stores. Then the next one to take the guard repairs the state
 * first, and the home sweeps the dead process out of it.
 */
abstract class GuardedThing extends SharedThing {
    private static final long serialVersionUID = 1L;

    /** Where the thing's own state begins. */
    static final long STATE_OFFSET = Place.HEADER_BYTES + WordLock.SIZE_BYTES;

    private final transient WordLock guard;

    GuardedThing(Kind kind, Place place) {
        super(kind, place);
        this.guard = place.lock(Place.HEADER_BYTES);
    }

    /** Takes the guard. */
    final void enter() {
        if (guard.acquire() == Acquired.FROM_THE_DEAD) {
            repair();
        }
    }

    /** Gives the guard back. */
    final void leave() {
        boolean _ = guard.release();
    }

    /** Makes good what one left half done that was killed while it held the guard, which is held now. */
    abstract void repair();

    /** The slot's process holds the guard no more. */
    final void freeGuard(int slot) {
        guard.release(slot);
    }

    @Override
    public void wakeAll() {
        guard.wakeAll();
    }
}
