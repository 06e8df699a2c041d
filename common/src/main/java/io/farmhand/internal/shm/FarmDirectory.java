package io.farmhand.internal.shm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A directory of one process for its sockets, small files and shared memory, which only its owner may enter. Its name is a
 * lease: it tells the process that made it, so that the next farm can remove what a killed one left:
 * {@code farmhand-PID-START-RANDOM}, with the start in milliseconds since 1970, since PIDs are used again.
 */
public final class FarmDirectory implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FarmDirectory.class.getName());
    /** Where shared memory is to be, if not in /dev/shm or, without that, the directory for temporary files. */
    private static final String SHARED_PROPERTY = "farmhand.shm";

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String PREFIX = "farmhand-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-(\\d+)-.*");

    private final Path path;

    private FarmDirectory(Path path) {
        this.path = path;
    }

    /**
     * Makes a directory for files, and sweeps what dead farms left on this host.
     *
     * @throws IOException when it cannot be made
     */
    public static FarmDirectory create() throws IOException {
        sweep(sharedParent());
        return createIn(temporaryParent());
    }

    /**
     * Makes a directory for shared memory, in memory where the system has a place for that, and sweeps what dead farms left
     * on this host.
     *
     * @throws IOException when it cannot be made
     */
    public static FarmDirectory createShared() throws IOException {
        sweep(temporaryParent());
        return createIn(sharedParent());
    }

    private static Path temporaryParent() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static Path sharedParent() {
        String chosen = System.getProperty(SHARED_PROPERTY);
        if (chosen != null) {
            return Path.of(chosen);
        }
        return Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY : temporaryParent();
    }

    static FarmDirectory createIn(Path parent) throws IOException {
        sweep(parent);
        ProcessHandle self = ProcessHandle.current();
        String prefix = PREFIX + self.pid() + "-" + startMillis(self) + "-";
        FileAttribute<?>[] ownerOnly = parent.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[]{
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))}
                : new FileAttribute<?>[0];
        return new FarmDirectory(Files.createTempDirectory(parent, prefix, ownerOnly).toAbsolutePath());
    }

    /** Where it is, absolute. */
    public Path path() {
        return path;
    }

    /** Removes it and all in it; what cannot be removed is left to the next farm's sweep. */
    @Override
    public void close() {
        try {
            delete(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the farm's directory {0} cannot be removed: {1}", path, e);
        }
    }

    private static void sweep(Path parent) {
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path sibling : siblings) {
                if (isLeft(sibling)) {
                    sweepOne(sibling);
                }
            }
        } catch (IOException | DirectoryIteratorException e) { // the latter while it is read
            LOG.log(System.Logger.Level.DEBUG, "dead farms' directories were not looked for", e);
        }
    }

    private static void sweepOne(Path directory) {
        try {
            delete(directory);
        } catch (IOException e) {
            // Another user's, or another farm sweeps it at this moment.
            LOG.log(System.Logger.Level.DEBUG, "a dead farm's directory was not removed", e);
        }
    }

    private static boolean isLeft(Path directory) {
        Matcher name = NAME.matcher(directory.getFileName().toString());
        if (!name.matches()) {
            return false;
        }
        try {
            long start = Long.parseLong(name.group(2));
            return ProcessHandle.of(Long.parseLong(name.group(1)))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> startMillis(process) == start)
                    .isEmpty();
        } catch (NumberFormatException e) {
            return false; // not one of ours after all
        }
    }

    private static long startMillis(ProcessHandle process) {
        Optional<Instant> start = process.info().startInstant();
        return start.map(Instant::toEpochMilli).orElse(0L);
    }

    private static void delete(Path directory) throws IOException {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                    Files.deleteIfExists(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
