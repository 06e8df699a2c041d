package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * An array of {@code short} in shared memory, as Python's {@code Array('h')}. See the package for the rules of all these.
 */
public final class SharedShortArray extends SharedArray<short[]> {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_SHORT.varHandle().withInvokeExactBehavior();

    SharedShortArray(Store store) {
        super(store, ValueLayout.JAVA_SHORT);
    }

    /**
     * Makes one of zeros with a lock.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedShortArray create(long length) {
        return (SharedShortArray) make(Form.SHORTS, ValueLayout.JAVA_SHORT, length, false);
    }

    /**
     * Makes one with a lock.
     *
     * @param values its elements
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedShortArray of(short... values) {
        SharedShortArray made = create(values.length);
        made.copyFrom(0, values, 0, values.length);
        return made;
    }

    /**
     * Makes one of zeros without a lock, as Python's {@code RawArray('h')}.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedShortArray raw(long length) {
        return (SharedShortArray) make(Form.SHORTS, ValueLayout.JAVA_SHORT, length, true);
    }

    /** The element. */
    public short get(long index) {
        return (short) AT.get(memory(), at(index));
    }

    /** Sets it. */
    public void set(long index, short value) {
        AT.set(memory(), at(index), value);
    }

    /** The element, as the last volatile or atomic write left it. */
    public short getVolatile(long index) {
        return (short) AT.getVolatile(memory(), at(index));
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(long index, short value) {
        AT.setVolatile(memory(), at(index), value);
    }

    /** Sets all elements. */
    public void fill(short value) {
        for (long index = 0; index < length(); index++) {
            set(index, value);
        }
    }
}
