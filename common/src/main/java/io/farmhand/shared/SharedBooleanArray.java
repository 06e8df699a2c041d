package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * An array of {@code boolean} in shared memory, as Python's {@code Array(ctypes.c_bool)}. See the package for the rules of all these.
 */
public final class SharedBooleanArray extends SharedArray<boolean[]> {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_BOOLEAN.varHandle().withInvokeExactBehavior();

    SharedBooleanArray(Store store) {
        super(store, ValueLayout.JAVA_BOOLEAN);
    }

    /**
     * Makes one of {@code false} with a lock.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedBooleanArray create(long length) {
        return (SharedBooleanArray) make(Form.BOOLEANS, ValueLayout.JAVA_BOOLEAN, length, false);
    }

    /**
     * Makes one with a lock.
     *
     * @param values its elements
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedBooleanArray of(boolean... values) {
        SharedBooleanArray made = create(values.length);
        made.copyFrom(0, values, 0, values.length);
        return made;
    }

    /**
     * Makes one of {@code false} without a lock, as Python's {@code RawArray(ctypes.c_bool)}.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedBooleanArray raw(long length) {
        return (SharedBooleanArray) make(Form.BOOLEANS, ValueLayout.JAVA_BOOLEAN, length, true);
    }

    /** The element. */
    public boolean get(long index) {
        return (boolean) AT.get(memory(), at(index));
    }

    /** Sets it. */
    public void set(long index, boolean value) {
        AT.set(memory(), at(index), value);
    }

    /** The element, as the last volatile or atomic write left it. */
    public boolean getVolatile(long index) {
        return (boolean) AT.getVolatile(memory(), at(index));
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(long index, boolean value) {
        AT.setVolatile(memory(), at(index), value);
    }

    /** Sets all elements. */
    public void fill(boolean value) {
        for (long index = 0; index < length(); index++) {
            set(index, value);
        }
    }

    @Override
    public void copyTo(long index, boolean[] target, int targetIndex, int count) {
        Objects.checkFromIndexSize(index, count, length());
        Objects.checkFromIndexSize(targetIndex, count, target.length);
        for (int i = 0; i < count; i++) {
            target[targetIndex + i] = get(index + i);
        }
    }

    @Override
    public void copyFrom(long index, boolean[] source, int sourceIndex, int count) {
        Objects.checkFromIndexSize(index, count, length());
        Objects.checkFromIndexSize(sourceIndex, count, source.length);
        for (int i = 0; i < count; i++) {
            set(index + i, source[sourceIndex + i]);
        }
    }
}
