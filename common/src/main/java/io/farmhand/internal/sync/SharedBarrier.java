package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.shm.Bell;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.shm.Words;
import io.farmhand.sync.Barrier;
import io.farmhand.task.RemoteRunnable;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Barrier}: the number of the round, how many have come, and who.
 *
 * <pre>
 *   80      84        88        96      104     108     112      116           120
 *  +-------+---------+---------+-------+-------+-------+--------+-------------+----------------------
 *  | bell  | parties | timeout | round | state | count | breaks | actionBytes | broken rounds (16)
 *  +-------+---------+---------+-------+-------+-------+--------+-------------+----------------------
 *   248                      4344                         8440
 *  +------------------------+----------------------------+--------
 *  |  waiting, each slot's  |  took part, each slot      | action
 *  +------------------------+----------------------------+--------
 * </pre>
 *
 * <p><b>Concurrency.</b> The guard guards all of it but parties, timeout and action, which never change. A round ends when
 * its number is counted up: it was passed, or it was broken and stands among the last broken ones. One who waits looks at
 * the number without the guard, and knows that its round was passed if none was broken since it came. The action runs
 * outside the guard; who comes meanwhile waits for its end.
 *
 * <p><b>Failure.</b> A process that is killed while it holds the guard was at a change of the barrier, and so breaks it:
 * that makes all things new from whatever state they are in.
 */
final class SharedBarrier extends GuardedThing implements Barrier {
    private static final long serialVersionUID = 1L;

    private static final long BELL_OFFSET = STATE_OFFSET;
    private static final long PARTIES_OFFSET = STATE_OFFSET + 4;
    private static final long TIMEOUT_OFFSET = STATE_OFFSET + 8;
    private static final long ROUND_OFFSET = STATE_OFFSET + 16;
    private static final long STATE_WORD_OFFSET = STATE_OFFSET + 24;
    private static final long COUNT_OFFSET = STATE_OFFSET + 28;
    private static final long BREAKS_OFFSET = STATE_OFFSET + 32;
    private static final long ACTION_BYTES_OFFSET = STATE_OFFSET + 36;
    private static final long BROKEN_ROUNDS_OFFSET = STATE_OFFSET + 40;

    /** Who is still asleep when so many rounds have been broken after its own is told that its own was. */
    private static final int BROKEN_ROUNDS = 16;

    private static final long WAITING_OFFSET = BROKEN_ROUNDS_OFFSET + 8L * BROKEN_ROUNDS;
    private static final long SLOTS_BYTES = 4L * Party.MAX_SLOTS;
    private static final long TOOK_PART_OFFSET = WAITING_OFFSET + SLOTS_BYTES;
    private static final long ACTION_OFFSET = TOOK_PART_OFFSET + SLOTS_BYTES;

    private static final int FILLING = 0;
    private static final int ACTING = 1;
    private static final int BROKEN = 2;
    /** The action runs, and a party of the next round has given up: that round will be broken when it begins. */
    private static final int ACTING_FORSAKEN = 3;

    private static final int MAX_ACTION_BYTES = 64 << 20;

    private final transient MemorySegment memory;
    private final transient MemorySegment waiting;
    private final transient Bell bell;
    private final transient int parties;

    /** This process's copy; in the maker's the original. Read by whoever runs it, one thread at a time. */
    private transient volatile @Nullable RemoteRunnable action;

    /** A party of a round: the round, which one it is in it, and how many rounds had been broken when it came. */
    private record Arrival(long round, int index, int breaks, boolean last) {}

    SharedBarrier(Place place) {
        super(Kind.BARRIER, place);
        this.memory = place.memory();
        this.waiting = memory.asSlice(WAITING_OFFSET, SLOTS_BYTES);
        this.bell = place.bell(BELL_OFFSET);
        this.parties = Words.getInt(memory, PARTIES_OFFSET);
    }

