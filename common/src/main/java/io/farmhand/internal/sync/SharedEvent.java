package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.Bell;
import io.farmhand.internal.shm.Words;
import io.farmhand.sync.Event;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * An {@link Event}: a word that counts how often it was set and cleared, and is odd while it is set, and a bell.
 *
 * <p><b>Concurrency.</b> Who waits does so until the count is another than the one it came with: so it goes on when the
 * event is cleared at once, too. One who sleeps while the event is set and cleared 2^31 times exactly would miss that.
 *
 * <p><b>Failure.</b> One who is killed after it has set the event, before it rings, leaves that to the home.
 */
final class SharedEvent extends SharedThing implements Event {
    private static final long serialVersionUID = 1L;

    private static final long COUNT_OFFSET = Place.HEADER_BYTES;
    private static final long BELL_OFFSET = Place.HEADER_BYTES + 4;

    static final long SIZE_BYTES = 8;

    private final transient MemorySegment memory;
    private final transient Bell bell;

    SharedEvent(Place place) {
        super(Kind.EVENT, place);
        this.memory = place.memory();
        this.bell = place.bell(BELL_OFFSET);
    }

    private int count() {
        return Words.getInt(memory, COUNT_OFFSET);
    }

    private static boolean isSet(int count) {
        return (count & 1) != 0;
    }

    @Override
    public boolean isSet() {
        place().check();
        return isSet(count());
    }

    @Override
    public void set() {
        place().check();
        if (become(true)) {
            bell.ring();
        }
    }

    @Override
    public void clear() {
        place().check();
        boolean _ = become(false);
    }

    /** Sets or clears it; says whether it was the other before. */
    private boolean become(boolean set) {
        while (true) {
            int count = count();
            if (isSet(count) == set) {
                return false;
            }
            if (Words.compareAndSetInt(memory, COUNT_OFFSET, count, count + 1)) {
                return true;
            }
        }
    }

    @Override
    public void await() throws InterruptedException {
        boolean _ = await(Long.MAX_VALUE);
    }

    @Override
    public boolean await(Duration timeout) throws InterruptedException {
        return await(Timeouts.nanos(timeout));
    }

    private boolean await(long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        place().check();
        int first = count();
        if (isSet(first)) {
            return true;
        }
        long start = System.nanoTime();
        while (true) {
            int seen = bell.count();
            if (count() != first) {
                return true;
            }
            long left = Timeouts.left(start, timeoutNanos);
            if (left <= 0) {
                return false;
            }
            place().await(bell, seen, left);
        }
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        bell.ring();
    }

    @Override
    public void wakeAll() {
        bell.ring();
    }
}
