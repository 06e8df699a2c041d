package io.farmhand.internal.process;

import io.farmhand.internal.shm.FarmDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The directory for the files of this JVM's children, which only its user may enter: their arguments, and what they
 * leave for their parent. Made with the first child, and again should somebody have cleaned it away.
 *
 * <p><b>Concurrency.</b> The object's monitor guards the directory, and is held while it is made, once.
 */
final class ChildFiles {
    private @Nullable FarmDirectory directory;
    private boolean closed;

    /**
     * Where the files go.
     *
     * @throws IOException when it cannot be made
     * @throws IllegalStateException when this JVM has ended its children
     */
    synchronized Path directory() throws IOException {
        if (closed) {
            throw Children.ending();
        }
        if (directory == null || !Files.isDirectory(processes(directory))) {
            FarmDirectory made = FarmDirectory.create();
            Files.createDirectory(processes(made));
            directory = made;
        }
        return processes(directory);
    }

    private static Path processes(FarmDirectory directory) {
        return directory.path().resolve("processes");
    }

    /** Removes it with all that is in it. */
    synchronized void close() {
        closed = true;
        if (directory != null) {
            directory.close();
        }
    }
}
