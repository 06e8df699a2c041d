package io.farmhand.internal.home;

import io.farmhand.internal.shm.Party;
import java.util.BitSet;

/** Which slots are given to processes. Its monitor guards it. */
final class Register {
    /** The slot of the home itself. */
    static final int HOME_SLOT = 1;

    private final BitSet taken = new BitSet(Party.MAX_SLOTS);

    Register() {
        taken.set(0);
        taken.set(HOME_SLOT);
    }

    /** Gives the lowest free slot, or 0 when there is none. */
    synchronized int take() {
        int slot = taken.nextClearBit(0);
        if (slot >= Party.MAX_SLOTS) {
            return 0;
        }
        taken.set(slot);
        return slot;
    }

    /** Takes a slot back. */
    synchronized void free(int slot) {
        taken.clear(slot);
    }
}
