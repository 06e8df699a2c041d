package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * An array of {@code char} in shared memory, as Python's {@code Array('u')}. See the package for the rules of all these.
 */
public final class SharedCharArray extends SharedArray<char[]> {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_CHAR.varHandle().withInvokeExactBehavior();

    SharedCharArray(Store store) {
        super(store, ValueLayout.JAVA_CHAR);
    }

    /**
     * Makes one of zeros with a lock.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedCharArray create(long length) {
        return (SharedCharArray) make(Form.CHARS, ValueLayout.JAVA_CHAR, length, false);
    }

    /**
     * Makes one with a lock.
     *
     * @param values its elements
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedCharArray of(char... values) {
        SharedCharArray made = create(values.length);
        made.copyFrom(0, values, 0, values.length);
        return made;
    }

    /**
     * Makes one of zeros without a lock, as Python's {@code RawArray('u')}.
     *
     * @param length how many elements it has
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedCharArray raw(long length) {
        return (SharedCharArray) make(Form.CHARS, ValueLayout.JAVA_CHAR, length, true);
    }

    /** The element. */
    public char get(long index) {
        return (char) AT.get(memory(), at(index));
    }

    /** Sets it. */
    public void set(long index, char value) {
        AT.set(memory(), at(index), value);
    }

    /** The element, as the last volatile or atomic write left it. */
    public char getVolatile(long index) {
        return (char) AT.getVolatile(memory(), at(index));
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(long index, char value) {
        AT.setVolatile(memory(), at(index), value);
    }

    /** Sets all elements. */
    public void fill(char value) {
        for (long index = 0; index < length(); index++) {
            set(index, value);
        }
    }
}
