package io.farmhand.shared;

import io.farmhand.sync.Handle;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.lang.foreign.MemorySegment;

/**
 * A block of shared memory, as Python's {@code multiprocessing.shared_memory.SharedMemory}. See the package for the rules
 * of all these; it has no lock.
 */
public final class SharedMemory implements Handle {
    private static final long serialVersionUID = 1L;

    private final transient Store store;

    SharedMemory(Store store) {
        this.store = store;
    }

    /**
     * Makes a block of zeros.
     *
     * @param sizeBytes how long it is, at least 1; more than 2^31 will do
     * @throws IllegalArgumentException when that is not positive
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedMemory create(long sizeBytes) {
        if (sizeBytes <= 0) {
            throw new IllegalArgumentException("sizeBytes=" + sizeBytes + " must be positive");
        }
        return (SharedMemory) Store.create(Form.MEMORY, null, sizeBytes, true);
    }

    /**
     * Opens the block of that name, as Python's {@code SharedMemory(name)}.
     *
     * @param name what {@link #name} gave in this or another process of this host
     * @throws io.farmhand.sync.HandleClosedException when there is none any more
     * @throws IllegalArgumentException when it is no such name
     */
    public static SharedMemory open(String name) {
        return (SharedMemory) Store.open(Form.MEMORY, null, Names.key(name));
    }

    /** Its name, by which any process of this host that runs as the same user can {@link #open} it. */
    public String name() {
        return Names.of(store.key());
    }

    /** How long it is, in bytes. */
    public long size() {
        return store.data().byteSize();
    }

    /** Its bytes, as Python's {@code buf}. They can be accessed until {@link #close}. */
    public MemorySegment segment() {
        return store.data();
    }

    /**
     * Gives back what it takes in this process, at once; if this JVM made it, it also {@link #unlink}s it. An access after
     * that is an {@link IllegalStateException}. A second call does nothing.
     */
    @Override
    public void close() {
        store.close();
    }

    /**
     * Removes its name: from now on nobody can open it. Those who have it open keep it, this process too; when the last of
     * them has closed it, its memory is given back. Any process may call this; a second call does nothing.
     */
    public void unlink() {
        store.unlink();
    }

    @Override
    public boolean isClosed() {
        return store.isClosed();
    }

    private Object writeReplace() {
        return store.reference();
    }

    @SuppressWarnings("unused") // called by serialization
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a reference travels instead of it");
    }
}
