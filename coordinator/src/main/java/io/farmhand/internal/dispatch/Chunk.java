package io.farmhand.internal.dispatch;

import io.farmhand.internal.serial.Items;
import java.nio.ByteBuffer;

/**
 * A run of consecutive items of one job that waits or is under way.
 *
 * @param attempt which attempt at these items comes next, from 1
 */
record Chunk(Job job, long firstIndex, int count, ByteBuffer items, int attempt) {
    int sizeBytes() {
        return items.remaining();
    }

    /** Some of its items, as a chunk of their own. */
    Chunk part(int from, int to, int partAttempt) {
        return new Chunk(job, firstIndex + from, to - from, Items.slice(items, from, to - from), partAttempt);
    }
}
