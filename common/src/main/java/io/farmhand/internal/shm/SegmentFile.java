package io.farmhand.internal.shm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Makes and maps files of shared memory, which only their owner can read (mode 0600).
 *
 * <p>A file is written with zeros before it is mapped: that reserves its blocks, so that a full {@code /dev/shm} is an
 * error here and no SIGBUS later. It is never made longer or shorter after that.
 */
public final class SegmentFile {
    private static final int BLOCK_BYTES = 1 << 20;

    private SegmentFile() {}

    /**
     * Makes a file of zeros and maps it.
     *
     * @param file where; it must not exist
     * @param sizeBytes how long, at least 1
     * @param arena how long the mapping lives
     * @throws IOException when there is no room for it, or it cannot be made; nothing is left then
     */
    public static MemorySegment create(Path file, long sizeBytes, Arena arena) throws IOException {
        return make(file, sizeBytes, channel -> {
            reserve(file, channel, sizeBytes);
            return channel.map(MapMode.READ_WRITE, 0, sizeBytes, arena);
        });
    }

    /**
     * Makes a file of some bytes, to be mapped by others.
     *
     * @param file where; it must not exist
     * @param content the bytes; the buffer's position stays where it is
     * @throws IOException when there is no room for it, or it cannot be made; nothing is left then
     */
    public static void write(Path file, ByteBuffer content) throws IOException {
        int _ = make(file, content.remaining(), channel -> {
            ByteBuffer left = content.duplicate();
            while (left.hasRemaining()) {
                int _ = channel.write(left);
            }
            return 0;
        });
    }

    /** What is done with an open file. */
    private interface Use<R> {
        R of(FileChannel channel) throws IOException;
    }

    private static <R> R make(Path file, long sizeBytes, Use<R> use) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = posix
                ? new FileAttribute<?>[]{
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
        try {
            return uninterrupted(file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    channel -> {
                        boolean whole = false;
                        try {
                            R made = use.of(channel);
                            whole = true;
                            return made;
                        } finally {
                            if (!whole) {
                                Files.deleteIfExists(file);
                            }
                        }
                    }, ownerOnly);
        } catch (IOException e) {
            throw explained(file, sizeBytes, e);
        }
    }

    /** An interrupt closes the channel in whose operation it finds a thread: such a one is done again. */
    private static <R> R uninterrupted(Path file, Set<OpenOption> options, Use<R> use,
            FileAttribute<?>... attributes) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (FileChannel channel = FileChannel.open(file, options, attributes)) {
                    return use.of(channel);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Maps a file that another process may have made.
     *
     * @param file where
     * @param arena how long the mapping lives
     * @throws IOException when it is not there or cannot be mapped
     */
    public static MemorySegment open(Path file, Arena arena) throws IOException {
        return uninterrupted(file, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE),
                channel -> channel.map(MapMode.READ_WRITE, 0, channel.size(), arena));
    }

    /**
     * Maps a file that another process has made, to read it; a link is not followed.
     *
     * @param file where
     * @param arena how long the mapping lives
     * @throws IOException when it is not there or cannot be mapped
     */
    public static MemorySegment openToRead(Path file, Arena arena) throws IOException {
        return uninterrupted(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS),
                channel -> channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
    }

    private static void reserve(Path file, FileChannel channel, long sizeBytes) throws IOException {
        // Filling a disk, or the machine's memory, only to find that it does not do would be rude.
        if (sizeBytes > BLOCK_BYTES) {
            long usableBytes = file.resolveSibling(".").toFile().getUsableSpace(); // 0 where nobody knows
            if (usableBytes > 0 && usableBytes < sizeBytes) {
                throw new IOException("No space left on device");
            }
        }
        fill(channel, sizeBytes);
    }

    private static void fill(FileChannel channel, long sizeBytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(sizeBytes, BLOCK_BYTES));
        for (long left = sizeBytes; left > 0;) {
            zeros.clear().limit((int) Math.min(left, zeros.capacity()));
            left -= channel.write(zeros);
        }
    }

    private static IOException explained(Path file, long sizeBytes, IOException cause) {
        String usable;
        try {
            FileStore store = Files.getFileStore(file.toAbsolutePath().getParent());
            usable = " usableBytes=" + store.getUsableSpace();
        } catch (IOException e) {
            usable = "";
        }
        return new IOException("Cannot make shared memory: sizeBytes=" + sizeBytes + " file=" + file + usable + ": "
                + cause.getMessage() + ". If there is no space left, close what is not needed, give the container more"
                + " (docker run --shm-size, compose shm_size), or name another directory: -Dfarmhand.shm=DIR", cause);
    }
}
