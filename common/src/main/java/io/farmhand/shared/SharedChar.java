package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** A {@code char} in shared memory, as Python's {@code Value('u')}. See the package for the rules of all these. */
public final class SharedChar extends Stored {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_CHAR.varHandle().withInvokeExactBehavior();

    SharedChar(Store store) {
        super(store);
    }

    /**
     * Makes one with a lock.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedChar create(char value) {
        return made(value, false);
    }

    /**
     * Makes one without a lock, as Python's {@code RawValue('u')}.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedChar raw(char value) {
        return made(value, true);
    }

    private static SharedChar made(char value, boolean raw) {
        SharedChar made = (SharedChar) Store.create(Form.CHAR, null, ValueLayout.JAVA_CHAR.byteSize(), raw);
        made.set(value);
        return made;
    }

    /** Its value. */
    public char get() {
        return (char) AT.get(memory(), 0L);
    }

    /** Sets it. */
    public void set(char value) {
        AT.set(memory(), 0L, value);
    }

    /** Its value, as the last volatile or atomic write left it. */
    public char getVolatile() {
        return (char) AT.getVolatile(memory(), 0L);
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(char value) {
        AT.setVolatile(memory(), 0L, value);
    }
}
