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
 *   80        84        88        92        96                    96 + 4 * 1024
 *  +---------+---------+---------+---------+-----------------------+
 *  |  bell   | waiting |  total  | available |  held by each slot  |
 *  +---------+---------+---------+---------+-----------------------+
 * </pre>
 *
 * <p><b>Concurrency.</b> The guard guards all of it. {@code waiting} says that someone may wait: one who finds no permit
 * sets it before it sleeps, one who releases clears it and rings for one, and one that was woken and got its permit sets
 * it again, for there may be others, and rings on if there is another permit. Whoever gives up rings on, too.
 *
 * <p><b>Failure.</b> {@code total} and what each slot holds are the truth, and each operation changes that by single
 * stores; {@code available} is what they make, computed anew after a death.
 */
class SharedSemaphore extends GuardedThing implements Semaphore {
    private static final long serialVersionUID = 1L;

    private static final long BELL_OFFSET = STATE_OFFSET;
    private static final long WAITING_OFFSET = STATE_OFFSET + 4;
    private static final long TOTAL_OFFSET = STATE_OFFSET + 8;
    private static final long AVAILABLE_OFFSET = STATE_OFFSET + 12;
    private static final long HELD_OFFSET = STATE_OFFSET + 16;

    static final long SIZE_BYTES = HELD_OFFSET + 4L * Party.MAX_SLOTS - Place.HEADER_BYTES;

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
        Words.setInt(memory, AVAILABLE_OFFSET, permits);
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
        boolean ringOn = false;
        enter();
        try {
            int available = get(AVAILABLE_OFFSET);
            if (available == 0) {
                if (waits) {
                    set(WAITING_OFFSET, 1);
                }
                return false;
            }
            long mine = heldOffset(place().slot());
            set(mine, get(mine) + 1);
            set(AVAILABLE_OFFSET, available - 1);
            if (woken) {
                set(WAITING_OFFSET, 1);
                ringOn = available > 1;
            }
        } finally {
            leave();
        }
        if (ringOn) {
            bell.ringOne();
        }
        return true;
    }

    @Override
    public void release(int permits) {
        if (permits < 1) {
            throw new IllegalArgumentException("permits must be at least 1: permits=" + permits);
        }
        place().check();
        boolean ring;
        enter();
        try {
            giveBack(permits);
            ring = get(WAITING_OFFSET) != 0;
            if (ring) {
                set(WAITING_OFFSET, 0);
            }
        } finally {
            leave();
        }
        if (ring) {
            bell.ringOne(); // who gets a permit rings on if there are more
        }
    }

    /** First what this process holds, then what others do; what nobody holds is new. */
    private void giveBack(int permits) {
        int total = get(TOTAL_OFFSET);
        int available = get(AVAILABLE_OFFSET);
        int added = Math.max(permits - (total - available), 0);
        if (added > 0 && !grows()) {
            throw new IllegalStateException("More is released than was acquired: permits=" + total + " available="
                    + available + " released=" + permits + ". Release once for each acquire.");
        }
        if (added > Integer.MAX_VALUE - total) {
            throw new IllegalStateException("There would be more permits than " + Integer.MAX_VALUE + ": permits="
                    + total + " available=" + available + " released=" + permits);
        }
        int left = takeFrom(place().slot(), permits - added);
        for (int slot = 1; left > 0 && slot < Party.MAX_SLOTS; slot++) {
            left = takeFrom(slot, left);
        }
        if (added > 0) {
            set(TOTAL_OFFSET, total + added);
        }
        set(AVAILABLE_OFFSET, available + permits);
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
        return Words.getInt(memory, AVAILABLE_OFFSET);
    }

    @Override
    final void repair() {
        int available = get(TOTAL_OFFSET);
        for (int slot = 1; slot < Party.MAX_SLOTS; slot++) {
            available -= get(heldOffset(slot));
        }
        set(AVAILABLE_OFFSET, available);
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        freeGuard(slot);
        enter();
        try {
            set(heldOffset(slot), 0);
            repair();
        } finally {
            leave();
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
