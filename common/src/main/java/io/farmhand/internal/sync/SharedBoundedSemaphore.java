package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.sync.BoundedSemaphore;

/** A {@link BoundedSemaphore}: a semaphore that does not grow. */
final class SharedBoundedSemaphore extends SharedSemaphore implements BoundedSemaphore {
    private static final long serialVersionUID = 1L;

    SharedBoundedSemaphore(Place place) {
        super(Kind.BOUNDED_SEMAPHORE, place);
    }

    @Override
    boolean grows() {
        return false;
    }
}
