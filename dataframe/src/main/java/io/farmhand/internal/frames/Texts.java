package io.farmhand.internal.frames;

import java.io.InvalidObjectException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Strings and nulls as bytes. Where the same few stand there again and again each is written once.
 *
 * <pre>
 *   0       1                                        0       1
 *  +-------+--------+--------+- -                   +-------+---------+--------+- -+---------+---------+- -
 *  | PLAIN | string | string |                      | NAMED |  count  | string |   | place+1 | place+1 |
 *  +-------+--------+--------+- -                   +-------+---------+--------+- -+---------+---------+- -
 *                                                      0 stands for null in place of place+1
 *  a string:  0 for null, or  1 + 2 * length + wide, then its chars, of one byte or, if wide, two, little-endian
 * </pre>
 *
 * <p>Numbers are of seven bits a byte, the lowest first, the highest bit set in all bytes but the last.
 */
final class Texts {
    private static final byte PLAIN = 0;
    private static final byte NAMED = 1;
    /** With fewer values for each string than this, to look them up costs more than it saves. */
    private static final int LEAST_REPEATS = 4;
    private static final int MOST_NUMBER_BYTES = 10;

    private Texts() {}

    static byte[] write(@Nullable Object[] values) {
        Map<String, Integer> places = places(values);
        Sink out = new Sink();
        out.write(places == null ? PLAIN : NAMED);
        if (places == null) {
            for (Object value : values) {
                out.string((String) value);
            }
            return out.toByteArray();
        }
        String[] names = new String[places.size()];
        places.forEach((name, place) -> names[place] = name);
        out.number(names.length);
        for (String name : names) {
            out.string(name);
        }
        for (Object value : values) {
            Integer place = value == null ? null : places.get((String) value);
            out.number(place == null ? 0 : place + 1L);
        }
        return out.toByteArray();
    }

    /** The place of each string, or null where there are too many. */
    private static @Nullable Map<String, Integer> places(@Nullable Object[] values) {
        Map<String, Integer> places = new HashMap<>();
        for (Object value : values) {
            if (value != null) {
                places.putIfAbsent((String) value, places.size());
                if (places.size() > values.length / LEAST_REPEATS) {
                    return null;
                }
            }
        }
        return places;
    }

    /**
     * Makes {@code size} strings and nulls of bytes.
     *
     * @throws java.nio.BufferUnderflowException when they are cut short
     */
    static @Nullable Object[] read(byte[] bytes, int size) throws InvalidObjectException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        byte form = in.get();
        check(form == PLAIN || form == NAMED, "form", form);
        @Nullable
        String[] names = new @Nullable String[0];
        if (form == NAMED) {
            long count = number(in);
            check(count <= in.remaining(), "count", count);
            names = new @Nullable String[(int) count];
            for (int i = 0; i < names.length; i++) {
                names[i] = string(in);
            }
        }
        check(size <= in.remaining(), "size", size); // each takes a byte at least
        @Nullable
        Object[] values = new @Nullable Object[size];
        for (int i = 0; i < size; i++) {
            if (form == PLAIN) {
                values[i] = string(in);
            } else {
                long place = number(in);
                check(place <= names.length, "place", place);
                values[i] = place == 0 ? null : names[(int) place - 1];
            }
        }
        check(!in.hasRemaining(), "extraBytes", in.remaining());
        return values;
    }

    private static @Nullable String string(ByteBuffer in) throws InvalidObjectException {
        long head = number(in);
        if (head == 0) {
            return null;
        }
        long length = (head - 1) >>> 1;
        boolean wide = ((head - 1) & 1) != 0;
        long sizeBytes = wide ? 2 * length : length;
        check(length <= in.remaining() && sizeBytes <= in.remaining(), "length", length);
        int from = in.position();
        in.position(from + (int) sizeBytes);
        if (!wide) {
            return new String(in.array(), in.arrayOffset() + from, (int) length, StandardCharsets.ISO_8859_1);
        }
        char[] chars = new char[(int) length];
        in.slice(from, (int) sizeBytes).order(ByteOrder.LITTLE_ENDIAN).asCharBuffer().get(chars);
        return new String(chars);
    }

    private static long number(ByteBuffer in) throws InvalidObjectException {
        long number = 0;
        for (int i = 0; i < MOST_NUMBER_BYTES; i++) {
            byte next = in.get();
            number |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                check(number >= 0, "number", number);
                return number;
            }
        }
        throw new InvalidObjectException("a number in a column of text is too long");
    }

    private static void check(boolean valid, String name, long value) throws InvalidObjectException {
        if (!valid) {
            throw new InvalidObjectException("a column of text cannot be read, " + name + "=" + value);
        }
    }

    /** The bytes as they are written. */
    private static final class Sink {
        private static final int FIRST_BYTES = 512;

        private byte[] bytes = new byte[FIRST_BYTES];
        private int size;

        void write(int value) {
            require(1);
            bytes[size++] = (byte) value;
        }

        void number(long value) {
            long rest = value;
            while (rest > 0x7F) {
                write((int) ((rest & 0x7F) | 0x80));
                rest >>>= 7;
            }
            write((int) rest);
        }

        void string(@Nullable String string) {
            if (string == null) {
                write(0);
                return;
            }
            int length = string.length();
            byte[] narrow = string.getBytes(StandardCharsets.ISO_8859_1);
            boolean wide = !new String(narrow, StandardCharsets.ISO_8859_1).equals(string);
            number(1 + 2L * length + (wide ? 1 : 0));
            if (wide) {
                require(2L * length);
                ByteBuffer.wrap(bytes, size, 2 * length).slice().order(ByteOrder.LITTLE_ENDIAN).asCharBuffer()
                        .put(string);
                size += 2 * length;
            } else {
                require(length);
                System.arraycopy(narrow, 0, bytes, size, length);
                size += length;
            }
        }

        private void require(long more) {
            if (size + more > bytes.length) {
                long doubled = Math.min(2L * bytes.length, Integer.MAX_VALUE - 8L);
                bytes = Arrays.copyOf(bytes, Math.toIntExact(Math.max(doubled, size + more)));
            }
        }

        byte[] toByteArray() {
            return Arrays.copyOf(bytes, size);
        }
    }
}
