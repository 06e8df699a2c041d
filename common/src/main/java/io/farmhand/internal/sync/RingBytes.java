package io.farmhand.internal.sync;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * A run of memory whose end is followed by its beginning: positions only grow, and a position's place is its remainder.
 * Records in it begin at multiples of 8. Who may read and write which positions is for its users to know.
 */
final class RingBytes {
    private final MemorySegment memory;
    private final long base;
    private final long capacity;

    /**
     * Makes a ring of some memory.
     *
     * @param base where it begins, a multiple of 8
     * @param capacity how many bytes it has, a power of two of at least 8
     */
    RingBytes(MemorySegment memory, long base, long capacity) {
        assert Long.bitCount(capacity) == 1 && base % Long.BYTES == 0;
        this.memory = memory;
        this.base = base;
        this.capacity = capacity;
    }

    long capacity() {
        return capacity;
    }

    /** A number of bytes, rounded up so that what follows is aligned. */
    static long aligned(long bytes) {
        return (bytes + Long.BYTES - 1) & -Long.BYTES;
    }

    private long place(long position) {
        return base + (position & (capacity - 1));
    }

    long getLong(long position) {
        return memory.get(JAVA_LONG, place(position));
    }

    void putLong(long position, long value) {
        memory.set(JAVA_LONG, place(position), value);
    }

    /** Copies bytes to a position and what follows it. */
    void write(long position, byte[] source, int offset, int length) {
        int first = first(position, length);
        MemorySegment.copy(source, offset, memory, JAVA_BYTE, place(position), first);
        MemorySegment.copy(source, offset + first, memory, JAVA_BYTE, base, length - first);
    }

    /** Copies bytes from a position and what follows it. */
    void read(long position, byte[] target, int offset, int length) {
        int first = first(position, length);
        MemorySegment.copy(memory, JAVA_BYTE, place(position), target, offset, first);
        MemorySegment.copy(memory, JAVA_BYTE, base, target, offset + first, length - first);
    }

    /** How many of these bytes come before the end of the memory. */
    private int first(long position, int length) {
        return (int) Math.min(length, base + capacity - place(position));
    }
}
