package io.farmhand.internal.home;

import io.farmhand.internal.shm.Bell;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.shm.WordLock;
import io.farmhand.sync.HandleClosedException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Where a shared thing stands: its memory, and its user. The first {@link #HEADER_BYTES} are the place's own, the rest is
 * the thing's, all zero at first.
 *
 * <pre>
 *   0               4               8                        64
 *  +---------------+---------------+------------------------+-----------
 *  |     kind      |    closed     |   parts   |  reserved  | the thing's
 *  +---------------+---------------+------------------------+-----------
 * </pre>
 */
public abstract class Place implements Party {
    /** Where the thing's own bytes begin. */
    public static final long HEADER_BYTES = 64;

    /** The offset of the kind, which tells what was put here. */
    static final long KIND_OFFSET = 0;
    /** The offset of the flag that says that it was closed. */
    static final long CLOSED_OFFSET = 4;
    /** The offset of the flag that says that there may be parts. */
    static final long PARTS_OFFSET = 8;

    Place() {}

    /** The memory, header and all. */
    public abstract MemorySegment memory();

    /** A lock in this place's memory, see {@link WordLock}. */
    public final WordLock lock(long offset) {
        return lock(offset, this);
    }

    /**
     * A lock in this place's memory, see {@link WordLock}, for a user of his own.
     *
     * @param party this place, or one that adds to it when waiting ends
     */
    public abstract WordLock lock(long offset, Party party);

    /** A bell in this place's memory, 4 bytes. */
    public abstract Bell bell(long offset);

    /** More memory of the thing's. */
    public abstract Parts parts();

    /** Why nothing can be done here any more; null while it can. */
    abstract @Nullable String endedBecause();

    /** Whether it was closed, or the process that keeps it has ended. */
    public boolean isClosed() {
        return endedBecause() != null;
    }

    /** Ends it for all who use it, if it was made here. */
    public abstract void close();

    /** Says to the process that keeps it that it is not used any more; if that is this one, does nothing. */
    public void tellHome() {
        // It is.
    }

    /** Gives back what parts there are, if it was made here and nobody makes any more, since it was closed. */
    public void deleteParts() {
        // Parts in memory go when nobody refers to them.
    }

    /** Where it is, for a handle that travels: it lives until it is closed then. */
    public abstract ObjectKey key();

    /** Says what stands here; it is told which processes end, where this is its home, and is woken when the home ends. */
    public abstract void occupy(Occupant occupant);

    @Override
    public void check() {
        String reason = endedBecause();
        if (reason != null) {
            throw new HandleClosedException(reason);
        }
    }

    @Override
    public void await(Bell bell, int seen, long timeoutNanos) throws InterruptedException {
        check(); // after the bell was read: who ends this place says so first and rings then
        bell.await(seen, timeoutNanos);
        check();
    }

    @Override
    public void awaitUninterruptibly(Bell bell, int seen, long timeoutNanos) {
        check();
        bell.awaitUninterruptibly(seen, timeoutNanos);
        check();
    }
}
