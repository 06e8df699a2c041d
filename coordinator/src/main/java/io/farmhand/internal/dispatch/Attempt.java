package io.farmhand.internal.dispatch;

/** One chunk on one worker, once. Owned by the dispatcher. */
final class Attempt {
    final long id;
    final Chunk chunk;
    /** How long it was expected to take when it was sent. */
    final double expectedNanos;
    /** How many of the chunk's outcomes have come; they come in order. */
    int received;

    Attempt(long id, Chunk chunk) {
        this.id = id;
        this.chunk = chunk;
        this.expectedNanos = Credits.expectedNanos(chunk.job().meanChunkNanos);
    }
}
