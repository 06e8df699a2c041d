package io.farmhand.internal.serial;

import org.jspecify.annotations.Nullable;

/** Bytes from which no value could be made; the message says why and what to do. */
public final class UnreadableValueException extends Exception {
    private static final long serialVersionUID = 1;

    UnreadableValueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** The bytes are not laid out as {@link Tag} says. */
    static UnreadableValueException malformed(String what) {
        return new UnreadableValueException("Cannot read a value: its bytes are malformed: " + what
                + ". They were damaged on the way, or the two JVMs run different versions of Farmhand.", null);
    }
}
