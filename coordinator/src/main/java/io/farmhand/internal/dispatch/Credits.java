package io.farmhand.internal.dispatch;

/**
 * How much a worker may hold: enough that it never waits for a round trip, little enough that no chunk queues behind
 * long ones while another worker is idle. It is counted in expected time, so that jobs of short and of long chunks can
 * share a worker.
 */
final class Credits {
    /** The work that a worker should hold. Several round trips (about 0.1 ms each) and a scheduling delay or two. */
    static final double HELD_NANOS = 3e6;
    /** More chunks than this, and the queue costs more memory than it hides delay. */
    static final int MOST_CHUNKS = 256;
    /** Behind a chunk longer than this none is held: a round trip is a thousandth of it. */
    static final double LONG_NANOS = 100e6;

    private Credits() {}

    /** How long a chunk is expected to take: the mean of such; while that is unknown it may be a long one. */
    static double expectedNanos(double meanNanos) {
        return meanNanos == 0 ? Math.nextUp(LONG_NANOS) : meanNanos;
    }

    /**
     * Whether a worker may get another chunk.
     *
     * @param chunks how many it holds
     * @param heldNanos how long these are expected to take
     * @param plenty whether more chunks wait than there are workers, so that a second one on this worker keeps no
     *     other idle
     */
    static boolean suffice(int chunks, double heldNanos, boolean plenty) {
        return chunks == 0 || (heldNanos < HELD_NANOS && chunks < MOST_CHUNKS)
                || (plenty && chunks == 1 && heldNanos <= LONG_NANOS);
    }
}
