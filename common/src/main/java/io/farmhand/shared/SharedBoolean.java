package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** A {@code boolean} in shared memory, as Python's {@code Value(ctypes.c_bool)}. See the package for the rules of all these. */
public final class SharedBoolean extends Stored {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    SharedBoolean(Store store) {
        super(store);
    }

    /**
     * Makes one with a lock.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedBoolean create(boolean value) {
        return made(value, false);
    }

    /**
     * Makes one without a lock, as Python's {@code RawValue(ctypes.c_bool)}.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedBoolean raw(boolean value) {
        return made(value, true);
    }

    private static SharedBoolean made(boolean value, boolean raw) {
        SharedBoolean made = (SharedBoolean) Store.create(Form.BOOLEAN, null, ValueLayout.JAVA_INT.byteSize(), raw);
        made.set(value);
        return made;
    }

    /** Its value. */
    public boolean get() {
        return (int) AT.get(memory(), 0L) != 0;
    }

    /** Sets it. */
    public void set(boolean value) {
        AT.set(memory(), 0L, word(value));
    }

    /** Its value, as the last volatile or atomic write left it. */
    public boolean getVolatile() {
        return (int) AT.getVolatile(memory(), 0L) != 0;
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(boolean value) {
        AT.setVolatile(memory(), 0L, word(value));
    }

    /** Atomically sets it and returns what it was. */
    public boolean getAndSet(boolean value) {
        return (int) AT.getAndSet(memory(), 0L, word(value)) != 0;
    }

    /** Atomically sets it if it has the expected value and says whether it had. */
    public boolean compareAndSet(boolean expected, boolean value) {
        return AT.compareAndSet(memory(), 0L, word(expected), word(value));
    }

    private static int word(boolean value) {
        return value ? 1 : 0;
    }
}
