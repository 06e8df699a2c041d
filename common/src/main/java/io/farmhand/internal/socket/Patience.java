package io.farmhand.internal.socket;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/** What becomes of one wait that interrupts do not end: how long it lasts, and what is done then. It belongs to one thread. */
public interface Patience {
    /** That of one who waits for ever. */
    Patience ENDLESS = new Patience() {
        @Override
        public void interrupted() {
            // it is kept for later
        }

        @Override
        public long leftNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public void isOver() {
            throw new AssertionError("it never is");
        }
    };

    /** The thread was interrupted, which it will be again after the wait. */
    void interrupted();

    /** How long it lasts still; {@link Long#MAX_VALUE} for no limit. */
    long leftNanos();

    /**
     * It has come to its end, and lasts on if this says so by {@link #leftNanos}.
     *
     * @throws IOException to wait no longer
     */
    void isOver() throws IOException;

    /**
     * That of one who waits for a time.
     *
     * @param who does not answer, in words
     */
    static Patience of(long nanos, Object who) {
        long start = System.nanoTime();
        return new Patience() {
            @Override
            public void interrupted() {
                // it is kept for later
            }

            @Override
            public long leftNanos() {
                return nanos - (System.nanoTime() - start);
            }

            @Override
            public void isOver() throws SocketTimeoutException {
                throw new SocketTimeoutException("There was no answer in time: from=" + who + " seconds="
                        + TimeUnit.NANOSECONDS.toSeconds(nanos));
            }
        };
    }
}
