package io.farmhand.internal.shm;

import java.lang.foreign.MemorySegment;

/**
 * A lock in shared memory, which any thread of any process can take; when a process ends that holds it, it is free for
 * the next one, who is told.
 *
 * <pre>
 *   0               4               8                              16
 *  +---------------+---------------+-------------------------------+
 *  |     word      |     bell      |            thread             |
 *  +---------------+---------------+-------------------------------+
 *   bits 0..11: the  counts those    the holder's slot (12 bits) and thread (52),
 *   holder's slot,   that waiters    written by the holder, cleared by whoever
 *   0 if free        were woken      frees the lock
 *   bit 30: the last holder ended with it
 *   bit 31: there may be waiters
 * </pre>
 *
 * <p><b>Concurrency.</b> One compare-and-set takes a free lock, one swap frees it; the kernel is asked only when a thread
 * must sleep, or sleeps. A waiter reads the bell's count, sets bit 31, and sleeps if the count is still the same. Whoever
 * swaps the word and finds bit 31 rings. A thread that slept takes the lock with bit 31 set, for there may be others.
 *
 * <p><b>Failure.</b> The holder's slot stands in the word itself from the very instruction that takes it, so that no
 * moment is left in which the lock is held by nobody known. {@link #release} clears it when the slot's process has
 * ended, and rings for all: a waiter that was woken and killed before it took the lock cost no wake-up either.
 */
public final class WordLock {
    /** How many bytes a lock takes. */
    public static final int SIZE_BYTES = 16;

    /** Where among them its bell is. */
    public static final int BELL_OFFSET = 4;

    /** How a lock was acquired. */
    public enum Acquired {
        /** Not at all: the time ran out. */
        NOT,
        /** As it was left. */
        IN_ORDER,
        /** From a process that ended while it held it. */
        FROM_THE_DEAD
    }

    private static final int SLOT = (1 << 12) - 1;
    private static final int ORPHANED = 1 << 30;
    private static final int WAITERS = 1 << 31;
    private static final int THREAD_BITS = 52;
    private static final long THREAD = (1L << THREAD_BITS) - 1;
    private static final long THREAD_OFFSET = 8;

    /** Longer burns the time of the one that is to unlock, where there are few cores; shorter goes to the kernel for each clash. */
    private static final int SPINS = 64;

    private final MemorySegment memory;
    private final long offset;
    private final Bell bell;
    private final Party party;

    /**
     * A lock in some memory, which is all zero when the lock is new.
     *
     * @param memory the memory
     * @param offset where the lock's 16 bytes are, aligned to 8
     * @param party who uses it
     * @param bell the bell at {@link #BELL_OFFSET} from there
     */
    public WordLock(MemorySegment memory, long offset, Party party, Bell bell) {
        this.memory = memory;
        this.offset = offset;
        this.party = party;
        this.bell = bell;
    }

    /** Takes it if it is free. */
    public Acquired tryAcquire() {
        while (true) {
            int word = Words.getInt(memory, offset);
            if ((word & SLOT) != 0) {
                return Acquired.NOT;
            }
            if (Words.compareAndSetInt(memory, offset, word, party.slot() | (word & WAITERS))) {
                return taken(word);
            }
        }
    }

    /** Takes it, however long that takes; an interrupt is kept for later. */
    public Acquired acquire() {
        Acquired at = first();
        if (at != Acquired.NOT) {
            return at;
        }
        while (true) {
            int seen = bell.count();
            at = takeOrMark();
            if (at != Acquired.NOT) {
                return at;
            }
            try {
                party.awaitUninterruptibly(bell, seen, Long.MAX_VALUE);
            } catch (Throwable e) {
                passOn();
                throw e;
            }
        }
    }

