package io.farmhand.internal.sync;

import io.farmhand.internal.home.ObjectKey;
import io.farmhand.internal.home.Occupant;
import io.farmhand.internal.home.Place;
import io.farmhand.sync.Handle;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;

/**
 * Something that stands in a place and can be referred to from other processes. All its state is in the place's memory, so
 * that each process has an object of its own for it.
 */
abstract class SharedThing implements Handle, Occupant {
    private static final long serialVersionUID = 1L;

    private final transient Kind kind;
    private final transient Place place;

    SharedThing(Kind kind, Place place) {
        this.kind = kind;
        this.place = place;
    }

    /** What it is. */
    final Kind kind() {
        return kind;
    }

    /** Where it stands. */
    final Place place() {
        return place;
    }

    @Override
    public final boolean isClosed() {
        return place.isClosed();
    }

    @Override
    public void close() {
        place.close();
        wakeAll();
    }

    /** What travels instead. */
    protected Object writeReplace() {
        kind.checkMaySetOut(this);
        return new Reference(kind, place.key());
    }

    @SuppressWarnings("unused") // called by serialization
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a reference travels instead of it");
    }

    /** A handle on its way. */
    private record Reference(Kind kind, ObjectKey key) implements Serializable {
        @SuppressWarnings("unused") // called by serialization
        private Object readResolve() {
            return SyncObjects.open(kind, key);
        }
    }
}
