package io.farmhand.internal.serial;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A growable little-endian byte buffer into which values are written. It belongs to one thread. What grows longer than
 * {@link #LONG_BYTES} moves to memory of its {@link Room}, if that has some to lend.
 *
 * <p>A {@link ValueWriter} can set a limit that the buffer will not grow past. Once it was passed every further write
 * is refused until the limit is lifted: user code that swallows the exception cannot write half a value unnoticed.
 */
public final class PayloadBuffer extends OutputStream {
    /** The longest array that every JVM can make. */
    static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    /**
     * What is longer is lent room that others can map. Smaller costs a message about each segment that is not needed any
     * more, larger copies through the transport what could have been mapped.
     */
    public static final int LONG_BYTES = 1 << 20;

    /** Smaller costs a few copies for every payload, larger holds memory for each that stays small. */
    private static final int FIRST_BYTES = 512;
    /** A payload that follows a longer one begins with as much room, up to this: the next is often as long as the last. */
    private static final int MOST_FIRST_BYTES = 256 << 10;
    /** The count and the tag of a run of numbers. */
    private static final int RUN_HEADER_BYTES = 5;
    private static final int NO_RUN = -1;

    private final Room room;
    /** Always written at absolute positions; one field, so that no error can leave an array without its view. */
    private ByteBuffer bytes = over(new byte[FIRST_BYTES]);
    private int size;
    /** Where the last run of numbers begins: see {@link Tag}. */
    private int runStart;
    /** Where it ends; it may grow while that is the end of all. */
    private int runEnd = NO_RUN;
    private int limit = MAX_BYTES;
    private boolean limitPassed;

    /** Makes an empty buffer that stays on the heap. */
    public PayloadBuffer() {
        this(Room.NONE);
    }

    /** Makes an empty buffer that grows into that room. */
    public PayloadBuffer(Room room) {
        this.room = room;
    }

    private static ByteBuffer over(byte[] array) {
        return ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** How many bytes were written. */
    public int size() {
        return size;
    }

    /**
     * Forgets what was written from {@code newSize} on.
     *
     * @throws IllegalArgumentException if it is negative or more than was written
     */
    public void truncate(int newSize) {
        if (newSize < 0 || newSize > size) {
            throw new IllegalArgumentException("cannot truncate: newSize=" + newSize + " size=" + size);
        }
        size = newSize;
        runEnd = NO_RUN;
    }

    /** Gives away what was written, without copying, as a little-endian buffer; this buffer starts afresh. */
    public ByteBuffer detach() {
        ByteBuffer written = bytes.slice(0, size).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.isDirect()) {
            room.seal(written);
        }
        bytes = over(new byte[Math.clamp(size, FIRST_BYTES, MOST_FIRST_BYTES)]);
        size = 0;
        runEnd = NO_RUN;
        return written;
    }

    /** What was written, as a little-endian view that holds until more is written; this buffer stays as it is. */
    public ByteBuffer view() {
        return bytes.slice(0, size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void write(int value) {
        putByte((byte) value);
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, source.length);
        require(length);
        bytes.put(size, source, offset, length);
        size += length;
    }

    /** Copies to the end the items that another buffer holds, which stays as it is. */
    public void append(PayloadBuffer other) {
        require(other.size);
        boolean isRun = other.runStart == 0 && other.runEnd == other.size;
        if (isRun && endsWithRun(other.bytes.get(4))) {
            bytes.putInt(runStart, bytes.getInt(runStart) + other.bytes.getInt(0));
            int more = other.size - RUN_HEADER_BYTES;
            switch (more) { // of one number; what copies any length takes longer to set up than to do
                case Integer.BYTES -> bytes.putInt(size, other.bytes.getInt(RUN_HEADER_BYTES));
                case Long.BYTES -> bytes.putLong(size, other.bytes.getLong(RUN_HEADER_BYTES));
                default -> bytes.put(size, other.bytes, RUN_HEADER_BYTES, more);
            }
            size += more;
            runEnd = size;
            return;
        }
        bytes.put(size, other.bytes, 0, other.size);
        if (isRun) {
            runStart = size;
            runEnd = size + other.size;
        }
        size += other.size;
    }

    /** Refuses to grow past that many bytes in all, until {@link #lift}. */
    void limit(long maxSize) {
        limit = (int) Math.min(maxSize, MAX_BYTES);
        limitPassed = false;
    }

    /** Takes the limit away. */
    void lift() {
        limit = MAX_BYTES;
        limitPassed = false;
    }

    /** Whether a write was refused since the limit was set. */
    boolean limitPassed() {
        return limitPassed;
    }

    /** Appends a byte. */
    public void putByte(byte value) {
        require(1);
        bytes.put(size, value);
        size += 1;
    }

    void putShort(short value) {
        require(2);
        bytes.putShort(size, value);
        size += 2;
    }

    /** Appends four bytes. */
    public void putInt(int value) {
        require(4);
        bytes.putInt(size, value);
        size += 4;
    }

    /** Appends eight bytes. */
    public void putLong(long value) {
        require(8);
        bytes.putLong(size, value);
        size += 8;
    }

    /** Appends a number of four bytes as an item, to the run of such numbers at the end if there is one. */
    void putNumber(byte tag, int value) {
        openRun(tag, Integer.BYTES);
        bytes.putInt(size, value);
        size += Integer.BYTES;
        runEnd = size;
    }

    /** Appends a number of eight bytes as an item, to the run of such numbers at the end if there is one. */
    void putNumber(byte tag, long value) {
        openRun(tag, Long.BYTES);
        bytes.putLong(size, value);
        size += Long.BYTES;
        runEnd = size;
    }

    /** Counts one number more in the run at the end, or begins one. */
    private void openRun(byte tag, int width) {
        require(RUN_HEADER_BYTES + width);
        if (!endsWithRun(tag)) {
            runStart = size;
            bytes.putInt(size, 0);
            bytes.put(size + 4, tag);
            size += RUN_HEADER_BYTES;
        }
        bytes.putInt(runStart, bytes.getInt(runStart) - 1);
    }

    private boolean endsWithRun(byte tag) {
        return size == runEnd && bytes.get(runStart + 4) == tag;
    }

    /** Overwrites four bytes that were written before. */
    void setInt(int at, int value) {
        Objects.checkFromIndexSize(at, 4, size);
        bytes.putInt(at, value);
    }

    /**
     * Appends the tag and the count of an array and makes room for its elements.
     *
     * @return a buffer whose position is at the first element, to be filled before anything else is written
     */
    ByteBuffer putArray(byte tag, int count, int width) {
        require(5L + (long) count * width);
        bytes.put(size, tag);
        bytes.putInt(size + 1, count);
        ByteBuffer room = bytes.position(size + 5);
        size += 5 + count * width;
        return room;
    }

    /**
     * Appends the header of a segment of memory and makes room for its bytes, which begin at a multiple of eight.
     *
     * @return a buffer whose position is at the first byte, to be filled before anything else is written
     */
    ByteBuffer putSegment(long sizeBytes) {
        int pad = -(size + 6) & 7;
        require(6L + pad + sizeBytes);
        bytes.put(size, Tag.SEGMENT);
        bytes.putInt(size + 1, (int) sizeBytes);
        bytes.put(size + 5, (byte) pad);
        ByteBuffer room = bytes.slice(size + 6 + pad, (int) sizeBytes);
        size += 6 + pad + (int) sizeBytes;
        return room;
    }

    /** Makes sure of room for that many bytes more, so that the limit is met before the work is done. */
    void require(long more) {
        long needed = size + more;
        if (needed > limit || limitPassed) {
            limitPassed = true;
            throw new LimitPassedException();
        }
        if (needed > bytes.capacity()) {
            long doubled = Math.min(2L * bytes.capacity(), MAX_BYTES);
            grow(Math.max(doubled, needed));
        }
    }

    private void grow(long sizeBytes) {
        ByteBuffer grown = sizeBytes > LONG_BYTES ? room.lend(sizeBytes) : null;
        grown = grown == null ? over(new byte[(int) sizeBytes]) : grown.order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer outgrown = bytes.clear();
        grown.put(0, outgrown, 0, size);
        bytes = grown;
        if (outgrown.isDirect()) {
            room.giveBack(outgrown);
        }
    }

    /** The buffer's limit was passed; {@link ValueWriter} turns it into a {@link ValueTooLargeException}. */
    static final class LimitPassedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        LimitPassedException() {
            super("the payload is longer than its limit", null, false, false);
        }
    }
}
