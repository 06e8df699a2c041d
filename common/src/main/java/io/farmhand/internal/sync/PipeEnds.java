package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.serial.Travel;
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
 *   64      80       84         92  96       104  128        4224         5248
 *  +-------+--------+----------+---+--------+----+----------+------------+-------
 *  | guard | duplex | 2 states |   | serial |    | attached | departures | lanes
 *  +-------+--------+----------+---+--------+----+----------+------------+-------
 *                     of the ends    of the          |         one int64 for each handle on its way, 0 where there is none
 *                                    last departure  one int for each slot: bit 0 and 1 for the ends it uses
 *
 *   departure: serial (52 bits), whether it goes to many (1), end (1), sender's slot (10)
 * </pre>
 *
 * <p>A process uses an end from when a handle to it arrives there; its maker, from when it first does something with it. An
 * end is gone when nobody uses it any more and no handle to it is on its way: what it sends has ended then.
 *
 * <p><b>Departures.</b> Each time that an end is serialized is a departure: a token that stands in this memory and travels
 * inside the handle. Exactly one thing takes the token away, and what comes later finds it gone and changes nothing:
 * <ul>
 * <li>the handle arrives, in whichever process, and that one uses the end from then on (where the bytes go to many, as the
 *     function of a pool's job does, which each worker may read, and again after a crash, an arrival leaves the token);
 * <li>it did not get under way after all: its serialization, or what it was serialized for, failed in its caller's face,
 *     who may try again ({@link #undo});
 * <li>it got under way and came to nothing: its process ended before it read it, or its job is over ({@link #lose});
 * <li>its sender's process ended. So who hands an end on must live until it has arrived, as in Python.
 * </ul>
 * Who serializes a handle for something that can fail or end says so by a {@link Travel}. What no such one is told of, say
 * an item of a queue that nobody ever takes, is on its way as long as its sender lives. When there is no room for another
 * token, the sender itself uses the end from then on.
 *
 * <p><b>Concurrency.</b> {@code guard} is held for every change of the states, of {@code attached} and of the departures;
 * states are read without it. What this process knows of itself stands in {@code here}.
 *
 * <p><b>Failure.</b> Each change is of one word. Who dies between two is swept: its bits and its departures are cleared, and
 * an end that was used and that nobody uses any more is gone. An arrival takes the token away before it says that its
 * process uses the end, so that who dies between the two is not waited for.
 */
final class PipeEnds {
    private static final long GUARD = Place.HEADER_BYTES;
    private static final long DUPLEX = GUARD + WordLock.SIZE_BYTES;
    private static final long STATES = DUPLEX + Integer.BYTES;
    private static final long SERIAL = 96;
    private static final long ATTACHED = 128;
    private static final long DEPARTURES = ATTACHED + (long) Party.MAX_SLOTS * Integer.BYTES;
    /** More takes longer to look through, with fewer a sender is sooner counted as one that uses what it sends away. */
    private static final int MOST_DEPARTURES = 128;

    /** Where the lanes begin. */
    static final long END_OFFSET = DEPARTURES + (long) MOST_DEPARTURES * Long.BYTES;

    private static final int SLOT_BITS = 10;
    private static final int END_BIT = 1 << SLOT_BITS;
    private static final int MANY_BIT = END_BIT << 1;
    private static final int SERIAL_SHIFT = SLOT_BITS + 2;

    /** No departure. */
    private static final long NONE = 0;
    /** The end was here all the time. */
    private static final long NO_ARRIVAL = -1;

    /** Some process has used it. */
    private static final int USED = 1;
    /** Nobody uses it any more. */
    private static final int GONE = 2;

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
            attach(end, NO_ARRIVAL);
        }
        checkOpen(end);
    }

    /**
     * A handle to an end has arrived here.
     *
     * @param departure what {@link #depart} gave
     */
    void arrive(int end, long departure) {
        attach(end, departure);
    }

    private void attach(int end, long departure) {
        var _ = guard.acquire();
        try {
            if (isGone(end)) {
                here(end, Here.CLOSED);
                return;
            }
            if (departure == NO_ARRIVAL && isClosed(end)) {
                return; // meanwhile, by another thread
            }
            state(end, state(end) | USED);
            if (departure != NO_ARRIVAL && (departure & MANY_BIT) == 0) {
                boolean _ = settle(departure);
            }
            useHere(end);
        } finally {
            guard.release();
        }
    }

    private void useHere(int end) {
        state(end, state(end) | USED);
        attached(place.slot(), attached(place.slot()) | 1 << end);
        here(end, Here.USED);
    }

    /**
     * A handle to an end sets out.
     *
     * @param toMany whether what it is serialized into may be read several times; then it does not end by its arrival
     * @return what names its journey
     */
    long depart(int end, boolean toMany) {
        var _ = guard.acquire();
        try {
            if (isGone(end)) {
                return NONE;
            }
            int free = indexOf(NONE);
            if (free < 0) {
                if (!isClosed(end)) {
                    useHere(end);
                }
                return NONE;
            }
            long serial = Words.getLong(memory, SERIAL) + 1;
            Words.setLong(memory, SERIAL, serial);
            long departure = serial << SERIAL_SHIFT | (toMany ? MANY_BIT : 0) | (long) end << SLOT_BITS | place.slot();
            departure(free, departure);
            return departure;
        } finally {
            guard.release();
        }
    }

    /** A handle has not set out after all: who uses its end has that as if nothing had been. */
    void undo(long departure) {
        settle(departure, false);
    }

    /** A handle has set out, and will arrive nowhere any more. */
    void lose(long departure) {
        settle(departure, true);
    }

    private void settle(long departure, boolean evenIfUnused) {
        int end = (departure & END_BIT) == 0 ? 0 : 1;
        var _ = guard.acquire();
        try {
            if (settle(departure) && (evenIfUnused || (state(end) & USED) != 0)) {
                bury(end);
            }
        } finally {
            guard.release();
        }
    }

    /** Takes a departure away; says whether it was there. */
    private boolean settle(long departure) {
        int index = departure == NONE ? -1 : indexOf(departure);
        if (index >= 0) {
            departure(index, NONE);
        }
        return index >= 0;
    }

    private long departure(int index) {
        return Words.getLong(memory, DEPARTURES + (long) index * Long.BYTES);
    }

    private void departure(int index, long departure) {
        Words.setLong(memory, DEPARTURES + (long) index * Long.BYTES, departure);
    }

    private int indexOf(long departure) {
        for (int i = 0; i < MOST_DEPARTURES; i++) {
            if (departure(i) == departure) {
                return i;
            }
        }
        return -1;
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
            for (int i = 0; i < MOST_DEPARTURES; i++) {
                if ((departure(i) & (END_BIT - 1)) == slot) {
                    departure(i, NONE);
                }
            }
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
        for (int i = 0; i < MOST_DEPARTURES; i++) {
            long departure = departure(i);
            if (departure != NONE && (departure & END_BIT) >> SLOT_BITS == end) {
                return;
            }
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
