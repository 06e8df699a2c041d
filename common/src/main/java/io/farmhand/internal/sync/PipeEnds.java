package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.Bell;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.shm.WordLock;
import io.farmhand.internal.shm.Words;
import io.farmhand.sync.HandleClosedException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Which processes use the ends of a pipe.
 *
 * <pre>
 *   64      80       84         92     128        4224
 *  +-------+--------+----------+------+----------+-------
 *  | guard | duplex | 2 states |      | attached | lanes
 *  +-------+--------+----------+------+----------+-------
 *                     of the ends       one int for each slot: bit 0 and 1 for the ends it uses
 * </pre>
 *
 * <p>A process uses an end from when a handle to it arrives there; its maker, from when it first does something with it. An
 * end is gone when nobody uses it any more and no handle is known to be on its way.
 *
 * <p><b>Concurrency.</b> {@code guard} is held for every change of the states and of {@code attached}; states are read
 * without it. What this process knows of itself stands in {@code here}.
 *
 * <p><b>Failure.</b> Each change is of one word. Who dies between two is swept: its bits are cleared, and an end that was
 * used and that nobody uses any more is gone.
 */
final class PipeEnds {
    private static final long GUARD = Place.HEADER_BYTES;
    private static final long DUPLEX = GUARD + WordLock.SIZE_BYTES;
    private static final long STATES = DUPLEX + Integer.BYTES;
    private static final long ATTACHED = 128;

    /** Where the lanes begin. */
    static final long END_OFFSET = ATTACHED + (long) Party.MAX_SLOTS * Integer.BYTES;

    /** Some process has used it. */
    private static final int USED = 1;
    /** A handle to it was sent and has not arrived. */
    private static final int ON_ITS_WAY = 2;
    /** Nobody uses it any more. */
    private static final int GONE = 4;

    private enum Here {
        UNUSED,
        USED,
        CLOSED
    }

    private final Place place;
    private final MemorySegment memory;
    private final WordLock guard;
    private volatile Here first = Here.UNUSED;
    private volatile Here second = Here.UNUSED;

    PipeEnds(Place place) {
        this.place = place;
        this.memory = place.memory();
        this.guard = place.lock(GUARD);
    }

    /** Says that both ends of a new pipe send and receive; before anybody else knows it. */
    static void duplex(Place place) {
        Words.setInt(place.memory(), DUPLEX, 1);
    }

    boolean isDuplex() {
        return Words.getInt(memory, DUPLEX) != 0;
    }

    private Here here(int end) {
        return end == 0 ? first : second;
    }

    private void here(int end, Here now) {
        if (end == 0) {
            first = now;
        } else {
            second = now;
        }
    }

    private int state(int end) {
        return Words.getInt(memory, STATES + (long) end * Integer.BYTES);
    }

    private void state(int end, int state) {
        Words.setInt(memory, STATES + (long) end * Integer.BYTES, state);
    }

    private int attached(int slot) {
        return Words.getInt(memory, ATTACHED + (long) slot * Integer.BYTES);
    }

    private void attached(int slot, int ends) {
        Words.setInt(memory, ATTACHED + (long) slot * Integer.BYTES, ends);
    }

    /** Whether nobody uses an end any more. */
    boolean isGone(int end) {
        return (state(end) & GONE) != 0;
    }

    /** Whether an end was closed here. */
    boolean isClosed(int end) {
        return here(end) == Here.CLOSED;
    }

    /** Whether the process that made the pipe has ended. */
    boolean hasLostItsHome() {
        return place.isClosed();
    }

    /** Fails if an end was closed here. */
    void checkOpen(int end) {
        if (isClosed(end)) {
            throw new HandleClosedException(
                    "This end of the pipe was closed here, or all that used it have closed it.");
        }
    }

    /** Fails if an end cannot be used any more, by anybody here. */
    void check(int end) {
        checkOpen(end);
        place.check();
    }

    /** This process uses an end. */
    void use(int end) throws IOException {
        if (here(end) == Here.UNUSED) {
            attach(end, 0);
        }
        checkOpen(end);
    }

    /** A handle to an end has arrived here. */
    void arrive(int end) {
        attach(end, ON_ITS_WAY);
    }

    private void attach(int end, int over) {
        var _ = guard.acquire();
        try {
            if (isGone(end)) {
                here(end, Here.CLOSED);
                return;
            }
            if (over == 0 && isClosed(end)) {
                return; // meanwhile, by another thread
            }
            state(end, (state(end) | USED) & ~over);
            attached(place.slot(), attached(place.slot()) | 1 << end);
            here(end, Here.USED);
        } finally {
            guard.release();
        }
    }

    /** A handle to an end is sent to somebody. */
    void depart(int end) {
        var _ = guard.acquire();
        try {
            state(end, state(end) | ON_ITS_WAY);
        } finally {
            guard.release();
        }
    }

    /** The process has ended for which a handle to an end was: if it has not arrived, it never will. */
    void lose(int end) {
        var _ = guard.acquire();
        try {
            if ((state(end) & ON_ITS_WAY) != 0) {
                state(end, state(end) & ~ON_ITS_WAY);
                bury(end);
            }
        } finally {
            guard.release();
        }
    }

    /** This process does not use an end any more. */
    void leave(int end) {
        var _ = guard.acquire();
        try {
            here(end, Here.CLOSED);
            attached(place.slot(), attached(place.slot()) & ~(1 << end));
            bury(end);
        } finally {
            guard.release();
        }
    }

    /** This process does not use an end any more, and there is nobody left to tell. */
    void leaveAlone(int end) {
        here(end, Here.CLOSED);
    }

    /** A process has ended. */
    void partyLeft(int slot) {
        guard.release(slot);
        var _ = guard.acquire();
        try {
            attached(slot, 0);
            for (int end = 0; end < 2; end++) {
                if ((state(end) & USED) != 0) {
                    bury(end);
                }
            }
        } finally {
            guard.release();
        }
    }

    private void bury(int end) {
        if ((state(end) & ON_ITS_WAY) != 0) {
            return;
        }
        for (int slot = 1; slot < Party.MAX_SLOTS; slot++) {
            if ((attached(slot) & 1 << end) != 0) {
                return;
            }
        }
        state(end, state(end) | GONE);
    }

    void wakeAll() {
        guard.wakeAll();
    }

    /** One that uses an end in this process: it waits until that is closed here, at most. */
    Party user(int end) {
        return new Party() {
            @Override
            public int slot() {
                return place.slot();
            }

            @Override
            public long thread() {
                return place.thread();
            }

            @Override
            public void check() {
                PipeEnds.this.check(end);
            }

            @Override
            public void await(Bell bell, int seen, long timeoutNanos) throws InterruptedException {
                check();
                bell.await(seen, timeoutNanos);
                checkOpen(end); // what is in the pipe can be received even if its home has ended
            }

            @Override
            public void awaitUninterruptibly(Bell bell, int seen, long timeoutNanos) {
                check();
                bell.awaitUninterruptibly(seen, timeoutNanos);
                checkOpen(end);
            }
        };
    }
}