    /**
     * The bytes of an action that is to travel; none if there is none.
     *
     * @throws IllegalArgumentException if it cannot be serialized, or there cannot be so many parties
     */
    static byte[] encoded(int parties, @Nullable RemoteRunnable action) {
        if (parties < 1) {
            throw new IllegalArgumentException("parties must be at least 1: parties=" + parties);
        }
        if (action == null) {
            return new byte[0];
        }
        PayloadBuffer buffer = new PayloadBuffer();
        try {
            new ValueWriter(buffer, MAX_ACTION_BYTES).writeValue(action);
        } catch (UnwritableValueException e) {
            throw new IllegalArgumentException("The barrier's action cannot be sent to the parties. " + e.getMessage(),
                    e);
        }
        ByteBuffer bytes = buffer.detach();
        byte[] encoded = new byte[bytes.remaining()];
        bytes.get(encoded);
        return encoded;
    }

    /** How much memory a barrier takes whose action is so long. */
    static long sizeBytes(byte[] action) {
        return ACTION_OFFSET + action.length - Place.HEADER_BYTES;
    }

    /** Makes a barrier over a new place. */
    static SharedBarrier make(Place place, int parties, @Nullable RemoteRunnable action, byte[] encoded,
            @Nullable Duration timeout) {
        MemorySegment memory = place.memory();
        Words.setInt(memory, PARTIES_OFFSET, parties);
        Words.setLong(memory, TIMEOUT_OFFSET, timeout == null ? Long.MAX_VALUE : Timeouts.nanos(timeout));
        MemorySegment.copy(MemorySegment.ofArray(encoded), 0, memory, ACTION_OFFSET, encoded.length);
        Words.setInt(memory, ACTION_BYTES_OFFSET, encoded.length);
        SharedBarrier barrier = new SharedBarrier(place);
        barrier.action = action;
        return barrier;
    }

    @Override
    public int await() throws InterruptedException, BrokenBarrierException {
        return await(Words.getLong(memory, TIMEOUT_OFFSET));
    }

    @Override
    public int await(Duration timeout) throws InterruptedException, BrokenBarrierException {
        return await(Timeouts.nanos(timeout));
    }

    private int await(long timeoutNanos) throws InterruptedException, BrokenBarrierException {
        place().check();
        if (Thread.interrupted()) {
            forsake();
            throw new InterruptedException();
        }
        long start = System.nanoTime();
        Arrival arrival = arrive(start, timeoutNanos);
        if (!arrival.last()) {
            waitForOthers(arrival, start, timeoutNanos);
        } else if (hasAction()) {
            act(arrival);
        } else {
            bell.ring();
        }
        return arrival.index();
    }

    private boolean hasAction() {
        return Words.getInt(memory, ACTION_BYTES_OFFSET) > 0;
    }

    /** Takes part in a round: in this one, or, while this one's action runs, in the next. */
    private Arrival arrive(long start, long timeoutNanos) throws InterruptedException, BrokenBarrierException {
        while (true) {
            int seen = bell.count();
            enter();
            try {
                int state = get(STATE_WORD_OFFSET);
                long round = round();
                if (state == BROKEN) {
                    throw new BrokenBarrierException("The barrier is broken; reset() makes it whole.");
                }
                if (state == FILLING) {
                    return count(round);
                }
            } finally {
                leave();
            }
            awaitRound(seen, start, timeoutNanos);
        }
    }

    /** Sleeps for a while until the round begins that the caller is to take part in. */
    private void awaitRound(int seen, long start, long timeoutNanos)
            throws InterruptedException, BrokenBarrierException {
        long left = Timeouts.left(start, timeoutNanos);
        if (left <= 0) {
            forsake();
            throw late(timeoutNanos);
        }
        try {
            place().await(bell, seen, left);
        } catch (InterruptedException e) {
            forsake();
            throw e;
        }
    }

