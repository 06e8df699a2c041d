package io.farmhand.internal.home;

import java.io.Serializable;
import java.nio.file.Path;

/**
 * Where a shared thing is, on this host.
 *
 * @param home the directory of the JVM that made it
 * @param number the thing's number there
 */
public record ObjectKey(String home, int number) implements Serializable {
    /** The file of its memory. */
    public Path file() {
        return Path.of(home, Integer.toString(number));
    }

    /** A file of more memory of it. */
    public Path file(long part) {
        return Path.of(home, number + "." + part);
    }

    /** A file of more memory that a process has not made a part of it yet. */
    Path draft(int slot, int draft) {
        return Path.of(home, number + ".draft-" + slot + "-" + draft);
    }
}
