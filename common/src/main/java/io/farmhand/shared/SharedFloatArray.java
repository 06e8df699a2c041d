package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * An array of {@code float} in shared memory, as Python's {@code Array('f')}. See the package for the rules of all these.
 */
public final class SharedFloatArray extends SharedArray<float[]> {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_FLOAT.varHandle().withInvokeExactBehavior();

    SharedFloatArray(Store store) {
        super(store, ValueLayout.JAVA_FLOAT);
    }

    /**
     * Makes one of zeros with a lock.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedFloatArray create(long length) {
        return (SharedFloatArray) make(Form.FLOATS, ValueLayout.JAVA_FLOAT, length, false);
    }

    /**
     * Makes one with a lock.
     *
     * @param values its elements
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedFloatArray of(float... values) {
        SharedFloatArray made = create(values.length);
        made.copyFrom(0, values, 0, values.length);
        return made;
    }

    /**
     * Makes one of zeros without a lock, as Python's {@code RawArray('f')}.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedFloatArray raw(long length) {
        return (SharedFloatArray) make(Form.FLOATS, ValueLayout.JAVA_FLOAT, length, true);
    }

    /** The element. */
    public float get(long index) {
        return (float) AT.get(memory(), at(index));
    }

    /** Sets it. */
    public void set(long index, float value) {
        AT.set(memory(), at(index), value);
    }

    /** The element, as the last volatile or atomic write left it. */
    public float getVolatile(long index) {
        return (float) AT.getVolatile(memory(), at(index));
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(long index, float value) {
        AT.setVolatile(memory(), at(index), value);
    }

    /** Atomically sets it and returns what it was. */
    public float getAndSet(long index, float value) {
        return (float) AT.getAndSet(memory(), at(index), value);
    }

    /** Atomically sets it if it has the expected value, bit by bit, and says whether it had. */
    public boolean compareAndSet(long index, float expected, float value) {
        return AT.compareAndSet(memory(), at(index), expected, value);
    }

    /** Atomically adds to it and returns what it was. */
    public float getAndAdd(long index, float delta) {
        while (true) {
            float value = getVolatile(index);
            if (compareAndSet(index, value, value + delta)) {
                return value;
            }
        }
    }

    /** Atomically adds to it and returns the sum. */
    public float addAndGet(long index, float delta) {
        return getAndAdd(index, delta) + delta;
    }

    /** Sets all elements. */
    public void fill(float value) {
        for (long index = 0; index < length(); index++) {
            set(index, value);
        }
    }
}
