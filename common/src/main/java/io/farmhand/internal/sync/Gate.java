package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.Bell;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.shm.Words;
import java.lang.foreign.MemorySegment;

/**
 * Where threads of any process wait for something to change: a bell, and a word that says that somebody may wait, so that
 * nobody asks the kernel to wake nobody.
 *
 * <p>Who waits reads the count, says that it wants, looks, and sleeps. Who changes something looks whether anyone wants,
 * takes the word back and rings. Where the bell rings for one, that one says again that somebody may want, for there may
 * be others. A process that dies may take a wake-up with it: its home rings for all then.
 */
final class Gate {
    /** How many bytes a gate takes. */
    static final long SIZE_BYTES = 8;

    private static final long WANTED_OFFSET = 4;

    private final MemorySegment memory;
    private final long offset;
    private final Bell bell;
    private final Party party;

    /**
     * Makes a gate of some memory, which is all zero when the gate is new.
     *
     * @param place whose memory
     * @param offset where the gate's 8 bytes are, aligned to 4
     * @param party who waits
     */
    Gate(Place place, long offset, Party party) {
        this.memory = place.memory();
        this.offset = offset;
        this.bell = place.bell(offset);
        this.party = party;
    }

    /** The bell's count, to be read before the caller looks at what it waits for. */
    int count() {
        return bell.count();
    }

    /** Somebody will wait, unless what is wanted is there. */
    void want() {
        Words.setInt(memory, offset + WANTED_OFFSET, 1);
    }

    /** Whether somebody may wait; that one is taken care of by the caller then, who rings. */
    boolean claim() {
        if (Words.getInt(memory, offset + WANTED_OFFSET) == 0) {
            return false;
        }
        Words.setInt(memory, offset + WANTED_OFFSET, 0);
        return true;
    }

    /** Sleeps until the bell rings, the time runs out, or for nothing; who gives up passes the wake-up on. */
    void await(int seen, long timeoutNanos) throws InterruptedException {
        try {
            party.await(bell, seen, timeoutNanos);
        } catch (Throwable e) {
            bell.ringOne();
            throw e;
        }
    }

    /** Wakes one of those who wait. */
    void ringOne() {
        bell.ringOne();
    }

    /** Wakes all who wait. */
    void ringAll() {
        bell.ring();
    }
}
