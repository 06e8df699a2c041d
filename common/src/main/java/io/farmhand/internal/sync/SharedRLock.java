package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.WordLock;
import io.farmhand.internal.shm.Words;
import io.farmhand.sync.OwnerDiedException;
import io.farmhand.sync.RLock;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An {@link RLock}: a word lock, and how often its holder has locked it, which only the holder reads and writes. */
final class SharedRLock extends SharedLock implements RLock {
    private static final long serialVersionUID = 1L;

    static final long SIZE_BYTES = WordLock.SIZE_BYTES + 8;

    private final transient long countOffset;
    /** What travels instead of it when it is a part of something; null when it stands alone. */
    private final transient @Nullable Serializable standIn;

    SharedRLock(Place place) {
        this(place, Place.HEADER_BYTES, null);
    }

    /** The lock of something that has it in its memory, and what travels instead, from which the lock comes there. */
    SharedRLock(Place place, long offset, @Nullable Serializable standIn) {
        super(Kind.RLOCK, place, offset);
        this.countOffset = offset + WordLock.SIZE_BYTES;
        this.standIn = standIn;
    }

    @Override
    protected Object writeReplace() {
        if (standIn == null) {
            return super.writeReplace();
        }
        kind().checkMaySetOut(this);
        return standIn;
    }

    /** Closes it if it stands alone; else it ends with what it is a part of. */
    @Override
    public void close() {
        if (standIn == null) {
            super.close();
        }
    }

    @Override
    public boolean isHeldByCurrentThread() {
        return word().isMine();
    }

    @Override
    public int getHoldCount() {
        return word().isMine() ? count() : 0;
    }

    private int count() {
        return Words.getInt(place().memory(), countOffset);
    }

    private void count(int holds) {
        Words.setInt(place().memory(), countOffset, holds);
    }

    /** Locks it once more if the calling thread holds it. */
    private boolean again() {
        place().check();
        if (!word().isMine()) {
            return false;
        }
        int holds = count();
        if (holds == Integer.MAX_VALUE) {
            throw new IllegalStateException("locked too often: holds=" + holds);
        }
        count(holds + 1);
        return true;
    }

    @Override
    public void lock() {
        if (!again()) {
            super.lock();
            count(1);
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        checkInterrupt();
        if (!again()) {
            super.lockInterruptibly();
            count(1);
        }
    }

    @Override
    public boolean tryLock() {
        return again() || first(super.tryLock());
    }

    @Override
    public boolean tryLock(Duration timeout) throws InterruptedException {
        checkInterrupt();
        return again() || first(super.tryLock(timeout));
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private boolean first(boolean acquired) {
        if (acquired) {
            count(1);
        }
        return acquired;
    }

    @Override
    public void lockReportingDeath() throws OwnerDiedException {
        if (!again()) {
            try {
                super.lockReportingDeath();
            } finally {
                if (word().isMine()) {
                    count(1);
                }
            }
        }
    }

    @Override
    public void unlock() {
        if (!word().isMine()) {
            place().check(); // rather the reason why not
            throw new IllegalMonitorStateException("the calling thread does not hold it");
        }
        int holds = count() - 1;
        count(holds);
        if (holds == 0) {
            super.unlock();
        }
    }

    @Override
    int releaseWholly() {
        int holds = count();
        count(0);
        int _ = super.releaseWholly();
        return holds;
    }

    @Override
    void reacquire(int holds) {
        super.reacquire(holds);
        count(holds);
    }
}
