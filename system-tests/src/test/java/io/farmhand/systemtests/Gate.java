package io.farmhand.systemtests;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;

/** What tasks wait at until the test lets them go on: a file that is there or is not. It travels with a function. */
record Gate(String file) implements Serializable {
    /** A closed gate of that name. */
    static Gate in(Path directory, String name) {
        return new Gate(directory.resolve(name).toString());
    }

    /** In a worker: waits until it is open, or the test over, whatever interrupts there are. */
    void pass() {
        Waiting.untilExists(file);
    }

    /** Opens it, from whichever process; once open it stays so. */
    void open() {
        try {
            Files.writeString(Path.of(file), "");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    boolean isOpen() {
        return Files.exists(Path.of(file));
    }
}
