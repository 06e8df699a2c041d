package io.farmhand.internal.shm;

import java.util.concurrent.TimeUnit;

/** A bell for the threads of one JVM. Its monitor guards the count. */
public final class LocalBell implements Bell {
    private int count;

    /** Makes a bell. */
    public LocalBell() {}

    @Override
    public synchronized int count() {
        return count;
    }

    @Override
    public synchronized void ring() {
        count++;
        notifyAll();
    }

    @Override
    public void ringOne() {
        ring();
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // the caller looks again
    public synchronized void await(int seen, long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (count != seen || timeoutNanos <= 0) {
            return;
        }
        if (timeoutNanos == Long.MAX_VALUE) {
            wait();
        } else {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(timeoutNanos, TimeUnit.MILLISECONDS.toNanos(1)));
        }
    }

    @Override
    public void awaitUninterruptibly(int seen, long timeoutNanos) {
        try {
            await(seen, timeoutNanos);
        } catch (InterruptedException e) {
            awaitInterrupted(seen, timeoutNanos);
        }
    }

    /** The flag must be down while we wait, and up again after. */
    private void awaitInterrupted(int seen, long timeoutNanos) {
        try {
            awaitUninterruptibly(seen, timeoutNanos);
        } finally {
            Thread.currentThread().interrupt();
        }
    }
}
