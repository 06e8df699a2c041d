package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.sync.QueueStore.Progress;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.OwnerDiedException;
import java.time.Duration;

/** A {@link JoinableQueue}: its store counts what each process has taken and not done. */
final class SharedJoinableQueue<T> extends SharedQueue<T> implements JoinableQueue<T> {
    private static final long serialVersionUID = 1L;

    SharedJoinableQueue(Place place) {
        super(Kind.JOINABLE_QUEUE, place, true);
    }

    @Override
    public void taskDone() {
        if (!store().finishOne()) {
            throw new IllegalStateException("taskDone() was called more often than items were put in");
        }
    }

    @Override
    public void join() throws InterruptedException, OwnerDiedException {
        while (!join(Long.MAX_VALUE)) {
            // For ever is long, but not endless.
        }
    }

    @Override
    public boolean join(Duration timeout) throws InterruptedException, OwnerDiedException {
        return join(Timeouts.nanos(timeout));
    }

    private boolean join(long timeoutNanos) throws InterruptedException, OwnerDiedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long start = System.nanoTime();
        long told = store().told();
        while (true) {
            int seen = store().done().count();
            Progress progress = store().progress(told);
            if (progress.lost() > 0) {
                throw new OwnerDiedException("Consumers ended between taking an item and saying that it is done: items="
                        + progress.lost() + ". They count as done now; put them in again if they have to be.");
            }
            if (progress.unfinished() == 0) {
                return true;
            }
            long left = Timeouts.left(start, timeoutNanos);
            if (left <= 0) {
                return false;
            }
            store().done().await(seen, left);
        }
    }
}
