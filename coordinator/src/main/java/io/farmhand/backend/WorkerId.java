package io.farmhand.backend;

import org.jspecify.annotations.Nullable;

/**
 * Which worker of a pool: its number, and which of those that bore that number.
 *
 * @param number from 0 to the pool's size - 1; a replacement bears the number of what it replaces
 * @param generation 1 for the first of that number, one more for each replacement
 */
public record WorkerId(int number, int generation) {
    private static final int SPREAD = 31;

    // Written out, these two: those that a record has are spun at their first call, in each start of a pool.

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof WorkerId id && id.number == number && id.generation == generation;
    }

    @Override
    public int hashCode() {
        return SPREAD * generation + number;
    }

    @Override
    public String toString() {
        return "worker " + number + (generation == 1 ? "" : " (start " + generation + ")");
    }
}
