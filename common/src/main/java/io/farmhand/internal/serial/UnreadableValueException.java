package io.farmhand.internal.serial;

import org.jspecify.annotations.Nullable;

/** Bytes from which no value could be made; the message says why and what to do. */
public final class UnreadableValueException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableValueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The bytes were in shared memory, and whoever wrote them has changed them or cut them short since. */
    public static UnreadableValueException changed(Throwable cause) {
        return new UnreadableValueException("Cannot read a value: the shared memory that it was sent in was changed"
                + " since, or its file was cut short: " + cause, cause);
    }

    /** The bytes are not laid out as {@link Tag} says. */
    static UnreadableValueException malformed(String what) {
        return new UnreadableValueException("Cannot read a value: its bytes are malformed: " + what
                + ". They were damaged on the way, or the two JVMs run different versions of Farmhand.", null);
    }
}
