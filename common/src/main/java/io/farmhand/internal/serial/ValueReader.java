package io.farmhand.internal.serial;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes values of the bytes of items. It has no state of its own, so any number of threads may share one.
 *
 * <p>Reading runs user code ({@code readObject}, {@code readResolve}, constructors of records): never on the
 * dispatcher, never on a gRPC thread.
 */
public final class ValueReader {
    private final ClassLoader loader;
    /** Null where all is trusted. */
    private final @Nullable ClassRule rule;
    private final SegmentMaker segments;
    private final @Nullable ArrivedClasses arrived;

    private ValueReader(ClassLoader loader, @Nullable ClassRule rule, SegmentMaker segments,
            @Nullable ArrivedClasses arrived) {
        this.segments = segments;
        this.arrived = arrived;
        this.loader = Objects.requireNonNull(loader, "loader");
        this.rule = rule;
    }

    /**
     * A reader that lets through what the class path has: for a worker, which runs the coordinator's code anyway.
     *
     * @param loader where classes are looked for first; the thread's context loader comes next
     */
    public static ValueReader trusting(ClassLoader loader) {
        return trusting(loader, SegmentMaker.COPY);
    }

    /** As {@link #trusting(ClassLoader)}, with segments of memory that are made in that way. */
    public static ValueReader trusting(ClassLoader loader, SegmentMaker segments) {
        return new ValueReader(loader, null, segments, null);
    }

    /** As {@link #trusting(ClassLoader, SegmentMaker)}, with classes that came beside values. */
    public static ValueReader trusting(ClassLoader loader, SegmentMaker segments, ArrivedClasses arrived) {
        return new ValueReader(loader, null, segments, arrived);
    }

    /**
     * A reader that holds each value against the bounds of {@link ResultFilter}: for a pool of workers on this host, which
     * are the user's own code under the user's own account.
     *
     * @param loader where classes are looked for first; the thread's context loader comes next
     */
    public static ValueReader filtering(ClassLoader loader) {
        return new ValueReader(loader, ClassRule.ANY, SegmentMaker.COPY, null);
    }

    /**
     * As {@link #filtering}, and only of classes that {@link StrictClasses} lets through: for a pool of workers on other
     * hosts.
     *
     * @throws IllegalArgumentException when the user's patterns for that cannot be read
     */
    public static ValueReader strict(ClassLoader loader) {
        return new ValueReader(loader, StrictClasses.ofProperty(), SegmentMaker.COPY, null);
    }

    /**
     * A reader that reads only what runs no code but the JDK's and ours meanwhile: for a value that is suspect of ending
     * the process that reads it.
     */
    public static ValueReader plain() {
        return new ValueReader(ClassLoader.getSystemClassLoader(), ClassRule.PLAIN, SegmentMaker.COPY, null);
    }

    /**
     * Reads one item's tag and body. The buffer's position stays where it is.
     *
     * @param item the item without its length
     * @throws UnreadableValueException if the bytes make no value here
     */
    public @Nullable Object read(ByteBuffer item) throws UnreadableValueException {
        ByteBuffer bytes = item.order() == ByteOrder.LITTLE_ENDIAN
                ? item
                : item.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int start = bytes.position();
        int end = bytes.limit();
        if (start == end) {
            throw UnreadableValueException.malformed("there is no tag");
        }
        return read(bytes, bytes.get(start), start + 1, end);
    }

    /**
     * Reads the item at hand of a block, which costs less than to cut it out first.
     *
     * @throws UnreadableValueException if the bytes make no value here
     */
    public @Nullable Object read(Items.Cursor items) throws UnreadableValueException {
        return read(items.bytes, items.tag(), items.body(), items.end());
    }

    private @Nullable Object read(ByteBuffer bytes, byte tag, int body, int end) throws UnreadableValueException {
        return tag == Tag.PAIR ? readPair(bytes, body, end) : readOne(bytes, tag, body, end);
    }

    private Pair readPair(ByteBuffer bytes, int start, int end) throws UnreadableValueException {
        if (end - start < 4) {
            throw UnreadableValueException.malformed("a pair is cut short, bytesLeft=" + (end - start));
        }
        int length = bytes.getInt(start);
        int first = start + 4;
        if (length < 0 || length > end - first) {
            throw UnreadableValueException.malformed("the first half of a pair has a length out of range, length="
                    + length + " bytesLeft=" + (end - first));
        }
        int second = first + length;
        return new Pair(readHalf(bytes, first, second), readHalf(bytes, second, end));
    }

    private @Nullable Object readHalf(ByteBuffer bytes, int start, int end) throws UnreadableValueException {
        if (start == end) {
            throw UnreadableValueException.malformed("a half of a pair has no tag");
        }
        return readOne(bytes, bytes.get(start), start + 1, end);
    }

    private @Nullable Object readOne(ByteBuffer bytes, byte tag, int body, int end) throws UnreadableValueException {
        // Boxed numbers need no reader of their own, and may stand in a run, without a tag before them.
        int length = end - body;
        switch (tag) {
            case Tag.JDK -> {
                return readJdk(bytes, body, end);
            }
            case Tag.INT -> {
                if (length == Integer.BYTES) {
                    return bytes.getInt(body);
                }
            }
            case Tag.LONG -> {
                if (length == Long.BYTES) {
                    return bytes.getLong(body);
                }
            }
            case Tag.DOUBLE -> {
                if (length == Double.BYTES) {
                    return bytes.getDouble(body);
                }
            }
            default -> {
            }
        }
        return new FastReader(bytes, body - 1, end, segments).read();
    }

    private @Nullable Object readJdk(ByteBuffer bytes, int start, int end) throws UnreadableValueException {
        ResultFilter filter = rule == null ? null : new ResultFilter(end - start, rule);
        RegionInputStream in = new RegionInputStream(bytes, start, end);
        Object value;
        try {
            JdkReader reader = new JdkReader(in, loader, arrived);
            if (filter != null) {
                reader.setObjectInputFilter(filter);
            }
            value = reader.readObject();
            reader.readVariables(in);
        } catch (StackOverflowError e) {
            throw ReadFailures.of(e, filter);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            throw ReadFailures.of(e, filter);
        }
        if (filter != null && filter.rejection() != null) {
            throw ReadFailures.rejectedQuietly(filter.rejection());
        }
        if (in.available() > 0) {
            throw UnreadableValueException.malformed("there are bytes after the value, tag=" + Tag.JDK
                    + " extraBytes=" + in.available());
        }
        return value;
    }
}
