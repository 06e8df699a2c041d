package io.farmhand.internal.sync;

import io.farmhand.internal.home.ObjectKey;
import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.Bell;
import io.farmhand.internal.shm.Words;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Lock;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A {@link Condition}: a table of those that wait, each with a ticket and a bell of its own.
 *
 * <pre>
 *   80        88     96
 *  +---------+------+------------------+
 *  | tickets | high | waiters (1,024)  |
 *  +---------+------+------------------+
 *
 *   a waiter:  0       4      8        16     20      24
 *             +-------+------+--------+------+-------+
 *             | state | slot | ticket | bell |       |
 *             +-------+------+--------+------+-------+
 * </pre>
 *
 * <p><b>Concurrency.</b> The guard guards the table; who waits or signals holds the user's lock besides, but who gives up,
 * and a home that sweeps, do not. A waiter that was signalled frees its place itself, when it holds the user's lock
 * again: until then its death passes the signal on.
 *
 * <p><b>Failure.</b> A place is taken by the last store, that of its state, and each change after that is one store:
 * nothing needs repair. One who is killed after it has marked a waiter, before it rings, leaves that to the home.
 */
final class SharedCondition extends GuardedThing implements Condition {
    private static final long serialVersionUID = 1L;

    /** More take more memory for each condition, and make signals look at more. */
    static final int CAPACITY = 1024;

    private static final long TICKETS_OFFSET = STATE_OFFSET;
    private static final long HIGH_OFFSET = STATE_OFFSET + 8;
    private static final long WAITERS_OFFSET = STATE_OFFSET + 16;

    private static final long WAITER_BYTES = 24;
    private static final long SLOT_IN_WAITER = 4;
    private static final long TICKET_IN_WAITER = 8;
    private static final long BELL_IN_WAITER = 16;

    /** How much memory a condition takes. */
    static final long SIZE_BYTES = WAITERS_OFFSET + WAITER_BYTES * CAPACITY - Place.HEADER_BYTES;

    private static final int FREE = 0;
    private static final int WAITING = 1;
    private static final int SIGNALLED = 2;

    private final transient SharedLock lock;
    private final transient MemorySegment memory;
    private final transient AtomicReferenceArray<Bell> bells = new AtomicReferenceArray<>(CAPACITY);
    private final transient boolean ownsLock;

    /**
     * Makes a condition over a place.
     *
     * @param ownsLock whether the lock was made for it and is closed with it
     */
    SharedCondition(Place place, SharedLock lock, boolean ownsLock) {
        super(Kind.CONDITION, place);
        this.lock = lock;
        this.memory = place.memory();
        this.ownsLock = ownsLock;
    }

    @Override
    public Lock lock() {
        return lock;
    }

    /** Its lock goes with it, by whatever that travels. */
    @Override
    protected Object writeReplace() {
        kind().checkMaySetOut(this);
        return new WithLock(lock, place().key());
    }

    /** A condition on its way. */
    private record WithLock(SharedLock lock, ObjectKey key) implements Serializable {
        @SuppressWarnings("unused") // called by serialization
        private Object readResolve() {
            return SyncObjects.open(Kind.CONDITION, key, place -> new SharedCondition(place, lock, false));
        }
    }

    @Override
    public void close() {
        super.close();
        if (ownsLock) {
            lock.close();
        }
    }

    @Override
    public void await() throws InterruptedException {
        boolean _ = sleep(Long.MAX_VALUE, true);
    }