    /** Gives up before it is counted: breaks the round that it would have been in, now or when that begins. */
    private void forsake() {
        enter();
        try {
            switch (get(STATE_WORD_OFFSET)) {
                case FILLING -> breakNow();
                case ACTING -> set(STATE_WORD_OFFSET, ACTING_FORSAKEN);
                default -> {
                    // It is, or will be.
                }
            }
        } finally {
            leave();
        }
        bell.ring();
    }

    private BrokenBarrierException late(long timeoutNanos) {
        return new BrokenBarrierException("The other parties did not come in time, which breaks the barrier: parties="
                + parties + " timeout=" + Duration.ofNanos(timeoutNanos));
    }

    /** Counts the calling thread as a party of the round. */
    private Arrival count(long round) {
        int slot = place().slot();
        set(TOOK_PART_OFFSET + 4L * slot, 1); // first: from now on its death breaks the barrier
        long mine = WAITING_OFFSET + 4L * slot;
        set(mine, get(mine) + 1);
        int index = get(COUNT_OFFSET);
        set(COUNT_OFFSET, index + 1);
        boolean last = index + 1 == parties;
        Arrival arrival = new Arrival(round, index, get(BREAKS_OFFSET), last);
        if (last && hasAction()) {
            set(STATE_WORD_OFFSET, ACTING);
        } else if (last) {
            pass();
        }
        return arrival;
    }

    private void waitForOthers(Arrival arrival, long start, long timeoutNanos)
            throws InterruptedException, BrokenBarrierException {
        while (true) {
            int seen = bell.count();
            if (round() != arrival.round()) {
                if (wasBroken(arrival)) {
                    throw new BrokenBarrierException(
                            "The barrier was broken or reset while this party waited: one waited"
                                    + " too long, was interrupted or aborted it, the action failed, or a party's process ended.");
                }
                return;
            }
            sleep(arrival.round(), seen, start, timeoutNanos);
        }
    }

    /** Sleeps for a while; breaks the round if the time is up or the thread is interrupted, unless it is over. */
    private void sleep(long round, int seen, long start, long timeoutNanos)
            throws InterruptedException, BrokenBarrierException {
        long left = Timeouts.left(start, timeoutNanos);
        if (left <= 0) {
            if (breakRound(round)) {
                throw late(timeoutNanos);
            }
            return;
        }
        try {
            place().await(bell, seen, left);
        } catch (InterruptedException e) {
            if (breakRound(round)) {
                throw e;
            }
            Thread.currentThread().interrupt(); // the round was over before
        }
    }

    /** Whether a round that is over was broken. */
    private boolean wasBroken(Arrival arrival) {
        if (Words.getInt(memory, BREAKS_OFFSET) == arrival.breaks()) {
            return false;
        }
        enter();
        try {
            int later = get(BREAKS_OFFSET) - arrival.breaks();
            for (int i = 0; i < BROKEN_ROUNDS; i++) {
                // Each is kept with 1 more, so that 0 is none.
                if (Words.getLong(memory, BROKEN_ROUNDS_OFFSET + 8L * i) == arrival.round() + 1) {
                    return true;
                }
            }
            return later > BROKEN_ROUNDS;
        } finally {
            leave();
        }
    }

    /** Runs the action, as the last party of the round. */
    private void act(Arrival arrival) throws InterruptedException, BrokenBarrierException {
        boolean done = false;
        try {
            action().run();
            done = true;
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw broken("The barrier's action failed, which breaks the barrier: " + e, e);
        } finally {
            if (!done) {
                boolean _ = breakRound(arrival.round());
            }
        }
        boolean over;
        enter();
        try {
            over = round() != arrival.round();
            if (!over) {
                pass();
            }
        } finally {
            leave();
        }
        bell.ring();
        if (over) {
            throw new BrokenBarrierException("The barrier was broken or reset while its action ran.");
        }
    }

