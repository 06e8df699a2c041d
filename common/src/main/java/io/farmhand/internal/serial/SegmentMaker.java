package io.farmhand.internal.serial;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Makes the {@link MemorySegment} that a reader of values gives, read-only, of its encoded bytes. */
public interface SegmentMaker {
    /** Copies, so that the segment is there for as long as something refers to it. */
    SegmentMaker COPY = bytes -> {
        // At least a byte, since no bytes have no arena to end with.
        MemorySegment copy = Arena.ofAuto().allocate(Math.max(1, bytes.remaining()), Long.BYTES);
        return copy.asSlice(0, bytes.remaining()).copyFrom(MemorySegment.ofBuffer(bytes)).asReadOnly();
    };

    /**
     * Makes one.
     *
     * @param bytes all of its bytes, which begin at a multiple of eight where they are in native memory
     */
    MemorySegment of(ByteBuffer bytes);
}
