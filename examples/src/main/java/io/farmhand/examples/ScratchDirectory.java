package io.farmhand.examples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * A temporary directory that is gone afterwards: when it is closed, and also when the JVM is told to end before that.
 *
 * <p>Either the closing thread or the shutdown hook removes it, whichever sets {@code removed} first. It is renamed
 * before it is emptied, so that a thread that still writes files cannot add to what is being deleted: its next file
 * fails with {@link java.nio.file.NoSuchFileException}.
 */
final class ScratchDirectory implements AutoCloseable {
    private final Path path;
    private final boolean keep;
    private final AtomicBoolean removed = new AtomicBoolean();
    private final Thread hook = new Thread(this::removeQuietly, "demo-cleanup");

    /**
     * Makes the directory, under {@code java.io.tmpdir}, readable by its owner alone.
     *
     * @param keep whether it is to stay after all
     */
    ScratchDirectory(String prefix, boolean keep) throws IOException {
        path = Files.createTempDirectory(prefix);
        this.keep = keep;
        if (!keep) {
            Runtime.getRuntime().addShutdownHook(hook);
        }
    }

    Path path() {
        return path;
    }

    /** Whether it is gone or going. Where nobody has closed it, this means that the JVM is ending. */
    boolean isRemoved() {
        return removed.get();
    }

    @Override
    public void close() throws IOException {
        if (keep) {
            return;
        }
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs, and finds nothing to do or does it all.
        }
    }

    private void remove() throws IOException {
        if (!removed.compareAndSet(false, true)) {
            return;
        }
        Path doomed = Files.move(path, path.resolveSibling(path.getFileName() + ".removed"));
        List<Path> contents;
        try (Stream<Path> tree = Files.walk(doomed)) {
            contents = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : contents) {
            Files.deleteIfExists(each);
        }
    }

    private void removeQuietly() {
        try {
            remove();
        } catch (IOException | UncheckedIOException e) {
            System.err.println("Could not remove " + path + ": " + e + ". Remove it by hand.");
        }
    }
}
