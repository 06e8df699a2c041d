package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** An {@code int} in shared memory, as Python's {@code Value('i')}. See the package for the rules of all these. */
public final class SharedInt extends Stored {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    SharedInt(Store store) {
        super(store);
    }

    /**
     * Makes one with a lock.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedInt create(int value) {
        return made(value, false);
    }

    /**
     * Makes one without a lock, as Python's {@code RawValue('i')}.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedInt raw(int value) {
        return made(value, true);
    }

    private static SharedInt made(int value, boolean raw) {
        SharedInt made = (SharedInt) Store.create(Form.INT, null, ValueLayout.JAVA_INT.byteSize(), raw);
        made.set(value);
        return made;
    }

    /** Its value. */
    public int get() {
        return (int) AT.get(memory(), 0L);
    }

    /** Sets it. */
    public void set(int value) {
        AT.set(memory(), 0L, value);
    }

    /** Its value, as the last volatile or atomic write left it. */
    public int getVolatile() {
        return (int) AT.getVolatile(memory(), 0L);
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(int value) {
        AT.setVolatile(memory(), 0L, value);
    }

    /** Atomically sets it and returns what it was. */
    public int getAndSet(int value) {
        return (int) AT.getAndSet(memory(), 0L, value);
    }

    /** Atomically sets it if it has the expected value and says whether it had. */
    public boolean compareAndSet(int expected, int value) {
        return AT.compareAndSet(memory(), 0L, expected, value);
    }

    /** Atomically adds to it and returns what it was. */
    public int getAndAdd(int delta) {
        return (int) AT.getAndAdd(memory(), 0L, delta);
    }

    /** Atomically adds to it and returns the sum. */
    public int addAndGet(int delta) {
        return getAndAdd(delta) + delta;
    }
}
