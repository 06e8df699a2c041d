package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** A {@code float} in shared memory, as Python's {@code Value('f')}. See the package for the rules of all these. */
public final class SharedFloat extends Stored {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_FLOAT.varHandle().withInvokeExactBehavior();

    SharedFloat(Store store) {
        super(store);
    }

    /**
     * Makes one with a lock.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedFloat create(float value) {
        return made(value, false);
    }

    /**
     * Makes one without a lock, as Python's {@code RawValue('f')}.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedFloat raw(float value) {
        return made(value, true);
    }

    private static SharedFloat made(float value, boolean raw) {
        SharedFloat made = (SharedFloat) Store.create(Form.FLOAT, null, ValueLayout.JAVA_FLOAT.byteSize(), raw);
        made.set(value);
        return made;
    }

    /** Its value. */
    public float get() {
        return (float) AT.get(memory(), 0L);
    }

    /** Sets it. */
    public void set(float value) {
        AT.set(memory(), 0L, value);
    }

    /** Its value, as the last volatile or atomic write left it. */
    public float getVolatile() {
        return (float) AT.getVolatile(memory(), 0L);
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(float value) {
        AT.setVolatile(memory(), 0L, value);
    }

    /** Atomically sets it and returns what it was. */
    public float getAndSet(float value) {
        return (float) AT.getAndSet(memory(), 0L, value);
    }

    /** Atomically sets it if it has the expected value, bit by bit, and says whether it had. */
    public boolean compareAndSet(float expected, float value) {
        return AT.compareAndSet(memory(), 0L, expected, value);
    }

    /** Atomically adds to it and returns what it was. */
    public float getAndAdd(float delta) {
        while (true) {
            float value = getVolatile();
            if (compareAndSet(value, value + delta)) {
                return value;
            }
        }
    }

    /** Atomically adds to it and returns the sum. */
    public float addAndGet(float delta) {
        return getAndAdd(delta) + delta;
    }
}
