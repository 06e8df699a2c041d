package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.Bell;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.shm.Words;
import io.farmhand.sync.Semaphore;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * A {@link Semaphore}: how many permits there are, and how many each process holds.
 *
 * <pre>
 *   80                  88        92        96                            96 + 4 * 1024
 *  +-------------------+---------+---------+-------------------------------+
 *  |       word        |  bell   |  total  |  held by each slot, besides   |
 *  +-------------------+---------+---------+-------------------------------+
 *   bits 0..30: available
 *   bit 31: someone may wait
 *   bits 32..52: how many are held by the slot in bits 53..62
 *   bit 63: who has the guard changes it
 * </pre>
 *
 * <p><b>Concurrency.</b> While one process alone holds permits, they are counted in the word, and each operation is one
 * compare-and-set. Otherwise the guard guards all of it, and bit 63 keeps those off who have not got the guard. Someone
 * who finds no permit sets bit 31 before it sleeps, one who releases clears it and rings for one, and one that was woken
 * and got its permit sets it again, for there may be others, and rings on if there is another permit. Whoever gives up
 * rings on, too.
 *
 * <p><b>Failure.</b> {@code total} and what each slot holds are the truth, and each operation changes that by single
 * stores; what is available is what they make, computed anew after a death.
 */
class SharedSemaphore extends GuardedThing implements Semaphore {
    private static final long serialVersionUID = 1L;

    private static final long WORD_OFFSET = STATE_OFFSET;
    private static final long BELL_OFFSET = STATE_OFFSET + 8;
    private static final long TOTAL_OFFSET = STATE_OFFSET + 12;
    private static final long HELD_OFFSET = STATE_OFFSET + 16;

    static final long SIZE_BYTES = HELD_OFFSET + 4L * Party.MAX_SLOTS - Place.HEADER_BYTES;

    private static final long AVAILABLE = (1L << 31) - 1;
    private static final long WAITING = 1L << 31;
    private static final int COUNT_SHIFT = 32;
    private static final long ONE_HELD = 1L << COUNT_SHIFT;
    private static final int MAX_COUNT = (1 << 21) - 1;
    private static final int SLOT_SHIFT = 53;
    private static final long SLOT = (long) (Party.MAX_SLOTS - 1) << SLOT_SHIFT;
    private static final long BUSY = 1L << 63;

    private final transient MemorySegment memory;
    private final transient Bell bell;

    SharedSemaphore(Place place) {
        this(Kind.SEMAPHORE, place);
    }

    SharedSemaphore(Kind kind, Place place) {
        super(kind, place);
        this.memory = place.memory();
        this.bell = place.bell(BELL_OFFSET);
    }

    /** Refuses a number of permits that cannot be. */
    static void checkPermits(int permits) {
        if (permits < 0) {
            throw new IllegalArgumentException("permits must be at least 0: permits=" + permits);
        }
    }

    /** Says how many permits there are at first. */
    final void begin(int permits) {
        Words.setInt(memory, TOTAL_OFFSET, permits);
        Words.setLong(memory, WORD_OFFSET, permits);
    }

    /** Whether there may be more permits than at first. */
    boolean grows() {
        return true;
    }

    @Override
    public void acquire() throws InterruptedException {
        boolean _ = acquire(Long.MAX_VALUE);
    }

    @Override
    public boolean tryAcquire(Duration timeout) throws InterruptedException {
        return acquire(Timeouts.nanos(timeout));
    }

    @Override
    public boolean tryAcquire() {
        place().check();
        return take(false, false);
    }

    private boolean acquire(long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        place().check();
        if (take(false, false)) {
            return true;
        }
        return timeoutNanos > 0 && acquireWaiting(timeoutNanos);
    }

    private boolean acquireWaiting(long timeoutNanos) throws InterruptedException {
        long start = System.nanoTime();
        boolean taken = false;
        boolean woken = false;
        try {
            while (true) {
                int seen = bell.count();
                taken = take(true, woken);
                long left = Timeouts.left(start, timeoutNanos);
                if (taken || left <= 0) {
                    return taken;
                }
                place().await(bell, seen, left);
                woken = true;
            }
        } finally {
            if (!taken) {
                bell.ringOne(); // who gives up may have been the one that was woken
            }
        }
    }

    /**
     * Takes a permit if there is one.
     *
     * @param waits whether the caller will sleep if there is none
     * @param woken whether the caller has slept, so that others may sleep still
     */
    private boolean take(boolean waits, boolean woken) {
        int slot = place().slot();
        if (!woken && takeAlone(slot)) {
            return true;
        }
        boolean ringOn = false;
        long word = seize();
        try {
            int available = available(word);
            if (available == 0) {
                word |= waits ? WAITING : 0;
                return false;
            }
            if (canCount(word, slot)) {
                word = counted(word, slot);
            } else {
                set(heldOffset(slot), get(heldOffset(slot)) + 1);
                word--;
            }
            if (woken) {
                word |= WAITING;
                ringOn = available > 1;
            }
        } finally {
            giveUp(word);
        }
        if (ringOn) {
            bell.ringOne();
        }
        return true;
    }