    private RemoteRunnable action() throws BrokenBarrierException {
        RemoteRunnable known = action;
        if (known != null) {
            return known;
        }
        ByteBuffer bytes = memory.asSlice(ACTION_OFFSET, Words.getInt(memory, ACTION_BYTES_OFFSET)).asByteBuffer();
        try {
            ClassLoader loader = Objects.requireNonNullElse(Thread.currentThread().getContextClassLoader(),
                    ClassLoader.getSystemClassLoader());
            RemoteRunnable read = (RemoteRunnable) Objects.requireNonNull(ValueReader.trusting(loader).read(bytes));
            action = read;
            return read;
        } catch (UnreadableValueException e) {
            throw broken("The barrier's action cannot be read here, which breaks the barrier. " + e.getMessage(), e);
        }
    }

    private static BrokenBarrierException broken(String message, Throwable cause) {
        BrokenBarrierException broken = new BrokenBarrierException(message);
        broken.initCause(cause);
        return broken;
    }

    /** Ends the round well. The guard is held. */
    private void pass() {
        empty();
        set(STATE_WORD_OFFSET, get(STATE_WORD_OFFSET) == ACTING_FORSAKEN ? BROKEN : FILLING);
        Words.setLong(memory, ROUND_OFFSET, round() + 1);
    }

    /** Ends the round badly. The guard is held. */
    private void breakNow() {
        int breaks = get(BREAKS_OFFSET);
        Words.setLong(memory, BROKEN_ROUNDS_OFFSET + 8L * Math.floorMod(breaks, BROKEN_ROUNDS), round() + 1);
        set(BREAKS_OFFSET, breaks + 1);
        set(STATE_WORD_OFFSET, BROKEN);
        empty();
        Words.setLong(memory, ROUND_OFFSET, round() + 1);
    }

    private void empty() {
        set(COUNT_OFFSET, 0);
        waiting.fill((byte) 0);
    }

    /** Breaks that round if it is not over; says whether it did. */
    private boolean breakRound(long round) {
        enter();
        try {
            if (round() != round) {
                return false;
            }
            breakNow();
        } finally {
            leave();
        }
        bell.ring();
        return true;
    }

    @Override
    public void reset() {
        place().check();
        enter();
        try {
            if (get(COUNT_OFFSET) > 0) {
                breakNow();
            }
            set(STATE_WORD_OFFSET, FILLING);
        } finally {
            leave();
        }
        bell.ring();
    }

    @Override
    public void abort() {
        place().check();
        enter();
        try {
            if (get(STATE_WORD_OFFSET) != BROKEN) {
                breakNow();
            }
        } finally {
            leave();
        }
        bell.ring();
    }

    @Override
    public int parties() {
        return parties;
    }

    @Override
    public int waiting() {
        place().check();
        return Words.getInt(memory, COUNT_OFFSET);
    }

    @Override
    public boolean isBroken() {
        place().check();
        return Words.getInt(memory, STATE_WORD_OFFSET) == BROKEN;
    }

    /** The number of the round that is open. */
    long round() {
        return Words.getLong(memory, ROUND_OFFSET);
    }

    @Override
    void repair() {
        breakNow();
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        freeGuard(slot);
        enter();
        try {
            boolean waits = get(WAITING_OFFSET + 4L * slot) > 0;
            boolean tookPart = get(TOOK_PART_OFFSET + 4L * slot) != 0;
            if ((waits || (killed && tookPart)) && get(STATE_WORD_OFFSET) != BROKEN) {
                breakNow();
            }
            set(TOOK_PART_OFFSET + 4L * slot, 0);
        } finally {
            leave();
        }
        bell.ring();
    }

    @Override
    public void wakeAll() {
        super.wakeAll();
        bell.ring();
    }

    private int get(long offset) {
        return Words.getGuardedInt(memory, offset);
    }

    private void set(long offset, int value) {
        Words.setGuardedInt(memory, offset, value);
    }
}
