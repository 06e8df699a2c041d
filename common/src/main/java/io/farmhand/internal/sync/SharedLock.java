package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.WordLock;
import io.farmhand.internal.shm.WordLock.Acquired;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Lock;
import io.farmhand.sync.OwnerDiedException;
import java.time.Duration;

/** A {@link Lock}: a word in shared memory, see {@link WordLock}. */
class SharedLock extends SharedThing implements Lock {
    private static final long serialVersionUID = 1L;
    private static final System.Logger LOG = System.getLogger(Lock.class.getName());

    static final long SIZE_BYTES = WordLock.SIZE_BYTES;

    private final transient WordLock word;

    SharedLock(Place place) {
        this(Kind.LOCK, place);
    }

    SharedLock(Kind kind, Place place) {
        this(kind, place, Place.HEADER_BYTES);
    }

    SharedLock(Kind kind, Place place, long offset) {
        super(kind, place);
        this.word = place.lock(offset);
    }

    final WordLock word() {
        return word;
    }

    /** The first acquisition by a thread; overridden where it may hold the lock already. */
    @Override
    public void lock() {
        place().check();
        warn(word.acquire());
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        place().check();
        warn(word.acquire(Long.MAX_VALUE));
    }

    @Override
    public boolean tryLock() {
        place().check();
        return warn(word.tryAcquire());
    }

    @Override
    public boolean tryLock(Duration timeout) throws InterruptedException {
        place().check();
        return warn(word.acquire(Timeouts.nanos(timeout)));
    }

    @Override
    public void lockReportingDeath() throws OwnerDiedException {
        place().check();
        if (word.acquire() == Acquired.FROM_THE_DEAD) {
            throw new OwnerDiedException("The process that held this lock ended before it unlocked it: what the lock"
                    + " protects may be half done. The lock is yours now: mend that, and unlock it.");
        }
    }

    @Override
    public void unlock() {
        if (!word.release()) {
            place().check(); // rather the reason why it is not
            throw new IllegalMonitorStateException("it is not locked");
        }
    }

    @Override
    public final boolean isLocked() {
        return word.isHeld();
    }

    @Override
    public final Condition newCondition() {
        place().check();
        return SyncObjects.condition(this, false);
    }

    /** Whether the calling thread holds it. */
    final boolean isMine() {
        return word.isMine();
    }

    /** Releases it, which the calling thread holds, however often; says how often that was. */
    int releaseWholly() {
        boolean _ = word.release();
        return 1;
    }

    /** Acquires it as often as {@link #releaseWholly} said. */
    void reacquire(int holds) {
        place().check();
        boolean _ = warn(word.acquire());
    }

    /** Warns if the lock comes from a process that ended with it; says whether it was acquired. */
    static boolean warn(Acquired how) {
        if (how == Acquired.FROM_THE_DEAD) {
            LOG.log(System.Logger.Level.WARNING,
                    "The process that held a lock ended before it unlocked it: what the lock"
                            + " protects may be half done. lockReportingDeath() tells that to the code that can mend it.");
        }
        return how != Acquired.NOT;
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        word.release(slot);
    }

    @Override
    public void wakeAll() {
        word.wakeAll();
    }
}
