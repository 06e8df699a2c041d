package io.farmhand.internal.shm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** Reads and changes aligned words of memory that other threads and processes read and change, too. */
public final class Words {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private Words() {}

    /** The word as the last write left it. */
    public static int getInt(MemorySegment memory, long offset) {
        return (int) INT.getVolatile(memory, offset);
    }

    /** Writes the word; what was written before is seen by whoever sees it. */
    public static void setInt(MemorySegment memory, long offset, int value) {
        INT.setVolatile(memory, offset, value);
    }

    /** The word as a lock guards it, which the caller holds. */
    public static int getGuardedInt(MemorySegment memory, long offset) {
        return (int) INT.getOpaque(memory, offset);
    }

    /** Writes the word as a lock guards it, which the caller holds; one who is killed has written in this order. */
    public static void setGuardedInt(MemorySegment memory, long offset, int value) {
        INT.setRelease(memory, offset, value);
    }

    /** Writes the word if it has the expected value, and says whether it had. */
    public static boolean compareAndSetInt(MemorySegment memory, long offset, int expected, int value) {
        return INT.compareAndSet(memory, offset, expected, value);
    }

    /** Writes the word and returns what it was. */
    public static int swapInt(MemorySegment memory, long offset, int value) {
        return (int) INT.getAndSet(memory, offset, value);
    }

    /** Adds to the word and returns what it was. */
    public static int addInt(MemorySegment memory, long offset, int delta) {
        return (int) INT.getAndAdd(memory, offset, delta);
    }

    /** The word as the last write left it. */
    public static long getLong(MemorySegment memory, long offset) {
        return (long) LONG.getVolatile(memory, offset);
    }

    /** Writes the word; what was written before is seen by whoever sees it. */
    public static void setLong(MemorySegment memory, long offset, long value) {
        LONG.setVolatile(memory, offset, value);
    }

    /** Writes the word if it has the expected value, and says whether it had. */
    public static boolean compareAndSetLong(MemorySegment memory, long offset, long expected, long value) {
        return LONG.compareAndSet(memory, offset, expected, value);
    }

    /** Writes the word as a lock guards it, which the caller holds; one who is killed has written in this order. */
    public static void setGuardedLong(MemorySegment memory, long offset, long value) {
        LONG.setRelease(memory, offset, value);
    }
}
