package io.farmhand.internal.shm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * What one worker has begun, in a small mapped file that outlives the worker, so that a crash is charged to the item
 * that had begun and to no other. The worker's runner thread is its only writer; the coordinator reads it once the
 * worker is dead.
 *
 * <pre>
 *   0               8               16                              64
 *  +---------------+---------------+-------------------------------+
 *  |    attempt    |     item      |            reserved           |
 *  +---------------+---------------+-------------------------------+
 *   int64 LE        int64 LE: the item's place in its chunk, from 0,
 *   0: none yet     or -1 nothing begun, or -2 reading the function
 * </pre>
 *
 * <p>A kill between two stores leaves a state of the past, never a mixture: {@code item} is set to -1 before
 * {@code attempt} changes. The stores are a few nanoseconds each; no message could tell as much in time.
 */
public final class ProgressFile {
    /** The length of the file in bytes. */
    public static final int SIZE_BYTES = 64;

    private static final long NOTHING = -1;
    private static final long FUNCTION = -2;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final long ATTEMPT_OFFSET = 0;
    private static final long ITEM_OFFSET = 8;

    private final MemorySegment cell;

    private ProgressFile(MemorySegment cell) {
        this.cell = cell;
    }

    /**
     * What a worker was at when it ended.
     *
     * @param attempt the attempt, 0 when there was none
     * @param item the place in its chunk of the item that had begun, or a negative number
     */
    public record Begun(long attempt, long item) {
        /** Nothing had begun. */
        public static final Begun NONE = new Begun(0, NOTHING);

        /** Whether an item had begun. */
        public boolean isItem() {
            return item >= 0;
        }

        /** Whether the worker was reading the function of the attempt's job. */
        public boolean isFunction() {
            return item == FUNCTION;
        }
    }

    /**
     * Makes the file, readable and writable for its owner alone. Its blocks are written, not only promised, so that a
     * full disk shows here and not as a signal at the first store.
     */
    public static void create(Path file) throws IOException {
        Path created = file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(
                        "rw-------")))
                : Files.createFile(file);
        ByteBuffer zero = ByteBuffer.allocate(SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        zero.putLong((int) ITEM_OFFSET, NOTHING);
        Files.write(created, zero.array());
    }

    /** Maps the file for the worker that writes it. */
    public static ProgressFile map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new ProgressFile(channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE_BYTES, Arena.global()));
        }
    }

    /** Reads the file of a worker that has ended. */
    public static Begun read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < SIZE_BYTES) {
            throw new IOException("progress file " + file + " is only " + bytes.remaining() + " bytes long");
        }
        return new Begun(bytes.getLong((int) ATTEMPT_OFFSET), bytes.getLong((int) ITEM_OFFSET));
    }

    /** An attempt is at hand; nothing of it has begun. */
    public void attempt(long attempt) {
        LONG.setRelease(cell, ITEM_OFFSET, NOTHING);
        LONG.setRelease(cell, ATTEMPT_OFFSET, attempt);
    }

    /** The function of the attempt's job is about to be read. */
    public void function() {
        LONG.setRelease(cell, ITEM_OFFSET, FUNCTION);
    }

    /** An item begins, and any item before it has ended. */
    public void item(int placeInChunk) {
        LONG.setRelease(cell, ITEM_OFFSET, (long) placeInChunk);
    }

    /** What had begun has ended. */
    public void idle() {
        LONG.setRelease(cell, ITEM_OFFSET, NOTHING);
    }
}
