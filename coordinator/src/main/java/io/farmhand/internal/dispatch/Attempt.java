package io.farmhand.internal.dispatch;

/** One chunk on one worker, once. Owned by the dispatcher. */
final class Attempt {
    final long id;
    /** What is still to come, and what has come: shorter than what was sent once the rest was taken back. */
    Chunk chunk;
    /** How long it was expected to take when it was sent. */
    final double expectedNanos;
    /** How many of the chunk's outcomes have come; they come in order. */
    int received;
    /** How long the function took for these. */
    long workNanos;
    /** Whether the items that have not begun were asked back. */
    boolean recalled;
    /** Whether it was told how many of them have begun: the rest is gone from the chunk. */
    boolean returned;
    /** Whether an item of it is to be tried again. */
    boolean retried;
    /** When it came to the head of its worker's queue, or its last outcome came. */
    long sinceNanos;
    /** Whether it could not be told, at the last look, what of it had begun. */
    boolean untold;
    /** Whether its running item was told to stop. */
    boolean stopping;
    /** When the worker, at this attempt, was told to stop. */
    long stopAskedNanos;

    Attempt(long id, Chunk chunk) {
        this.id = id;
        this.chunk = chunk;
        this.expectedNanos = chunk.job().expectedNanos(chunk.count());
    }

    /** How many of its items cannot be known to have begun, but for the one that runs. */
    int idleItems(boolean atHead) {
        return chunk.count() - received - (atHead ? 1 : 0);
    }

    /** The index after that of its last item. */
    long endIndex() {
        return chunk.firstIndex() + chunk.count();
    }
}
