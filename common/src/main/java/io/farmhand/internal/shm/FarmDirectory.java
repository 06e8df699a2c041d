package io.farmhand.internal.shm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A directory of one process for its sockets, small files and shared memory, which only its owner may enter. Its lease is a
 * lock on a file in it, which the kernel drops when the process ends, however it ends: whoever can take it may remove what
 * a killed one left. The name, {@code farmhand-PID-START-RANDOM}, tells a process its own directories, whose leases it must
 * not touch: closing any channel on a file drops all locks that its process has on it.
 *
 * <p><b>Races.</b> A directory is there for a moment before its lease is taken. Whoever sweeps it then deletes the lease
 * while it has that, so that the maker sees it gone, and makes another directory.
 */
public final class FarmDirectory implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(FarmDirectory.class.getName());
    /** Where shared memory is to be, if not in /dev/shm or, without that, the directory for temporary files. */
    private static final String SHARED_PROPERTY = "farmhand.shm";

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String PREFIX = "farmhand-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "\\d+-\\d+-.*");
    private static final String OWN = ownPrefix(ProcessHandle.current());
    private static final String LEASE = "lease";

    private final Path path;
    private final FileChannel lease;

    private FarmDirectory(Path path, FileChannel lease) {
        this.path = path;
        this.lease = lease;
    }

    private static String ownPrefix(ProcessHandle self) {
        return PREFIX + self.pid() + "-" + self.info().startInstant().map(Instant::toEpochMilli).orElse(0L) + "-";
    }

    /**
     * Makes a directory for files, and sweeps what dead farms left on this host.
     *
     * @throws IOException when it cannot be made
     */
    public static FarmDirectory create() throws IOException {
        return create(temporaryParent(), sharedParent());
    }

    /**
     * Makes a directory for shared memory, in memory where the system has a place for that, and sweeps what dead farms left
     * on this host.
     *
     * @throws IOException when it cannot be made
     */
    public static FarmDirectory createShared() throws IOException {
        return create(sharedParent(), temporaryParent());
    }

    private static FarmDirectory create(Path parent, Path other) throws IOException {
        FarmDirectory made = createIn(parent);
        made.sweep(other);
        return made;
    }

    /** Whether what {@link #createShared} makes is in memory, or where the user wants it: else it is on a disk. */
    public static boolean hasSharedMemory() {
        return System.getProperty(SHARED_PROPERTY) != null || Files.isWritable(SHARED_MEMORY);
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
        while (true) {
            Path path = Files.createTempDirectory(parent, OWN, ownerOnly(parent, "rwx------")).toAbsolutePath();
            FileChannel lease = lease(path.resolve(LEASE));
            if (lease != null) {
                FarmDirectory made = new FarmDirectory(path, lease);
                made.sweep(parent);
                return made;
            }
        }
    }

    /**
     * The attribute by which a file or directory is made with these permissions; none where there are no such.
     *
     * @param parent a path of the same file system
     * @param permissions such as {@code rwx------}
     */
    public static FileAttribute<?>[] ownerOnly(Path parent, String permissions) {
        return parent.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[]{
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
                : new FileAttribute<?>[0];
    }

    /** Takes the lease of a directory that was made just now; null if another farm has taken that for a dead one's. */
    private static @Nullable FileChannel lease(Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    ownerOnly(file, "rw-------"));
        } catch (NoSuchFileException e) {
            return null;
        }
        boolean taken = false;
        try {
            taken = channel.tryLock() != null && Files.exists(file);
            return taken ? channel : null;
        } catch (IOException e) {
            throw new IOException("The file system does not lock files: file=" + file + ": " + e.getMessage()
                    + ". Name another directory: -Dfarmhand.shm=DIR for shared memory, -Djava.io.tmpdir=DIR for files",
                    e);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    /** Where it is, absolute. */
    public Path path() {
        return path;
    }

    /** Removes it and all in it; what cannot be removed is left to the next farm's sweep. */
    @Override
    public void close() {
        try (lease) {
            deleteAll(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "farm directory {0} cannot be removed: {1}", path, e);
        }
        deleteEmpty(path);
    }

    /** The directories for files of this user's other processes on this host; of those that have ended, too, for a moment. */
    public List<Path> siblings() throws IOException {
        return siblings(temporaryParent());
    }

    private List<Path> siblings(Path parent) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path sibling : all) {
                String name = sibling.getFileName().toString();
                if (NAME.matcher(name).matches() && !name.startsWith(OWN) && isOurs(sibling)) {
                    found.add(sibling);
                }
            }
        } catch (DirectoryIteratorException e) { // while it is read
            throw e.getCause();
        }
        return found;
    }

    private void sweep(Path parent) {
        try {
            siblings(parent).forEach(FarmDirectory::sweepOne);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "dead farms' directories were not looked for", e);
        }
    }

    /** Whether it is this user's: nothing that others have put there is to be opened. */
    private boolean isOurs(Path directory) {
        try {
            return Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(path));
        } catch (IOException e) {
            return false; // its farm has removed it
        }
    }

    private static void sweepOne(Path directory) {
        try (FileChannel lease = FileChannel.open(directory.resolve(LEASE), StandardOpenOption.WRITE)) {
            if (lease.tryLock() == null) {
                return; // it lives
            }
            deleteAll(directory);
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.TRACE, "it is being made, or its maker died over that", e);
        } catch (IOException | OverlappingFileLockException e) {
            LOG.log(System.Logger.Level.DEBUG, "a dead farm's directory was not removed", e); // another farm does it
            return;
        }
        deleteEmpty(directory);
    }

    /** Deletes all that is in it, the lease last. */
    private static void deleteAll(Path directory) throws IOException {
        Path lease = directory.resolve(LEASE);
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.equals(lease)) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) { // somebody else deletes, too
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.deleteIfExists(visited.equals(directory) ? lease : visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void deleteEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a directory is left to the next farm's sweep", e);
        }
    }
}
