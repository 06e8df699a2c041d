package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.sync.SimpleQueue;

/** A {@link SimpleQueue}. */
final class SharedSimpleQueue<T> extends QueueThing<T> implements SimpleQueue<T> {
    private static final long serialVersionUID = 1L;

    SharedSimpleQueue(Place place) {
        super(Kind.SIMPLE_QUEUE, place, false);
    }

    @Override
    public void put(T item) {
        if (!insertNow(item)) {
            throw new IllegalStateException("The queue is full: items=" + store().count());
        }
    }

    @Override
    public T take() throws InterruptedException {
        return removeFirst();
    }

    @Override
    public boolean isEmpty() {
        return store().count() == 0;
    }
}
