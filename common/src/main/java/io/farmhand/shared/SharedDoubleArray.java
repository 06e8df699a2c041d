package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * An array of {@code double} in shared memory, as Python's {@code Array('d')}. See the package for the rules of all these.
 */
public final class SharedDoubleArray extends SharedArray<double[]> {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_DOUBLE.varHandle().withInvokeExactBehavior();

    SharedDoubleArray(Store store) {
        super(store, ValueLayout.JAVA_DOUBLE);
    }

    /**
     * Makes one of zeros with a lock.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedDoubleArray create(long length) {
        return (SharedDoubleArray) make(Form.DOUBLES, ValueLayout.JAVA_DOUBLE, length, false);
    }

    /**
     * Makes one with a lock.
     *
     * @param values its elements
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedDoubleArray of(double... values) {
        SharedDoubleArray made = create(values.length);
        made.copyFrom(0, values, 0, values.length);
        return made;
    }

    /**
     * Makes one of zeros without a lock, as Python's {@code RawArray('d')}.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedDoubleArray raw(long length) {
        return (SharedDoubleArray) make(Form.DOUBLES, ValueLayout.JAVA_DOUBLE, length, true);
    }

    /** The element. */
    public double get(long index) {
        return (double) AT.get(memory(), at(index));
    }

    /** Sets it. */
    public void set(long index, double value) {
        AT.set(memory(), at(index), value);
    }

    /** The element, as the last volatile or atomic write left it. */
    public double getVolatile(long index) {
        return (double) AT.getVolatile(memory(), at(index));
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(long index, double value) {
        AT.setVolatile(memory(), at(index), value);
    }

    /** Atomically sets it and returns what it was. */
    public double getAndSet(long index, double value) {
        return (double) AT.getAndSet(memory(), at(index), value);
    }

    /** Atomically sets it if it has the expected value, bit by bit, and says whether it had. */
    public boolean compareAndSet(long index, double expected, double value) {
        return AT.compareAndSet(memory(), at(index), expected, value);
    }

    /** Atomically adds to it and returns what it was. */
    public double getAndAdd(long index, double delta) {
        while (true) {
            double value = getVolatile(index);
            if (compareAndSet(index, value, value + delta)) {
                return value;
            }
        }
    }

    /** Atomically adds to it and returns the sum. */
    public double addAndGet(long index, double delta) {
        return getAndAdd(index, delta) + delta;
    }

    /** Sets all elements. */
    public void fill(double value) {
        for (long index = 0; index < length(); index++) {
            set(index, value);
        }
    }

    /** Its elements in order, each read when it is asked for. */
    public DoubleStream stream() {
        return LongStream.range(0, length()).mapToDouble(this::get);
    }
}