    @Override
    public boolean await(Duration timeout) throws InterruptedException {
        return sleep(Timeouts.nanos(timeout), true);
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return sleep(unit.toNanos(time), true);
    }

    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        long start = System.nanoTime();
        boolean _ = sleep(nanosTimeout, true);
        return nanosTimeout - (System.nanoTime() - start);
    }

    @Override
    @SuppressWarnings("JavaUtilDate") // the JDK's interface
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        long now = System.currentTimeMillis();
        return sleep(deadline.getTime() <= now ? 0 : TimeUnit.MILLISECONDS.toNanos(deadline.getTime() - now), true);
    }

    @Override
    public void awaitUninterruptibly() {
        try {
            boolean _ = sleep(Long.MAX_VALUE, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an interrupt was not kept for later", e);
        }
    }

    @Override
    public void waitFor(BooleanSupplier predicate) throws InterruptedException {
        boolean _ = sleepUntil(predicate, Long.MAX_VALUE);
    }

    @Override
    public boolean waitFor(BooleanSupplier predicate, Duration timeout) throws InterruptedException {
        return sleepUntil(predicate, Timeouts.nanos(timeout));
    }

    private boolean sleepUntil(BooleanSupplier predicate, long timeoutNanos) throws InterruptedException {
        checkHeld();
        long start = System.nanoTime();
        while (!predicate.getAsBoolean()) {
            long left = Timeouts.left(start, timeoutNanos);
            if (left <= 0) {
                return false;
            }
            boolean _ = sleep(left, true);
        }
        return true;
    }

    private void checkHeld() {
        if (!lock.isMine()) {
            place().check();
            throw new IllegalMonitorStateException("the calling thread does not hold the condition's lock");
        }
    }

    /** Waits; the lock is held again when it returns or throws, unless that is closed. */
    private boolean sleep(long timeoutNanos, boolean interruptible) throws InterruptedException {
        checkHeld();
        if (interruptible && Thread.interrupted()) {
            throw new InterruptedException();
        }
        place().check();
        int waiter = enrol();
        int holds = lock.releaseWholly();
        boolean signalled = false;
        try {
            signalled = waitForSignal(waiter, timeoutNanos, interruptible);
        } finally {
            try {
                lock.reacquire(holds);
            } finally {
                if (signalled) {
                    setState(waiter, FREE);
                }
            }
        }
        return signalled;
    }

    /** Takes a free place in the table. */
    private int enrol() {
        enter();
        try {
            for (int waiter = 0; waiter < CAPACITY; waiter++) {
                if (state(waiter) == FREE) {
                    long ticket = Words.getLong(memory, TICKETS_OFFSET) + 1;
                    Words.setLong(memory, TICKETS_OFFSET, ticket);
                    Words.setLong(memory, at(waiter) + TICKET_IN_WAITER, ticket);
                    Words.setGuardedInt(memory, at(waiter) + SLOT_IN_WAITER, place().slot());
                    if (waiter >= high()) {
                        Words.setGuardedInt(memory, HIGH_OFFSET, waiter + 1);
                    }
                    setState(waiter, WAITING); // last: now it is taken
                    return waiter;
                }
            }
        } finally {
            leave();
        }
        throw new IllegalStateException("Too many threads wait for one condition: waiting=" + CAPACITY
                + ". Use several conditions, or an Event, which any number can wait for.");
    }

    /** Waits for the signal outside the user's lock; if it returns false or throws, the place in the table is free. */
    private boolean waitForSignal(int waiter, long timeoutNanos, boolean interruptible) throws InterruptedException {
        Bell bell = bell(waiter);
        long start = System.nanoTime();
        try {
            while (true) {
                int seen = bell.count();
                if (state(waiter) == SIGNALLED) {
                    return true;
                }
                long left = Timeouts.left(start, timeoutNanos);
                if (left <= 0) {
                    return !withdraw(waiter);
                }
                if (interruptible) {
                    place().await(bell, seen, left);
                } else {
                    place().awaitUninterruptibly(bell, seen, left);
                }
            }
        } catch (InterruptedException e) {
            if (withdraw(waiter)) {
                throw e;
            }
            Thread.currentThread().interrupt(); // the signal came first
            return true;
        } catch (RuntimeException e) {
            setState(waiter, FREE); // closed, so that no signal is lost by that
            throw e;
        } catch (Error e) {
            if (!withdraw(waiter)) {
                passOn(waiter);
            }
            throw e;
        }
    }

    /** Gives up; says whether there was no signal before. */
    private boolean withdraw(int waiter) {
        enter();
        try {
            if (state(waiter) != WAITING) {
                return false;
            }
            setState(waiter, FREE);
            return true;
        } finally {
            leave();
        }
    }

    /** Who was signalled cannot go on: the one who waits longest does. */
    private void passOn(int waiter) {
        enter();
        try {
            setState(waiter, FREE);
            int[] _ = markOldest(1);
        } finally {
            leave();
        }
        ringAll(SIGNALLED);
    }

    @Override
    public void signal(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("count must be at least 0: count=" + count);
        }
        checkHeld();
        place().check();
        if (count == 0 || high() == 0) {
            return;
        }
        int[] signalled;
        enter();
        try {
            signalled = markOldest(count);
        } finally {
            leave();
        }
        for (int waiter : signalled) {
            bell(waiter).ring();
        }
    }

    /** Marks those that wait longest as signalled, and says which they are. The guard is held. */
    private int[] markOldest(int count) {
        int[] chosen = new int[Math.min(count, high())];
        int found = 0;
        if (count == 1) {
            long oldest = Long.MAX_VALUE;
            for (int waiter = 0; waiter < high(); waiter++) {
                if (state(waiter) == WAITING && ticket(waiter) < oldest) {
                    oldest = ticket(waiter);
                    chosen[0] = waiter;
                    found = 1;
                }
            }
        } else {
            long last = ticketOfNumber(count);
            for (int waiter = 0; waiter < high(); waiter++) {
                if (state(waiter) == WAITING && ticket(waiter) <= last) {
                    chosen[found++] = waiter;
                }
            }
        }
        int[] marked = Arrays.copyOf(chosen, found);
        for (int waiter : marked) {
            setState(waiter, SIGNALLED);
        }
        return marked;
    }

    /** The ticket of that many-th of those that wait, in their order; the largest possible if there are not so many. */
    private long ticketOfNumber(int count) {
        long[] tickets = new long[high()];
        int found = 0;
        for (int waiter = 0; waiter < tickets.length; waiter++) {
            if (state(waiter) == WAITING) {
                tickets[found++] = ticket(waiter);
            }
        }
        if (found <= count) {
            return Long.MAX_VALUE;
        }
        Arrays.sort(tickets, 0, found);
        return tickets[count - 1];
    }

    @Override
    void repair() {
        // Each change is one store.
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        freeGuard(slot);
        enter();
        try {
            int passedOn = 0;
            for (int waiter = 0; waiter < high(); waiter++) {
                int state = state(waiter);
                if (state != FREE && Words.getGuardedInt(memory, at(waiter) + SLOT_IN_WAITER) == slot) {
                    setState(waiter, FREE);
                    passedOn += state == SIGNALLED ? 1 : 0;
                }
            }
            if (passedOn > 0) {
                int[] _ = markOldest(passedOn);
            }
        } finally {
            leave();
        }
        ringAll(SIGNALLED); // also those for whom the dead one had not rung
    }

    @Override
    public void wakeAll() {
        super.wakeAll();
        ringAll(WAITING);
        ringAll(SIGNALLED);
    }

    /** The slots of those that wait, those first that wait longest. */
    List<Integer> waiting() {
        return slots(WAITING);
    }

    /** The slots of those that were signalled and do not hold the lock yet, those first that wait longest. */
    List<Integer> signalled() {
        return slots(SIGNALLED);
    }

    private List<Integer> slots(int state) {
        return IntStream.range(0, high())
                .filter(waiter -> state(waiter) == state)
                .boxed()
                .sorted(Comparator.comparingLong(this::ticket))
                .map(waiter -> Words.getInt(memory, at(waiter) + SLOT_IN_WAITER))
                .toList();
    }

    private void ringAll(int state) {
        for (int waiter = 0; waiter < high(); waiter++) {
            if (state(waiter) == state) {
                bell(waiter).ring();
            }
        }
    }

    private Bell bell(int waiter) {
        Bell known = bells.get(waiter);
        if (known != null) {
            return known;
        }
        Bell made = place().bell(at(waiter) + BELL_IN_WAITER);
        Bell first = bells.compareAndExchange(waiter, null, made);
        return first == null ? made : first;
    }

    private static long at(int waiter) {
        return WAITERS_OFFSET + WAITER_BYTES * waiter;
    }

    private int high() {
        return Words.getGuardedInt(memory, HIGH_OFFSET);
    }

    private long ticket(int waiter) {
        return Words.getLong(memory, at(waiter) + TICKET_IN_WAITER);
    }

    private int state(int waiter) {
        return Words.getInt(memory, at(waiter));
    }

    private void setState(int waiter, int state) {
        Words.setInt(memory, at(waiter), state);
    }
}
