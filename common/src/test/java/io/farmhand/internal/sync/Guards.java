package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.sync.Queue;

/** Takes what only its package may, for tests of what becomes of it. */
public final class Guards {
    private Guards() {}

    /** Takes the guard of a queue and keeps it. */
    public static void hold(Queue<?> queue) {
        var _ = ((SharedThing) (Object) queue).place().lock(Place.HEADER_BYTES).acquire();
    }
}
