package io.farmhand.internal.code;

import io.farmhand.internal.launch.UserCache;
import io.farmhand.internal.shm.FarmDirectory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A directory of jars by their content, that several processes may share: a cache of code that came from elsewhere.
 *
 * <pre>
 *   DIRECTORY/SHA-256/NAME.jar          a jar that is whole; its directory's time is that of its last use
 *   DIRECTORY/incoming/RANDOM/NAME.jar  a draft, which is made as long as it will be, so that it counts for others
 *   DIRECTORY/lock                      never written: see StoreLocks
 * </pre>
 *
 * <p><b>Bound.</b> Before a jar is received, those that nobody uses make room for it, the one that was not used for longest
 * first. What is in use is not removed; when that leaves no room the new one is refused.
 *
 * <p><b>Trust.</b> What is received is held against its hash before it gets its place, by a rename. What is there already,
 * perhaps since another process ended by a full disk, is held against it when it is first used in this JVM, and removed if
 * it is another. Names come from elsewhere and are made safe.
 *
 * <p><b>Concurrency.</b> Immutable; who looks or changes does so under {@link StoreLocks}, across processes. Bytes are
 * written and hashed outside of that.
 */
public final class JarStore {
    private static final System.Logger LOG = System.getLogger(JarStore.class.getName());
    /** Names the directory of {@link #ofUser}. */
    public static final String PROPERTY = "farmhand.jars";
    /** How long all jars of a store may be together, where nobody says it. */
    public static final long USUAL_BYTES = 2L << 30;

    private static final String INCOMING = "incoming";
    /** As many hexadecimal digits make a region of the lock file: so many that no two jars share one. */
    private static final int REGION_DIGITS = 15;

    private final Path directory;
    private final Path incoming;
    private final long maxBytes;
    private final StoreLocks locks;

    /** A jar that is here, or a draft. */
    private record Stored(Path place, long region, long sizeBytes, FileTime used) {}

    private JarStore(Path directory, long maxBytes, StoreLocks locks) {
        this.directory = directory;
        this.incoming = directory.resolve(INCOMING);
        this.maxBytes = maxBytes;
        this.locks = locks;
    }

    /**
     * Opens the store of this user, in the cache directory.
     *
     * @throws IOException as {@link #open}
     */
    public static JarStore ofUser() throws IOException {
        Path directory = usualDirectory();
        try {
            return open(directory, USUAL_BYTES);
        } catch (IOException e) {
            throw new IOException("Jars cannot be kept: directory=" + directory + ": " + e
                    + ". Name another directory: -D" + PROPERTY + "=DIR", e);
        }
    }

