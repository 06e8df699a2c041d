package io.farmhand.internal.shm;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
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
 * that had begun and to no other, and a deadline is measured from the moment when its item began. The worker's runner
 * thread is its only writer; the coordinator reads it while the worker lives and once it is dead.
 *
 * <pre>
 *   0               8               16              24              32              64
 *  +---------------+---------------+---------------+---------------+---------------+
 *  |    attempt    |     item      |  beganNanos   |     units     |   reserved    |
 *  +---------------+---------------+---------------+---------------+---------------+
 *   int64 LE        int64 LE: the   int64 LE: when  int64 LE: what
 *   0: none yet     item's place in the item, or    tasks counted by
 *                   its chunk, or   the function,   TaskContext.progress
 *                   -1, or -2       was begun
 * </pre>
 *
 * {@code item} is -1 when nothing has begun and -2 while the function is read. {@code beganNanos} is of
 * {@link System#nanoTime}, which on Linux, macOS and Windows counts from the same origin in all processes of a host.
 *
 * <p>A kill between two stores leaves a state of the past, never a mixture: {@code item} is set to -1 before
 * {@code attempt} or {@code beganNanos} changes, and a reader of a live worker that finds {@code item} or
 * {@code attempt} changed while it read, reads again. The stores are a few nanoseconds each; no message could tell as
 * much in time.
 */
public final class ProgressFile {
    /** The length of the file in bytes. */
    public static final int SIZE_BYTES = 64;

    private static final long NOTHING = -1;
    private static final long FUNCTION = -2;
    /** Of a buffer and not of a segment, whose handles are spun when they are first used: at the start of each worker. */
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int ATTEMPT_OFFSET = 0;
    private static final int ITEM_OFFSET = 8;
    private static final int BEGAN_OFFSET = 16;
    private static final int UNITS_OFFSET = 24;

    private final ByteBuffer cell;

    private ProgressFile(ByteBuffer cell) {
        this.cell = cell;
    }

    /**
     * What a worker is at, or was when it ended.
     *
     * @param attempt the attempt, 0 when there was none
     * @param item the place in its chunk of the item that has begun, or a negative number
     * @param nanos when that began, by {@link System#nanoTime}; only where something has begun
     */
    public record Begun(long attempt, long item, long nanos) {}

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
        zero.putLong(ITEM_OFFSET, NOTHING);
        Files.write(created, zero.array());
    }

    /** Maps the file, for the worker that writes it or the coordinator that looks at it. */
    public static ProgressFile map(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new ProgressFile(channel.map(FileChannel.MapMode.READ_WRITE, 0, SIZE_BYTES));
        }
    }

    /** What the worker is at; from any thread of any process that has mapped the file. */
    public Begun now() {
        while (true) {
            long attempt = (long) LONG.getAcquire(cell, ATTEMPT_OFFSET);
            long item = (long) LONG.getAcquire(cell, ITEM_OFFSET);
            long began = (long) LONG.getAcquire(cell, BEGAN_OFFSET);
            VarHandle.acquireFence();
            if (item == (long) LONG.getAcquire(cell, ITEM_OFFSET)
                    && attempt == (long) LONG.getAcquire(cell, ATTEMPT_OFFSET)) {
                return new Begun(attempt, item, began);
            }
        }
    }

    /** What tasks have counted in all. */
    public long units() {
        return (long) LONG.getAcquire(cell, UNITS_OFFSET);
    }

    /** Reads the file of a worker that has ended. */
    public static Begun read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.remaining() < SIZE_BYTES) {
            throw new IOException("progress file " + file + " is only " + bytes.remaining() + " bytes long");
        }
        return new Begun(bytes.getLong(ATTEMPT_OFFSET), bytes.getLong(ITEM_OFFSET),
                bytes.getLong(BEGAN_OFFSET));
    }

    /** An attempt is at hand; nothing of it has begun. */
    public void attempt(long attempt) {
        LONG.setRelease(cell, ITEM_OFFSET, NOTHING);
        LONG.setRelease(cell, ATTEMPT_OFFSET, attempt);
    }

    /** The function of the attempt's job is about to be read. */
    public void function() {
        begin(FUNCTION, System.nanoTime());
    }

    /**
     * An item begins, and any item before it has ended.
     *
     * @param nanos when, by {@link System#nanoTime}
     */
    public void item(int placeInChunk, long nanos) {
        begin(placeInChunk, nanos);
    }

    private void begin(long item, long nanos) {
        LONG.setRelease(cell, ITEM_OFFSET, NOTHING);
        VarHandle.releaseFence();
        LONG.setRelease(cell, BEGAN_OFFSET, nanos);
        LONG.setRelease(cell, ITEM_OFFSET, item);
    }

    /** A task has done so many units more; from any thread of the worker. */
    public void advance(long units) {
        long _ = (long) LONG.getAndAdd(cell, UNITS_OFFSET, units);
    }

    /** What had begun has ended. */
    public void idle() {
        LONG.setRelease(cell, ITEM_OFFSET, NOTHING);
    }
}
