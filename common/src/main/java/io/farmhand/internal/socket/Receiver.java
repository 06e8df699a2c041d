package io.farmhand.internal.socket;

import io.farmhand.internal.serial.Destination;
import org.jspecify.annotations.Nullable;

/** The other side of a socket, as it is known to what is serialized for it and for nobody else. */
public interface Receiver {
    /** Bound while something is serialized for one receiver. */
    ScopedValue<Receiver> CURRENT = ScopedValue.newInstance();

    /** For whom the calling thread serializes; null when what it writes may go anywhere. */
    static @Nullable Receiver current() {
        return CURRENT.isBound() ? CURRENT.get() : null;
    }

    /** Whether others can read what is sent there: it leaves this host, and nobody encrypts it. */
    boolean isOverheard();

    /** Where it is, as far as that decides what may be sent there. */
    default Destination destination() {
        return Destination.HERE;
    }
}
