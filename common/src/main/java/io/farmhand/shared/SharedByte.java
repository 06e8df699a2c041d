package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** A {@code byte} in shared memory, as Python's {@code Value('b')}. See the package for the rules of all these. */
public final class SharedByte extends Stored {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_BYTE.varHandle().withInvokeExactBehavior();

    SharedByte(Store store) {
        super(store);
    }

    /**
     * Makes one with a lock.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedByte create(byte value) {
        return made(value, false);
    }

    /**
     * Makes one without a lock, as Python's {@code RawValue('b')}.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedByte raw(byte value) {
        return made(value, true);
    }

    private static SharedByte made(byte value, boolean raw) {
        SharedByte made = (SharedByte) Store.create(Form.BYTE, null, ValueLayout.JAVA_BYTE.byteSize(), raw);
        made.set(value);
        return made;
    }

    /** Its value. */
    public byte get() {
        return (byte) AT.get(memory(), 0L);
    }

    /** Sets it. */
    public void set(byte value) {
        AT.set(memory(), 0L, value);
    }

    /** Its value, as the last volatile or atomic write left it. */
    public byte getVolatile() {
        return (byte) AT.getVolatile(memory(), 0L);
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(byte value) {
        AT.setVolatile(memory(), 0L, value);
    }
}