    /**
     * Takes it unless that takes longer.
     *
     * @param timeoutNanos how long to wait at most; {@link Long#MAX_VALUE} for no limit
     * @throws InterruptedException when the thread is interrupted before or while it waits
     */
    public Acquired acquire(long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Acquired at = timeoutNanos <= 0 ? tryAcquire() : first();
        if (at != Acquired.NOT || timeoutNanos <= 0) {
            return at;
        }
        long start = System.nanoTime();
        while (true) {
            int seen = bell.count();
            at = takeOrMark();
            if (at != Acquired.NOT) {
                return at;
            }
            long left = timeoutNanos == Long.MAX_VALUE ? Long.MAX_VALUE : timeoutNanos - (System.nanoTime() - start);
            if (left <= 0) {
                passOn();
                return Acquired.NOT;
            }
            try {
                party.await(bell, seen, left);
            } catch (Throwable e) {
                passOn();
                throw e;
            }
        }
    }

    /** Most locks are held for a moment. */
    private Acquired first() {
        for (int i = 0; i < SPINS; i++) {
            Acquired at = tryAcquire();
            if (at != Acquired.NOT) {
                return at;
            }
            Thread.onSpinWait();
        }
        return Acquired.NOT;
    }

    /** Takes it, or says in the word that someone waits. */
    private Acquired takeOrMark() {
        party.check();
        while (true) {
            int word = Words.getInt(memory, offset);
            if ((word & SLOT) == 0) {
                if (Words.compareAndSetInt(memory, offset, word, party.slot() | WAITERS)) {
                    return taken(word);
                }
            } else if ((word & WAITERS) != 0 || Words.compareAndSetInt(memory, offset, word, word | WAITERS)) {
                return Acquired.NOT;
            }
        }
    }

    /** Who gives up may have been the one that was woken. */
    private void passOn() {
        bell.ringOne();
    }

    private Acquired taken(int word) {
        Words.setGuardedLong(memory, offset + THREAD_OFFSET, me());
        return (word & ORPHANED) == 0 ? Acquired.IN_ORDER : Acquired.FROM_THE_DEAD;
    }

    /** The calling thread as the lock's memory names it: its process's slot, and its number there. */
    private long me() {
        return (long) party.slot() << THREAD_BITS | (party.thread() & THREAD);
    }

    /**
     * Before the word is freed, for after that it is the next holder's. Only if it is that slot's: between our look at
     * the word and this another thread may have freed the lock, and a third one taken it.
     */
    private void forgetThread(int slot) {
        long thread = Words.getLong(memory, offset + THREAD_OFFSET);
        if (thread == me()) {
            Words.setGuardedLong(memory, offset + THREAD_OFFSET, 0);
        } else if (thread >>> THREAD_BITS == slot) {
            boolean _ = Words.compareAndSetLong(memory, offset + THREAD_OFFSET, thread, 0);
        }
    }

    /** Frees it, whoever holds it; says whether anyone did. */
    public boolean release() {
        while (true) {
            int word = Words.getInt(memory, offset);
            if ((word & SLOT) == 0) {
                return false;
            }
            forgetThread(word & SLOT);
            if (Words.compareAndSetInt(memory, offset, word, 0)) {
                if ((word & WAITERS) != 0) {
                    bell.ringOne();
                }
                return true;
            }
        }
    }

    /** Whether the calling thread holds it. */
    public boolean isMine() {
        return (Words.getInt(memory, offset) & SLOT) == party.slot()
                && Words.getLong(memory, offset + THREAD_OFFSET) == me();
    }

    /** Whether anyone holds it. */
    public boolean isHeld() {
        return (Words.getInt(memory, offset) & SLOT) != 0;
    }

    /** The slot of the process that holds it, 0 if it is free. */
    public int holder() {
        return Words.getInt(memory, offset) & SLOT;
    }

    /** A process has ended: if it held the lock, the next one gets it. */
    public void release(int deadSlot) {
        while (true) {
            int word = Words.getInt(memory, offset);
            if ((word & SLOT) != deadSlot) {
                break;
            }
            forgetThread(deadSlot); // or a thread of that number in the slot's next process would seem to hold it
            if (Words.compareAndSetInt(memory, offset, word, ORPHANED)) {
                break;
            }
        }
        bell.ring(); // even if it did not hold it: it may have been the one that was woken
    }

    /** Wakes all who wait, to look whether the thing is closed. */
    public void wakeAll() {
        bell.ring();
    }
}
