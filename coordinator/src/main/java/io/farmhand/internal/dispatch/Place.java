package io.farmhand.internal.dispatch;

import org.jspecify.annotations.Nullable;

/** A worker's place in the pool, filled by one process after the other. Owned by the dispatcher. */
final class Place {
    final int number;
    /** How many processes it has had. */
    int generation;
    /** Who is there, or is on the way. */
    @Nullable
    Worker occupant;
    /** Who comes next: started already, so that no work waits for it. */
    @Nullable
    Worker successor;
    /** How many starts in a row have failed. */
    int startFailures;

    Place(int number) {
        this.number = number;
    }
}
