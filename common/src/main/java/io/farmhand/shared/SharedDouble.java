package io.farmhand.shared;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** A {@code double} in shared memory, as Python's {@code Value('d')}. See the package for the rules of all these. */
public final class SharedDouble extends Stored {
    private static final long serialVersionUID = 1L;
    private static final VarHandle AT = ValueLayout.JAVA_DOUBLE.varHandle().withInvokeExactBehavior();

    SharedDouble(Store store) {
        super(store);
    }

    /**
     * Makes one with a lock.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedDouble create(double value) {
        return made(value, false);
    }

    /**
     * Makes one without a lock, as Python's {@code RawValue('d')}.
     *
     * @throws java.io.UncheckedIOException when there is no room
     */
    public static SharedDouble raw(double value) {
        return made(value, true);
    }

    private static SharedDouble made(double value, boolean raw) {
        SharedDouble made = (SharedDouble) Store.create(Form.DOUBLE, null, ValueLayout.JAVA_DOUBLE.byteSize(), raw);
        made.set(value);
        return made;
    }

    /** Its value. */
    public double get() {
        return (double) AT.get(memory(), 0L);
    }

    /** Sets it. */
    public void set(double value) {
        AT.set(memory(), 0L, value);
    }

    /** Its value, as the last volatile or atomic write left it. */
    public double getVolatile() {
        return (double) AT.getVolatile(memory(), 0L);
    }

    /** Sets it; who sees that sees also what was written before. */
    public void setVolatile(double value) {
        AT.setVolatile(memory(), 0L, value);
    }

    /** Atomically sets it and returns what it was. */
    public double getAndSet(double value) {
        return (double) AT.getAndSet(memory(), 0L, value);
    }

    /** Atomically sets it if it has the expected value, bit by bit, and says whether it had. */
    public boolean compareAndSet(double expected, double value) {
        return AT.compareAndSet(memory(), 0L, expected, value);
    }

    /** Atomically adds to it and returns what it was. */
    public double getAndAdd(double delta) {
        while (true) {
            double value = getVolatile();
            if (compareAndSet(value, value + delta)) {
                return value;
            }
        }
    }

    /** Atomically adds to it and returns the sum. */
    public double addAndGet(double delta) {
        return getAndAdd(delta) + delta;
    }
}
