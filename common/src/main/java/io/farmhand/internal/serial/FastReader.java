package io.farmhand.internal.serial;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values that have a layout of their own, once, from a region of a little-endian buffer.
 *
 * <p>The bytes are not trusted: a count is held against the bytes that are left before anything is allocated for it,
 * and every element takes at least one byte.
 */
final class FastReader {
    private final ByteBuffer bytes;
    private final int end;
    private final SegmentMaker segments;
    private int at;

    FastReader(ByteBuffer bytes, int start, int end, SegmentMaker segments) {
        this.segments = segments;
        this.bytes = bytes;
        this.at = start;
        this.end = end;
    }

    /** Reads the one value that fills the region. */
    @Nullable
    Object read() throws UnreadableValueException {
        byte tag = takeByte();
        Object value = switch (tag) {
            case Tag.STRINGS -> strings();
            case Tag.SEGMENT -> segment();
            case Tag.ARRAY_LIST, Tag.LIST, Tag.NULLABLE_LIST -> list(tag);
            default -> plainOrArray(tag);
        };
        if (at != end) {
            throw UnreadableValueException.malformed("there are bytes after the value, tag=" + tag + " extraBytes="
                    + (end - at));
        }
        return value;
    }

    private @Nullable Object plainOrArray(byte tag) throws UnreadableValueException {
        return switch (tag) {
            case Tag.NULL -> null;
            case Tag.TRUE -> true;
            case Tag.FALSE -> false;
            case Tag.BYTE, Tag.SHORT, Tag.CHAR, Tag.INT, Tag.LONG, Tag.FLOAT, Tag.DOUBLE -> boxed(tag);
            case Tag.LATIN1 -> latin1();
            case Tag.UTF16 -> new String(chars());
            case Tag.BOOLEANS -> booleans();
            case Tag.BYTES -> {
                byte[] array = new byte[takeCount(1)];
                bytes.get(take(array.length), array);
                yield array;
            }
            case Tag.SHORTS -> {
                short[] array = new short[takeCount(2)];
                takeView(array.length, 2).asShortBuffer().get(array);
                yield array;
            }
            case Tag.CHARS -> chars();
            case Tag.INTS -> {
                int[] array = new int[takeCount(4)];
                takeView(array.length, 4).asIntBuffer().get(array);
                yield array;
            }
            case Tag.LONGS -> {
                long[] array = new long[takeCount(8)];
                takeView(array.length, 8).asLongBuffer().get(array);
                yield array;
            }
            case Tag.FLOATS -> {
                float[] array = new float[takeCount(4)];
                takeView(array.length, 4).asFloatBuffer().get(array);
                yield array;
            }
            case Tag.DOUBLES -> {
                double[] array = new double[takeCount(8)];
                takeView(array.length, 8).asDoubleBuffer().get(array);
                yield array;
            }
            default -> throw UnreadableValueException.malformed("unknown tag, tag=" + tag);
        };
    }

    private Object boxed(byte tag) throws UnreadableValueException {
        return switch (tag) {
            case Tag.INT -> bytes.getInt(take(4));
            case Tag.LONG -> bytes.getLong(take(8));
            case Tag.DOUBLE -> Double.longBitsToDouble(bytes.getLong(take(8)));
            case Tag.FLOAT -> Float.intBitsToFloat(bytes.getInt(take(4)));
            case Tag.SHORT -> bytes.getShort(take(2));
            case Tag.CHAR -> bytes.getChar(take(2));
            case Tag.BYTE -> bytes.get(take(1));
            default -> throw UnreadableValueException.malformed("unknown element tag, tag=" + tag);
        };
    }

    private String latin1() throws UnreadableValueException {
        int length = takeCount(1);
        int start = take(length);
        if (bytes.hasArray()) {
            return new String(bytes.array(), bytes.arrayOffset() + start, length, StandardCharsets.ISO_8859_1);
        }
        byte[] copy = new byte[length];
        bytes.get(start, copy);
        return new String(copy, StandardCharsets.ISO_8859_1);
    }

    private char[] chars() throws UnreadableValueException {
        char[] array = new char[takeCount(2)];
        takeView(array.length, 2).asCharBuffer().get(array);
        return array;
    }

    private boolean[] booleans() throws UnreadableValueException {
        boolean[] array = new boolean[takeCount(1)];
        int start = take(array.length);
        for (int i = 0; i < array.length; i++) {
            array[i] = bytes.get(start + i) != 0;
        }
        return array;
    }

    private @Nullable String[] strings() throws UnreadableValueException {
        @Nullable
        String[] array = new @Nullable String[takeCount(1)];
        for (int i = 0; i < array.length; i++) {
            byte tag = takeByte();
            if (tag != Tag.NULL && tag != Tag.LATIN1 && tag != Tag.UTF16) {
                throw UnreadableValueException.malformed("an array of strings holds another tag, tag=" + tag);
            }
            array[i] = (String) plainOrArray(tag);
        }
        return array;
    }

    private List<?> list(byte tag) throws UnreadableValueException {
        byte element = takeByte();
        int count = takeCount(element == Tag.MIXED ? 1 : Math.max(1, Tag.width(element)));
        @Nullable
        Object[] elements = new @Nullable Object[count];
        for (int i = 0; i < count; i++) {
            elements[i] = element == Tag.MIXED ? plainOrArray(takeByte()) : boxed(element);
            if (elements[i] == null && tag == Tag.LIST) {
                throw UnreadableValueException.malformed("a list that rejects null holds one, index=" + i);
            }
        }
        return switch (tag) {
            case Tag.ARRAY_LIST -> new ArrayList<>(Arrays.asList(elements));
            case Tag.LIST -> List.of(elements);
            default -> Arrays.stream(elements).toList();
        };
    }

    private MemorySegment segment() throws UnreadableValueException {
        int count = takeCount(1);
        byte pad = takeByte();
        if (pad < 0 || pad > 7) {
            throw UnreadableValueException.malformed("a segment's padding is out of range, pad=" + pad);
        }
        int _ = take(pad);
        return segments.of(bytes.slice(take(count), count));
    }

    private byte takeByte() throws UnreadableValueException {
        return bytes.get(take(1));
    }

    /** Reads a count of elements of that width and makes sure that so many can be there. */
    private int takeCount(int width) throws UnreadableValueException {
        int count = bytes.getInt(take(4));
        if (count < 0 || (long) count * width > end - at) {
            throw UnreadableValueException.malformed("a count is out of range, count=" + count + " bytesLeft="
                    + (end - at));
        }
        return count;
    }

    private ByteBuffer takeView(int count, int width) throws UnreadableValueException {
        int length = count * width;
        return bytes.slice(take(length), length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Steps over that many bytes and gives the place of the first. */
    private int take(int length) throws UnreadableValueException {
        int start = at;
        if (length > end - start) {
            throw UnreadableValueException.malformed("the value is cut short, bytesNeeded=" + length + " bytesLeft="
                    + (end - start));
        }
        at = start + length;
        return start;
    }
}
