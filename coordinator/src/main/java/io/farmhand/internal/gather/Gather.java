package io.farmhand.internal.gather;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the results of one job wait, encoded, for its caller, and the window that its feeder must keep to.
 *
 * <p><b>Concurrency.</b> {@code lock} guards everything. Three parties meet here: the feeder (submits chunks, waits for
 * room), the dispatcher (puts results, gives room back; never waits), the consumer (waits for results). For a blocking
 * call the feeder and the consumer are one thread.
 *
 * <p><b>Failure.</b> The first end wins: results that are ready in their order are delivered before it.
 */
public abstract class Gather {
    private final Window window;
    /** Is told each run that is put; null for nobody. */
    private volatile @Nullable Consumer<Run> observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition arrived = lock.newCondition();
    // Guarded by lock.
    private int openChunks;
    private long openItems;
    private long openBytes;
    private int heldRuns;
    private long heldItems;
    private long heldBytes;
    private boolean sated;
    private boolean ended;
    private Run.@Nullable JobFailed failure;
    private @Nullable Runnable drained;

    Gather(Window window) {
        this.window = window;
    }

    /** Keeps a run until it can be delivered; under the lock. */
    abstract void store(Run run);

    /** Whether a run can be delivered now; under the lock. */
    abstract boolean hasReady();

    /** Takes the run that can be delivered now, if there is one; under the lock. */
    abstract @Nullable Run removeReady(boolean nothingOpen);

    /** Takes any run that waits, in whatever order; under the lock. */
    abstract @Nullable Run removeAny();

    /** Feeder: a chunk is about to go to the dispatcher. */
    public final void opened(int items, long bytes) {
        lock.lock();
        try {
            openChunks++;
            openItems += items;
            openBytes += bytes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Feeder: waits until the window has room.
     *
     * @return false when nothing more is to be fed: the job has ended, or what it was fed is enough
     */
    public final boolean awaitRoom() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!ended && !sated && !roomLeft()) {
                room.await();
            }
            return !ended && !sated;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Dispatcher: whether more chunks may begin. Not when the reader is so far behind that the results it has not taken
     * fill the window; but what it waits for itself must come, so when nothing is under way and nothing ready one may.
     *
     * @param noneUnderWay whether no worker holds a chunk of the job
     */
    public final boolean mayBegin(boolean noneUnderWay) {
        if (!window.countsUndelivered()) {
            return true;
        }
        lock.lock();
        try {
            return !isFull() || (noneUnderWay && !hasReady());
        } finally {
            lock.unlock();
        }
    }

    /** Dispatcher: what to call, from the consumer's thread, when the reader has caught up so that more may begin. */
    public final void whenDrained(Runnable action) {
        lock.lock();
        try {
            drained = action;
        } finally {
            lock.unlock();
        }
    }

    /** Before the job is opened: who is told each run that is put, by whoever puts it; it must not wait. */
    public final void observedBy(Consumer<Run> hearer) {
        observer = hearer;
    }

    /** Dispatcher or feeder: the outcomes of some items are there. */
    public final void put(Run run) {
        Consumer<Run> told = observer;
        if (told != null) { // before its consumer can see it, so that all is counted at the end
            told.accept(run);
        }
        lock.lock();
        try {
            if (ended) {
                return;
            }
            store(run);
            heldRuns++;
            heldItems += run.count();
            heldBytes += run.sizeBytes();
            if (hasReady() || openChunks == 0) { // else it waits for an earlier one, and so does the consumer
                arrived.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Dispatcher: what was fed is enough; the job has failed at an item that it holds. */
    public final void sate() {
        lock.lock();
        try {
            sated = true;
            signalChange();
        } finally {
            lock.unlock();
        }
    }

    /** Feeder: whether nothing more is to be fed. */
    public final boolean isSated() {
        lock.lock();
        try {
            return sated || ended;
        } finally {
            lock.unlock();
        }
    }

    /** Dispatcher: chunks were split, or are done; their input is no longer held. */
    public final void adjust(int chunks, long items, long bytes) {
        lock.lock();
        try {
            openChunks += chunks;
            openItems += items;
            openBytes += bytes;
            if (roomLeft()) {
                signalChange();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the job: nothing more will be put.
     *
     * @param cause what the consumer gets after the results that are ready; null when all is well
     */
    public final void end(Run.@Nullable JobFailed cause) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                failure = cause;
                signalChange();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Feeder: whether the window has room now. */
    public final boolean hasRoom() {
        lock.lock();
        try {
            return roomLeft();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Consumer: the next run, waiting for it.
     *
     * @return null when all have been delivered; the job's failure, again and again, after what was ready
     */
    public final @Nullable Run take() throws InterruptedException {
        return next(false);
    }

    /** Consumer that also feeds: the next run, or null when there is none yet, but room to feed. */
    public final @Nullable Run takeUnlessRoom() throws InterruptedException {
        return next(true);
    }

    /**
     * Consumer: a run that waits behind a gap that nothing will fill any more, since the job has ended; null when there
     * is none.
     */
    public final @Nullable Run takeLeft() {
        lock.lock();
        try {
            return ended ? removeAny() : null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Run next(boolean orRoom) throws InterruptedException {
        Runnable caughtUp = null;
        Run run;
        lock.lockInterruptibly();
        try {
            run = removeReady(openChunks == 0);
            while (run == null && !ended && !(orRoom && (sated || roomLeft()))) {
                arrived.await();
                run = removeReady(openChunks == 0);
            }
            if (run != null) {
                caughtUp = taken(run);
            } else if (ended) {
                run = failure;
            }
        } finally {
            lock.unlock();
        }
        if (caughtUp != null) {
            caughtUp.run();
        }
        return run;
    }

    /** Returns whom to tell that more may begin, if with this run it may: see {@link #mayBegin}. */
    private @Nullable Runnable taken(Run run) {
        boolean wasFull = isFull();
        heldRuns--;
        heldItems -= run.count();
        heldBytes -= run.sizeBytes();
        if (window.countsUndelivered()) {
            room.signalAll();
        }
        return wasFull && (!isFull() || !hasReady()) ? drained : null;
    }

    private boolean isFull() {
        return window.countsUndelivered() && (heldBytes >= window.maxBytes() || heldItems >= window.maxItems());
    }

    private boolean roomLeft() {
        int chunks = openChunks;
        long items = openItems;
        long bytes = openBytes;
        if (window.countsUndelivered()) {
            chunks += heldRuns;
            items += heldItems;
            bytes += heldBytes;
        }
        return chunks == 0
                || (chunks < window.maxChunks() && items < window.maxItems() && bytes < window.maxBytes());
    }

    private void signalChange() {
        room.signalAll();
        arrived.signalAll();
    }
}