    /** The directory of {@link #ofUser}. */
    public static Path usualDirectory() {
        String chosen = System.getProperty(PROPERTY, "");
        if (!chosen.isEmpty()) {
            return Path.of(chosen);
        }
        Path cache = UserCache.directory();
        return cache == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "farmhand-jars-" + System.getProperty("user.name"))
                : cache.resolve("jars");
    }

    /**
     * Opens a store, makes it if it is not there, and removes what processes left that ended over it.
     *
     * @param directory for nothing else; if it is made, nobody but this user may enter it
     * @param maxBytes how long all jars in it may be together
     * @throws IOException when it cannot be made or written
     */
    public static JarStore open(Path directory, long maxBytes) throws IOException {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes=" + maxBytes + " is not at least 1");
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.createDirectories(directory, FarmDirectory.ownerOnly(directory, "rwx------"));
        Path real = directory.toRealPath();
        JarStore store = new JarStore(real, maxBytes, StoreLocks.of(real));
        store.locks.alone(() -> {
            Files.createDirectories(store.incoming);
            store.removeLeftovers();
            return null;
        });
        return store;
    }

    // ---- use ----

    /** A jar in use: it stays where it is until this is closed. */
    public final class Lease implements AutoCloseable {
        private final String sha256;
        private final Path path;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Lease(String sha256, Path path) {
            this.sha256 = sha256;
            this.path = path;
        }

        /** The jar's content, in hexadecimal. */
        public String sha256() {
            return sha256;
        }

        /** The jar. */
        public Path path() {
            return path;
        }

        /** It may be removed from now on. Closing it again does nothing. */
        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                touch(directory.resolve(sha256));
                try {
                    locks.leave(region(sha256));
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.WARNING, "a jar of the code store stays locked until this process ends",
                            e);
                }
            }
        }
    }

    /**
     * A jar that is here.
     *
     * @param sha256 of its bytes, in hexadecimal
     * @return null if it is not here, or was not whole and has been removed
     * @throws IOException when the store cannot be read
     * @throws IllegalArgumentException when that is no SHA-256
     */
    public @Nullable Lease find(String sha256) throws IOException {
        JarNames.checkedHash(sha256);
        Lease lease = locks.alone(() -> lease(sha256));
        if (lease == null) {
            return null;
        }
        boolean whole = false;
        try {
            whole = isWhole(lease);
        } finally {
            if (!whole) {
                lease.close();
            }
        }
        if (whole) {
            return lease;
        }
        LOG.log(System.Logger.Level.WARNING, "removed {0} from the code store: its content is not what it was",
                lease.path);
        locks.alone(() -> {
            remove(directory.resolve(sha256)); // also if others use it: it is of no use
            return null;
        });
        return null;
    }

    private @Nullable Lease lease(String sha256) throws IOException {
        Path place = directory.resolve(sha256);
        Path jar = jarIn(place);
        if (jar == null) {
            return null;
        }
        locks.use(region(sha256));
        touch(place);
        return new Lease(sha256, jar);
    }

    private boolean isWhole(Lease lease) throws IOException {
        Stamp stamp;
        try {
            stamp = Stamp.of(lease.path);
            if (stamp.equals(locks.verified().get(lease.sha256))) {
                return true;
            }
            if (!Hashes.of(lease.path).equals(lease.sha256)) {
                return false;
            }
        } catch (NoSuchFileException e) { // removed, since it was not whole, by somebody who found that first
            return false;
        }
        locks.verified().put(lease.sha256, stamp);
        return true;
    }

    // ---- what arrives ----

    /**
     * Makes room for a jar that is to come.
     *
     * @param name of the jar; may come from anywhere
     * @param sha256 what it is to be, in hexadecimal
     * @param sizeBytes how long it is to be
     * @throws IOException when there is no room for it, or the disk fails
     * @throws IllegalArgumentException when that is no SHA-256, or the size is negative
     */
    public Incoming receive(String name, String sha256, long sizeBytes) throws IOException {
        JarNames.checkedHash(sha256);
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("sizeBytes=" + sizeBytes + " is negative");
        }
        String safe = JarNames.safe(name);
        if (sizeBytes > maxBytes) {
            throw new IOException(
                    "The jar name=" + safe + " sizeBytes=" + sizeBytes + " is longer than all that the code"
                            + " store " + directory + " may hold, maxBytes=" + maxBytes
                            + ": raise that (--store-size)");
        }
        return locks.alone(() -> {
            makeRoom(safe, sizeBytes);
            return draft(safe, sha256, sizeBytes);
        });
    }

    private Incoming draft(String safe, String sha256, long sizeBytes) throws IOException {
        long region = ThreadLocalRandom.current().nextLong(1, 1L << (4 * REGION_DIGITS));
        Path place = incoming.resolve(String.format("%0" + REGION_DIGITS + "x", region));
        locks.use(region);
        RandomAccessFile file = null;
        boolean made = false;
        try {
            Files.createDirectory(place);
            file = new RandomAccessFile(place.resolve(safe).toFile(), "rw");
            file.setLength(sizeBytes); // takes no blocks, but is what others count
            made = true;
            return new Incoming(sha256, sizeBytes, place, place.resolve(safe), region, file);
        } catch (IOException e) {
            throw failed(safe, sizeBytes, 0, e);
        } finally {
            if (!made) {
                if (file != null) {
                    file.close();
                }
                remove(place);
                locks.leave(region);
            }
        }
    }

    private IOException failed(String name, long sizeBytes, long written, IOException cause) {
        return new IOException("The jar name=" + name + " was not stored in " + directory + ": written=" + written
                + " of sizeBytes=" + sizeBytes + " freeBytes=" + directory.toFile().getUsableSpace() + ": "
                + cause.getMessage()
                + ". If the disk is full, free some of it, or lower the store's bound (--store-size), maxBytes="
                + maxBytes, cause);
    }

    /** A jar on its way into the store; used by one thread. Unless it is finished, closing it leaves nothing. */
    public final class Incoming implements AutoCloseable {
        private final String sha256;
        private final long sizeBytes;
        private final Path place;
        private final Path path;
        private final long region;
        private final RandomAccessFile file;
        private final MessageDigest digest = Hashes.digest();
        private long written;
        private boolean over;

        private Incoming(String sha256, long sizeBytes, Path place, Path path, long region, RandomAccessFile file) {
            this.sha256 = sha256;
            this.sizeBytes = sizeBytes;
            this.place = place;
            this.path = path;
            this.region = region;
            this.file = file;
        }

        /**
         * Appends bytes.
         *
         * @throws RefusedJarException when there are more than were said to come
         * @throws IOException when the disk fails
         */
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > sizeBytes - written) {
                throw refused("more bytes came than were announced, sizeBytes=" + sizeBytes);
            }
            digest.update(bytes, offset, length);
            try {
                file.write(bytes, offset, length);
            } catch (IOException e) {
                throw failed(String.valueOf(path.getFileName()), sizeBytes, written, e);
            }
            written += length;
        }

        /** As {@link #write(byte[], int, int)}, of what is left in a buffer. */
        public void write(ByteBuffer bytes) throws IOException {
            byte[] array = new byte[bytes.remaining()];
            bytes.get(array);
            write(array, 0, array.length);
        }

        /**
         * Gives the jar its place, and uses it.
         *
         * @throws RefusedJarException when it is not what it was to be
         * @throws IOException when the disk fails
         */
        public Lease finish() throws IOException {
            try (this) {
                if (written != sizeBytes) {
                    throw refused("only " + written + " bytes came of sizeBytes=" + sizeBytes);
                }
                String found = Hashes.hex(digest);
                if (!found.equals(sha256)) {
                    throw refused("its content is sha256=" + found + ", announced was sha256=" + sha256
                            + ". It was changed on its way, or written anew while it was sent: submit it again");
                }
                file.close();
                Lease before = find(sha256); // somebody else was first
                return before == null ? locks.alone(this::place) : before;
            }
        }

        private Lease place() throws IOException {
            Lease before = lease(sha256);
            if (before != null) {
                return before;
            }
            Path target = directory.resolve(sha256);
            remove(target); // without a jar in it
            Files.move(place, target, StandardCopyOption.ATOMIC_MOVE);
            Lease placed = lease(sha256);
            if (placed == null) {
                throw new IOException("a jar vanished from the code store " + directory);
            }
            locks.verified().put(sha256, Stamp.of(placed.path));
            return placed;
        }

        private RefusedJarException refused(String why) {
            return new RefusedJarException("The jar " + path.getFileName() + " is refused: " + why);
        }

        /** Gives it up, unless it is finished. */
        @Override
        public void close() throws IOException {
            if (!over) {
                over = true;
                file.close();
                locks.alone(() -> {
                    remove(place);
                    return null;
                });
                locks.leave(region);
            }
        }
    }

    // ---- room; all under the locks ----

    private void makeRoom(String name, long sizeBytes) throws IOException {
        List<Stored> all = stored(directory);
        all.addAll(stored(incoming));
        long surplus = all.stream().mapToLong(Stored::sizeBytes).sum() + sizeBytes - maxBytes;
        if (surplus <= 0) {
            return;
        }
        List<Stored> unused = new ArrayList<>();
        for (Stored each : all) {
            if (!locks.isUsed(each.region)) {
                unused.add(each);
            }
        }
        long mostFreed = unused.stream().mapToLong(Stored::sizeBytes).sum();
        if (mostFreed < surplus) {
            throw new IOException("There is no room for the jar name=" + name + " sizeBytes=" + sizeBytes
                    + " in the code store " + directory + ": maxBytes=" + maxBytes + " inUseBytes="
                    + (surplus + maxBytes - sizeBytes - mostFreed)
                    + ". Raise the bound (--store-size), or end a pool whose code is in use there");
        }
        unused.sort(Comparator.comparing(Stored::used));
        for (Stored each : unused) {
            if (surplus <= 0) {
                return;
            }
            remove(each.place);
            surplus -= each.sizeBytes;
        }
    }

    private void removeLeftovers() throws IOException {
        for (Stored draft : stored(incoming)) {
            if (!locks.isUsed(draft.region)) {
                remove(draft.place);
            }
        }
    }

    private List<Stored> stored(Path in) throws IOException {
        List<Stored> found = new ArrayList<>();
        try (DirectoryStream<Path> places = Files.newDirectoryStream(in,
                place -> region(place) > 0 && Files.isDirectory(place))) {
            for (Path place : places) {
                Path jar = jarIn(place);
                found.add(new Stored(place, region(place), jar == null ? 0 : Files.size(jar),
                        Files.getLastModifiedTime(place)));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return found;
    }

    /** The region that stands for a jar or a draft, by the name of its directory; 0 if it is neither. */
    private static long region(Path place) {
        String name = String.valueOf(place.getFileName());
        return name.matches("[0-9a-f]{" + REGION_DIGITS + ",64}") ? region(name) : 0;
    }

    private static long region(String sha256) {
        return Math.max(1, Long.parseLong(sha256, 0, REGION_DIGITS, 16));
    }

    private static @Nullable Path jarIn(Path place) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(place)) {
            for (Path file : files) {
                return file;
            }
            return null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static void touch(Path place) {
        try {
            Files.setLastModifiedTime(place, FileTime.from(Instant.now()));
        } catch (IOException e) { // a little too old, then
            LOG.log(System.Logger.Level.DEBUG, "the use of a jar was not noted", e);
        }
    }

    /** Removes a jar or a draft with its directory; what cannot be removed is left to the next who needs room. */
    private static void remove(Path place) {
        try {
            for (Path jar = jarIn(place); jar != null; jar = jarIn(place)) {
                Files.deleteIfExists(jar);
            }
            Files.deleteIfExists(place);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a part of the code store was not removed", e);
        }
    }
}
