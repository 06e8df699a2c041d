package io.farmhand.internal.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Closes what is of no use any more, whether or not that works. */
final class Quietly {
    private static final System.Logger LOG = System.getLogger(Quietly.class.getName());

    private Quietly() {}

    /** Closes something, if there is anything to close. */
    static void close(@Nullable AutoCloseable thing) {
        if (thing == null) {
            return;
        }
        try {
            thing.close();
        } catch (Exception e) {
            LOG.log(System.Logger.Level.DEBUG, "something was not closed", e);
        }
    }

    /** Deletes a file, if it is there. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a socket's file was not deleted", e);
        }
    }
}
