package io.farmhand.internal.serial;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes values as items, which {@link Tag} has the layout of. It belongs to one thread. */
public final class ValueWriter {
    private static final int LENGTH_BYTES = 4;
    /** The first number of a run. */
    private static final int NUMBER_BYTES = LENGTH_BYTES + 1 + Long.BYTES;

    private final PayloadBuffer out;
    private final long maxItemBytes;
    private final @Nullable TravellingClasses classes;
    private final Destination destination;

    /**
     * Makes a writer that appends to a buffer.
     *
     * @param out where the items go
     * @param maxItemBytes how long the tag and the body of one item may be together, in bytes
     */
    public ValueWriter(PayloadBuffer out, long maxItemBytes) {
        this(out, maxItemBytes, null);
    }

    /**
     * As {@link #ValueWriter(PayloadBuffer, long)}, for readers that may lack classes.
     *
     * @param classes that travel beside values; null if none do
     */
    public ValueWriter(PayloadBuffer out, long maxItemBytes, @Nullable TravellingClasses classes) {
        this(out, maxItemBytes, classes, Destination.HERE);
    }

    /**
     * As {@link #ValueWriter(PayloadBuffer, long, TravellingClasses)}, for readers that may be elsewhere.
     *
     * @param destination who they are: values that would be of no use there are refused
     */
    public ValueWriter(PayloadBuffer out, long maxItemBytes, @Nullable TravellingClasses classes,
            Destination destination) {
        if (maxItemBytes < 1) {
            throw new IllegalArgumentException("maxItemBytes must be at least 1: maxItemBytes=" + maxItemBytes);
        }
        this.out = out;
        this.maxItemBytes = maxItemBytes;
        this.classes = classes;
        this.destination = destination;
    }

    /**
     * Appends one item. When it throws, whatever it throws, the buffer holds what it held before.
     *
     * @throws ValueTooLargeException as soon as the encoding passes the limit
     * @throws UnwritableValueException if the value cannot be serialized
     */
    public void writeItem(@Nullable Object value) throws UnwritableValueException {
        if (value instanceof Number number && maxItemBytes >= NUMBER_BYTES
                && out.size() <= PayloadBuffer.MAX_BYTES - NUMBER_BYTES && writeNumber(number)) {
            return;
        }
        write(value, LENGTH_BYTES);
    }

    /** Whether a value is written and read in next to no time. */
    public static boolean isPlainNumber(@Nullable Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Double;
    }

    /** The shortest way for what is sent most often: nothing can go wrong with it. */
    private boolean writeNumber(Number number) {
        if (number instanceof Integer value) {
            out.putNumber(Tag.INT, value);
        } else if (number instanceof Long value) {
            out.putNumber(Tag.LONG, value);
        } else if (number instanceof Double value) {
            out.putNumber(Tag.DOUBLE, Double.doubleToRawLongBits(value));
        } else {
            return false;
        }
        return true;
    }

    /**
     * Appends a value without its length, such as the function of a job. When it throws, whatever it throws, the
     * buffer holds what it held before.
     *
     * @throws ValueTooLargeException as soon as the encoding passes the limit
     * @throws UnwritableValueException if the value cannot be serialized
     */
    public void writeValue(@Nullable Object value) throws UnwritableValueException {
        write(value, 0);
    }

    /** Appends an item that stands for a failure. The bytes are not read here. */
    public void writeFailure(byte[] body) {
        out.require((long) LENGTH_BYTES + 1 + body.length);
        out.putInt(1 + body.length);
        out.putByte(Tag.FAILURE);
        out.write(body, 0, body.length);
    }

    private void write(@Nullable Object value, int lengthBytes) throws UnwritableValueException {
        int start = out.size();
        int valueStart = start + lengthBytes;
        // Both sums fit, for a buffer is shorter than 2^31 and the limit is cut to that first.
        long limit = Math.min(maxItemBytes, PayloadBuffer.MAX_BYTES);
        boolean written = false;
        out.limit(valueStart + limit);
        try {
            if (lengthBytes > 0) {
                out.putInt(0);
            }
            put(value);
            if (lengthBytes > 0) {
                out.setInt(start, out.size() - valueStart);
            }
            written = true;
        } catch (PayloadBuffer.LimitPassedException e) {
            throw tooLarge(value, valueStart, e);
        } finally {
            out.lift();
            if (!written) {
                out.truncate(start);
            }
        }
    }

    private ValueTooLargeException tooLarge(@Nullable Object value, int valueStart, Throwable cause) {
        long room = Math.max(0, (long) PayloadBuffer.MAX_BYTES - valueStart);
        return new ValueTooLargeException(Names.of(value), Math.min(maxItemBytes, room), cause);
    }

    private void put(@Nullable Object value) throws UnwritableValueException {
        try {
            if (FastWriter.write(out, value) || (value instanceof Pair pair && putHalves(pair))) {
                return;
            }
        } catch (IllegalStateException | WrongThreadException e) { // a segment of memory that cannot be accessed here
            Diagnosis diagnosis = Explainer.diagnose(value, e, List.of());
            throw new UnwritableValueException(diagnosis.message(value), diagnosis.path(), e);
        }
        putJdk(value);
    }

    /** Writes each half as a value, unless they are better off in one stream. */
    private boolean putHalves(Pair pair) throws UnwritableValueException {
        Object first = pair.first();
        Object second = pair.second();
        if (first instanceof Pair || second instanceof Pair || isSharedData(first, second)) {
            return false;
        }
        int start = out.size();
        out.putByte(Tag.PAIR);
        out.putInt(0);
        if (FastWriter.write(out, first)) {
            out.setInt(start + 1, out.size() - start - 5);
            if (!FastWriter.write(out, second)) {
                putJdk(second);
            }
            return true;
        }
        int afterHeader = out.size();
        if (!FastWriter.write(out, second)) {
            out.truncate(start);
            return false;
        }
        out.truncate(afterHeader);
        putJdk(first);
        out.setInt(start + 1, out.size() - start - 5);
        FastWriter.write(out, second);
        return true;
    }

    /** Whether both halves are one object of a fast kind that can be changed, or told from a copy. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSharedData(@Nullable Object first, @Nullable Object second) {
        return first != null && first == second && (first instanceof List<?> || first.getClass().isArray());
    }

    private void putJdk(@Nullable Object value) throws UnwritableValueException {
        out.putByte(Tag.JDK);
        JdkWriter writer = null;
        Throwable failure;
        Destination outer = destination.enter();
        try {
            writer = new JdkWriter(out, classes);
            writer.writeObject(value);
            writer.writeVariables();
            writer.flush();
            failure = null;
        } catch (StackOverflowError e) {
            failure = e;
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            failure = e;
        } finally {
            Destination _ = outer.enter();
        }
        if (out.limitPassed()) {
            // User code may have swallowed or wrapped the refusal.
            throw new PayloadBuffer.LimitPassedException();
        }
        if (failure instanceof TravellingClasses.RefusedException) {
            throw new UnwritableValueException(String.valueOf(failure.getMessage()), Names.of(value), failure);
        }
        if (failure != null) {
            Diagnosis diagnosis = Explainer.diagnose(value, failure, writer == null ? List.of() : writer.recent());
            throw new UnwritableValueException(diagnosis.message(value), diagnosis.path(), failure);
        }
    }
}
