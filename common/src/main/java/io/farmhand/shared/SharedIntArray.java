package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * An array of {@code int} in shared memory, as Python's {@code Array('i')}. See the package for the rules of all these.
 */
public final class SharedIntArray extends SharedArray<int[]> {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    SharedIntArray(Store store) {
        super(store, ValueLayout.JAVA_INT);
    }

    /**
     * Makes one of zeros with a lock.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedIntArray create(long length) {
        return (SharedIntArray) make(Form.INTS, ValueLayout.JAVA_INT, length, false);
    }

    /**
     * Makes one with a lock.
     *
     * @param values its elements
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedIntArray of(int... values) {
        SharedIntArray made = create(values.length);
        made.copyFrom(0, values, 0, values.length);
        return made;
    }

    /**
     * Makes one of zeros without a lock, as Python's {@code RawArray('i')}.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedIntArray raw(long length) {
        return (SharedIntArray) make(Form.INTS, ValueLayout.JAVA_INT, length, true);
    }

    /** The element. */
    public int get(long index) {
        return (int) AT.get(memory(), at(index));
    }

    /** Sets it. */
    public void set(long index, int value) {
        AT.set(memory(), at(index), value);
    }

    /** The element, as the last volatile or atomic write left it. */
    public int getVolatile(long index) {
        return (int) AT.getVolatile(memory(), at(index));
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(long index, int value) {
        AT.setVolatile(memory(), at(index), value);
    }

    /** Atomically sets it and returns what it was. */
    public int getAndSet(long index, int value) {
        return (int) AT.getAndSet(memory(), at(index), value);
    }

    /** Atomically sets it if it has the expected value and says whether it had. */
    public boolean compareAndSet(long index, int expected, int value) {
        return AT.compareAndSet(memory(), at(index), expected, value);
    }

    /** Atomically adds to it and returns what it was. */
    public int getAndAdd(long index, int delta) {
        return (int) AT.getAndAdd(memory(), at(index), delta);
    }

    /** Atomically adds to it and returns the sum. */
    public int addAndGet(long index, int delta) {
        return getAndAdd(index, delta) + delta;
    }

    /** Sets all elements. */
    public void fill(int value) {
        for (long index = 0; index < length(); index++) {
            set(index, value);
        }
    }

    /** Its elements in order, each read when it is asked for. */
    public IntStream stream() {
        return LongStream.range(0, length()).mapToInt(this::get);
    }
}
