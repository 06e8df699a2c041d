package io.farmhand.shared;

import io.farmhand.sync.Handle;
import io.farmhand.sync.RLock;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.lang.foreign.MemorySegment;

/** A handle to shared memory with a lock; a subclass says of what type the data is. */
abstract class Stored implements Handle {
    private static final long serialVersionUID = 1L;

    private final transient Store store;
    private final transient MemorySegment memory;

    Stored(Store store) {
        this.store = store;
        this.memory = store.data();
    }

    /** Where its data is. */
    final Store store() {
        return store;
    }

    /** Its data. */
    final MemorySegment memory() {
        return memory;
    }

    /**
     * Its own lock, as Python's {@code get_lock()}. It lives as long as this does, and travels by itself, too.
     *
     * @throws UnsupportedOperationException when it was made raw, without a lock
     */
    public final RLock lock() {
        return store.lock();
    }

    /**
     * Ends it for all who would open it from now on, if this JVM made it, and gives back what it takes in this process. A
     * second call does nothing.
     */
    @Override
    public final void close() {
        store.close();
    }

    @Override
    public final boolean isClosed() {
        return store.isClosed();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + (isClosed() ? "closed" : Names.of(store.key())) + "]";
    }

    Object writeReplace() {
        return store.reference();
    }

    @SuppressWarnings("unused") // called by serialization
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a reference travels instead of it");
    }
}
