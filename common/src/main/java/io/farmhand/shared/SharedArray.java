package io.farmhand.shared;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Array;
import java.util.Objects;

/**
 * An array in shared memory: all but the access to single elements.
 *
 * @param <A> the array of the JVM's that is like it
 */
abstract class SharedArray<A> extends Stored {
    private static final long serialVersionUID = 1L;
    private static final long LONGEST_BYTES = 1L << 60;
    /** The longest array that each JVM can make. */
    private static final int LONGEST = Integer.MAX_VALUE - 8;

    private final transient ValueLayout element;
    private final transient int shift;
    private final transient long length;

    SharedArray(Store store, ValueLayout element) {
        super(store);
        this.element = element;
        this.shift = Long.numberOfTrailingZeros(element.byteSize());
        this.length = memory().byteSize() >> shift;
    }

    /** Makes one. */
    static Object make(Form form, ValueLayout element, long length, boolean raw) {
        checkLength(length, element.byteSize());
        return Store.create(form, null, length * element.byteSize(), raw);
    }

    static void checkLength(long length, long elementBytes) {
        if (length < 0 || length > LONGEST_BYTES / elementBytes) {
            throw new IllegalArgumentException("length=" + length + " cannot be the length of a shared array");
        }
    }

    /** Where an element is in the memory. */
    final long at(long index) {
        return Objects.checkIndex(index, length) << shift;
    }

    /** How many elements it has. */
    public final long length() {
        return length;
    }

    /** Its memory, element by element in the machine's byte order. It ends with {@link #close}. */
    public final MemorySegment segment() {
        return memory();
    }

    /**
     * A copy of it; concurrent writes may or may not be in it.
     *
     * @throws IllegalStateException when it is longer than an array can be
     */
    public final A toArray() {
        if (length > LONGEST) {
            throw new IllegalStateException("It is longer than an array of the JVM's can be: length=" + length
                    + ". Use copyTo for a part, or segment().");
        }
        @SuppressWarnings("unchecked")
        A copy = (A) Array.newInstance(element.carrier(), (int) length);
        copyTo(0, copy, 0, (int) length);
        return copy;
    }

    /**
     * Copies elements of this to an array.
     *
     * @param index the first of them
     * @param target where they go
     * @param targetIndex where the first goes
     * @param count how many
     * @throws IndexOutOfBoundsException when the one or the other does not have so many
     */
    public void copyTo(long index, A target, int targetIndex, int count) {
        long offset = Objects.checkFromIndexSize(index, count, length) << shift;
        MemorySegment.copy(memory(), element, offset, target, targetIndex, count);
    }

    /**
     * Copies elements of an array to this.
     *
     * @param index where the first goes
     * @param source where they come from
     * @param sourceIndex the first of them
     * @param count how many
     * @throws IndexOutOfBoundsException when the one or the other does not have so many
     */
    public void copyFrom(long index, A source, int sourceIndex, int count) {
        long offset = Objects.checkFromIndexSize(index, count, length) << shift;
        MemorySegment.copy(source, sourceIndex, memory(), element, offset, count);
    }
}
