package io.farmhand.internal.serial;

import java.io.IOException;

/** Classes that came beside values, as the other end of {@link TravellingClasses}. */
@FunctionalInterface
public interface ArrivedClasses {
    /**
     * The loader that has the classes of a note, and all that they need. It is for the value in which the note stands,
     * from there on.
     *
     * @throws IOException when they cannot be had; the message says why
     */
    ClassLoader loader(String note) throws IOException;
}
