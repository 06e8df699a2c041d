package io.farmhand.internal.sync;

import io.farmhand.internal.home.Occupant;
import io.farmhand.internal.remote.Undelivered;
import io.farmhand.sync.SimpleQueue;
import java.lang.reflect.Method;

/**
 * A {@link SimpleQueue} in the memory of a server.
 *
 * @param <T> the items
 */
final class LocalSimpleQueue<T> implements SimpleQueue<T>, Occupant, Undelivered {
    private static final long serialVersionUID = 1L;

    private final transient LocalQueue<T> queue = new LocalQueue<>(Integer.MAX_VALUE);

    @Override
    public void put(T item) {
        queue.add(item);
    }

    @Override
    public T take() throws InterruptedException {
        return queue.take();
    }

    @Override
    public boolean isEmpty() {
        return queue.isEmpty();
    }

    @Override
    public void close() {
        queue.close();
    }

    @Override
    public boolean isClosed() {
        return queue.isClosed();
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        queue.partyLeft(slot, killed);
    }

    @Override
    public void wakeAll() {
        queue.wakeAll();
    }

    @Override
    public void takeBack(Method method, Object result) {
        queue.takeBack(method, result);
    }
}
