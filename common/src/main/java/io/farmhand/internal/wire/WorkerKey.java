package io.farmhand.internal.wire;

import org.jspecify.annotations.Nullable;

/**
 * Which worker: its number, which of the processes that bore that number, and the secret that proves it.
 *
 * @param number the worker's number, from 0 to the pool's size - 1; a replacement bears the number of what it replaces
 * @param generation 1 for the first process of that number, one more for each replacement
 * @param token the secret with which the process joins, once
 */
public record WorkerKey(int number, int generation, String token) {
    // Written out, these two: those that a record has are spun at their first call, in each start of a pool.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WorkerKey key && key.number == number && key.generation == generation
                && key.token.equals(token);
    }

    @Override
    public int hashCode() {
        return token.hashCode();
    }

    /** Leaves the secret out, so that a key can be logged. */
    @Override
    public String toString() {
        return "worker " + number + (generation == 1 ? "" : " (start " + generation + ")");
    }
}
