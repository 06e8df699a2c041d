package io.farmhand.cache;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Results of functions that give arrays which are to be mapped. Stateless. */
final class MappedArrays {
    private MappedArrays() {}

    /**
     * The bytes of an array, read-only.
     *
     * @param function that gave it
     * @throws IllegalArgumentException when it is none
     */
    static MemorySegment segment(String function, @Nullable Object value) {
        MemorySegment segment = switch (value) {
            case MemorySegment given -> given;
            case byte[] array -> MemorySegment.ofArray(array);
            case short[] array -> MemorySegment.ofArray(array);
            case char[] array -> MemorySegment.ofArray(array);
            case int[] array -> MemorySegment.ofArray(array);
            case long[] array -> MemorySegment.ofArray(array);
            case float[] array -> MemorySegment.ofArray(array);
            case double[] array -> MemorySegment.ofArray(array);
            case null, default -> throw new IllegalArgumentException("cacheMapped: " + function + " gave "
                    + (value == null ? "null" : "an object of " + value.getClass().getTypeName())
                    + ", and only arrays of numbers or characters, and memory segments, can be mapped. Use cache.");
        };
        return segment.asReadOnly();
    }
}
