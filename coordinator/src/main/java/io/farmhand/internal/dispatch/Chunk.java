package io.farmhand.internal.dispatch;

import io.farmhand.internal.serial.Items;
import java.nio.ByteBuffer;

/**
 * A run of consecutive items of one job that waits or is under way.
 *
 * @param attempt which attempt at these items comes next, from 1
 * @param avoid the worker that is to get it only when no other can take it, or -1
 */
record Chunk(Job job, long firstIndex, int count, ByteBuffer items, int attempt, int avoid) {
    /** A chunk that any worker may get. */
    Chunk(Job job, long firstIndex, int count, ByteBuffer items, int attempt) {
        this(job, firstIndex, count, items, attempt, -1);
    }

    int sizeBytes() {
        return items.remaining();
    }

    /** Some of its items, as a chunk of their own. */
    Chunk part(int from, int to) {
        return part(from, to, attempt, -1);
    }

    Chunk part(int from, int to, int partAttempt, int avoided) {
        return new Chunk(job, firstIndex + from, to - from, Items.slice(items, from, to - from), partAttempt, avoided);
    }
}
