package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** A {@code short} in shared memory, as Python's {@code Value('h')}. See the package for the rules of all these. */
public final class SharedShort extends Stored {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_SHORT.varHandle().withInvokeExactBehavior();

    SharedShort(Store store) {
        super(store);
    }

    /**
     * Makes one with a lock.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedShort create(short value) {
        return made(value, false);
    }

    /**
     * Makes one without a lock, as Python's {@code RawValue('h')}.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedShort raw(short value) {
        return made(value, true);
    }

    private static SharedShort made(short value, boolean raw) {
        SharedShort made = (SharedShort) Store.create(Form.SHORT, null, ValueLayout.JAVA_SHORT.byteSize(), raw);
        made.set(value);
        return made;
    }

    /** Its value. */
    public short get() {
        return (short) AT.get(memory(), 0L);
    }

    /** Sets it. */
    public void set(short value) {
        AT.set(memory(), 0L, value);
    }

    /** Its value, as the last volatile or atomic write left it. */
    public short getVolatile() {
        return (short) AT.getVolatile(memory(), 0L);
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(short value) {
        AT.setVolatile(memory(), 0L, value);
    }
}
