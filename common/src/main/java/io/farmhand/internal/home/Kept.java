package io.farmhand.internal.home;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * A thing that its home keeps: only while its maker refers to it, until a handle to it has travelled; from then on until it
 * is closed, since nobody knows who else refers to it.
 */
final class Kept extends WeakReference<Occupant> {
    @SuppressWarnings("unused") // holds it
    private volatile @Nullable Occupant pinned;

    Kept(Occupant occupant) {
        super(occupant);
    }

    /** A handle to it travels. */
    void pin() {
        pinned = get();
    }
}
