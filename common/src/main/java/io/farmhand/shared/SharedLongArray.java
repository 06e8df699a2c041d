package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.stream.LongStream;

/**
 * An array of {@code long} in shared memory, as Python's {@code Array('q')}. See the package for the rules of all these.
 */
public final class SharedLongArray extends SharedArray<long[]> {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    SharedLongArray(Store store) {
        super(store, ValueLayout.JAVA_LONG);
    }

    /**
     * Makes one of zeros with a lock.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedLongArray create(long length) {
        return (SharedLongArray) make(Form.LONGS, ValueLayout.JAVA_LONG, length, false);
    }

    /**
     * Makes one with a lock.
     *
     * @param values its elements
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedLongArray of(long... values) {
        SharedLongArray made = create(values.length);
        made.copyFrom(0, values, 0, values.length);
        return made;
    }

    /**
     * Makes one of zeros without a lock, as Python's {@code RawArray('q')}.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedLongArray raw(long length) {
        return (SharedLongArray) make(Form.LONGS, ValueLayout.JAVA_LONG, length, true);
    }

    /** The element. */
    public long get(long index) {
        return (long) AT.get(memory(), at(index));
    }

    /** Sets it. */
    public void set(long index, long value) {
        AT.set(memory(), at(index), value);
    }

    /** The element, as the last volatile or atomic write left it. */
    public long getVolatile(long index) {
        return (long) AT.getVolatile(memory(), at(index));
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(long index, long value) {
        AT.setVolatile(memory(), at(index), value);
    }

    /** Atomically sets it and returns what it was. */
    public long getAndSet(long index, long value) {
        return (long) AT.getAndSet(memory(), at(index), value);
    }

    /** Atomically sets it if it has the expected value and says whether it had. */
    public boolean compareAndSet(long index, long expected, long value) {
        return AT.compareAndSet(memory(), at(index), expected, value);
    }

    /** Atomically adds to it and returns what it was. */
    public long getAndAdd(long index, long delta) {
        return (long) AT.getAndAdd(memory(), at(index), delta);
    }

    /** Atomically adds to it and returns the sum. */
    public long addAndGet(long index, long delta) {
        return getAndAdd(index, delta) + delta;
    }

    /** Sets all elements. */
    public void fill(long value) {
        for (long index = 0; index < length(); index++) {
            set(index, value);
        }
    }

    /** Its elements in order, each read when it is asked for. */
    public LongStream stream() {
        return LongStream.range(0, length()).map(this::get);
    }
}
