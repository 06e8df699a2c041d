package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** A {@code long} in shared memory, as Python's {@code Value('q')}. See the package for the rules of all these. */
public final class SharedLong extends Stored {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    SharedLong(Store store) {
        super(store);
    }

    /**
     * Makes one with a lock.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedLong create(long value) {
        return made(value, false);
    }

    /**
     * Makes one without a lock, as Python's {@code RawValue('q')}.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedLong raw(long value) {
        return made(value, true);
    }

    private static SharedLong made(long value, boolean raw) {
        SharedLong made = (SharedLong) Store.create(Form.LONG, null, ValueLayout.JAVA_LONG.byteSize(), raw);
        made.set(value);
        return made;
    }

    /** Its value. */
    public long get() {
        return (long) AT.get(memory(), 0L);
    }

    /** Sets it. */
    public void set(long value) {
        AT.set(memory(), 0L, value);
    }

    /** Its value, as the last volatile or atomic write left it. */
    public long getVolatile() {
        return (long) AT.getVolatile(memory(), 0L);
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(long value) {
        AT.setVolatile(memory(), 0L, value);
    }

    /** Atomically sets it and returns what it was. */
    public long getAndSet(long value) {
        return (long) AT.getAndSet(memory(), 0L, value);
    }

    /** Atomically sets it if it has the expected value and says whether it had. */
    public boolean compareAndSet(long expected, long value) {
        return AT.compareAndSet(memory(), 0L, expected, value);
    }

    /** Atomically adds to it and returns what it was. */
    public long getAndAdd(long delta) {
        return (long) AT.getAndAdd(memory(), 0L, delta);
    }

    /** Atomically adds to it and returns the sum. */
    public long addAndGet(long delta) {
        return getAndAdd(delta) + delta;
    }
}