    /** Takes a permit by one swap, unless there is none, or others hold some. */
    private boolean takeAlone(int slot) {
        long word = word();
        while (canCount(word, slot) && available(word) > 0) {
            if (change(word, counted(word, slot))) {
                return true;
            }
            word = word();
        }
        return false;
    }

    // ---- the word ----

    private long word() {
        return Words.getLong(memory, WORD_OFFSET);
    }

    private boolean change(long word, long next) {
        return Words.compareAndSetLong(memory, WORD_OFFSET, word, next);
    }

    private static int available(long word) {
        return (int) (word & AVAILABLE);
    }

    private static int count(long word) {
        return (int) (word >>> COUNT_SHIFT) & MAX_COUNT;
    }

    private static int slot(long word) {
        return (int) ((word & SLOT) >>> SLOT_SHIFT);
    }

    /** Whether one permit more that the slot holds can be counted in the word. */
    private static boolean canCount(long word, int slot) {
        int count = count(word);
        return (word & BUSY) == 0 && (count == 0 || (slot(word) == slot && count < MAX_COUNT));
    }

    /** The word after the slot has taken a permit. */
    private static long counted(long word, int slot) {
        return ((word & ~SLOT) | (long) slot << SLOT_SHIFT) + ONE_HELD - 1;
    }

    /** Takes the guard, and keeps those off who change the word without it; says what the word is to be when it is given up. */
    private long seize() {
        enter();
        while (true) {
            long word = word();
            if (change(word, word | BUSY)) {
                return word;
            }
        }
    }

    /** Gives the guard back, and the word. */
    private void giveUp(long word) {
        Words.setLong(memory, WORD_OFFSET, word);
        leave();
    }

    @Override
    public void release(int permits) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits must be at least 1: permits=" + permits);
        }
        place().check();
        long before = word();
        while ((before & BUSY) == 0 && slot(before) == place().slot() && count(before) >= permits) {
            if (change(before, (before & ~WAITING) + permits - permits * ONE_HELD)) {
                ring(before);
                return;
            }
            before = word();
        }
        before = seize();
        long after = before;
        try {
            after = given(before, permits);
        } finally {
            giveUp(after);
        }
        ring(before);
    }

    /** Wakes one, if there may be any; who gets a permit rings on if there are more. */
    private void ring(long word) {
        if ((word & WAITING) != 0) {
            bell.ringOne();
        }
    }

    /**
     * Gives permits back: first what this process holds, then what others do; what nobody holds is new.
     *
     * @return the word after that
     */
    private long given(long word, int permits) {
        int total = get(TOTAL_OFFSET);
        int available = available(word);
        int added = Math.max(permits - (total - available), 0);
        if (added > 0 && !grows()) {
            throw new IllegalStateException("More is released than was acquired: permits=" + total + " available="
                    + available + " released=" + permits + ". Release once for each acquire.");
        }
        if (added > Integer.MAX_VALUE - total) {
            throw new IllegalStateException("There would be more permits than " + Integer.MAX_VALUE + ": permits="
                    + total + " available=" + available + " released=" + permits);
        }
        int mine = place().slot();
        int left = takeFrom(mine, permits - added);
        int counted = 0;
        if (slot(word) == mine) {
            counted = Math.min(count(word), left);
            left -= counted;
        }
        for (int slot = 1; left > 0 && slot < Party.MAX_SLOTS; slot++) {
            left = takeFrom(slot, left);
        }
        counted += left; // another's
        if (added > 0) {
            set(TOTAL_OFFSET, total + added);
        }
        return (word & ~WAITING) + permits - counted * ONE_HELD;
    }

    /** Takes that many permits from a slot, or as many as it holds; says how many are left to take. */
    private int takeFrom(int slot, int permits) {
        int held = get(heldOffset(slot));
        int taken = Math.min(held, permits);
        if (taken > 0) {
            set(heldOffset(slot), held - taken);
        }
        return permits - taken;
    }

    @Override
    public int availablePermits() {
        place().check();
        return available(word());
    }

    @Override
    final void repair() {
        while (true) {
            long word = word();
            if (change(word, repaired(word))) {
                return;
            }
        }
    }

    /** The word as what each holds makes it. */
    private long repaired(long word) {
        int available = get(TOTAL_OFFSET) - count(word);
        for (int slot = 1; slot < Party.MAX_SLOTS; slot++) {
            available -= get(heldOffset(slot));
        }
        return (word & ~BUSY & ~AVAILABLE) | available;
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        freeGuard(slot);
        long word = seize();
        try {
            set(heldOffset(slot), 0);
            word = repaired(slot(word) == slot ? word - count(word) * ONE_HELD : word);
        } finally {
            giveUp(word);
        }
        bell.ring(); // for its permits, and because it may have been the one that was woken
    }

    @Override
    public void wakeAll() {
        super.wakeAll();
        bell.ring();
    }

    private static long heldOffset(int slot) {
        return HELD_OFFSET + 4L * slot;
    }

    private int get(long offset) {
        return Words.getGuardedInt(memory, offset);
    }

    private void set(long offset, int value) {
        Words.setGuardedInt(memory, offset, value);
    }
}
