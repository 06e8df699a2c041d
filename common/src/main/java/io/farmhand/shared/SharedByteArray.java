package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * An array of {@code byte} in shared memory, as Python's {@code Array('b')}. See the package for the rules of all these.
 */
public final class SharedByteArray extends SharedArray<byte[]> {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_BYTE.varHandle().withInvokeExactBehavior();

    SharedByteArray(Store store) {
        super(store, ValueLayout.JAVA_BYTE);
    }

    /**
     * Makes one of zeros with a lock.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedByteArray create(long length) {
        return (SharedByteArray) make(Form.BYTES, ValueLayout.JAVA_BYTE, length, false);
    }

    /**
     * Makes one with a lock.
     *
     * @param values its elements
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedByteArray of(byte... values) {
        SharedByteArray made = create(values.length);
        made.copyFrom(0, values, 0, values.length);
        return made;
    }

    /**
     * Makes one of zeros without a lock, as Python's {@code RawArray('b')}.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedByteArray raw(long length) {
        return (SharedByteArray) make(Form.BYTES, ValueLayout.JAVA_BYTE, length, true);
    }

    /** The element. */
    public byte get(long index) {
        return (byte) AT.get(memory(), at(index));
    }

    /** Sets it. */
    public void set(long index, byte value) {
        AT.set(memory(), at(index), value);
    }

    /** The element, as the last volatile or atomic write left it. */
    public byte getVolatile(long index) {
        return (byte) AT.getVolatile(memory(), at(index));
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(long index, byte value) {
        AT.setVolatile(memory(), at(index), value);
    }

    /** Sets all elements. */
    public void fill(byte value) {
        for (long index = 0; index < length(); index++) {
            set(index, value);
        }
    }
}
