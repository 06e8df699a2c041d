package io.farmhand.internal.serial;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Writes the values that have a layout of their own, without JDK serialization. Only exact classes count. */
final class FastWriter {
    private FastWriter() {}

    /** Writes the value if it is of a fast kind; else writes nothing and says false. */
    static boolean write(PayloadBuffer out, @Nullable Object value) {
        return writePlain(out, value) || writeArray(out, value)
                || (value instanceof String[] strings && FastLists.writeStrings(out, strings))
                || FastLists.write(out, value)
                || writeSegment(out, value);
    }

    private static boolean writeSegment(PayloadBuffer out, @Nullable Object value) {
        if (!(value instanceof MemorySegment segment)) {
            return false;
        }
        MemorySegment.ofBuffer(out.putSegment(segment.byteSize())).copyFrom(segment);
        return true;
    }

    /** Writes null, a boolean, a boxed number, a character or a string. */
    static boolean writePlain(PayloadBuffer out, @Nullable Object value) {
        if (value instanceof Integer number) {
            out.putByte(Tag.INT);
            out.putInt(number);
        } else if (value instanceof Long number) {
            out.putByte(Tag.LONG);
            out.putLong(number);
        } else if (value instanceof Double number) {
            out.putByte(Tag.DOUBLE);
            out.putLong(Double.doubleToRawLongBits(number));
        } else if (value instanceof String string) {
            writeString(out, string);
        } else if (value == null) {
            out.putByte(Tag.NULL);
        } else if (value instanceof Boolean bool) {
            out.putByte(bool ? Tag.TRUE : Tag.FALSE);
        } else if (value instanceof Float number) {
            out.putByte(Tag.FLOAT);
            out.putInt(Float.floatToRawIntBits(number));
        } else if (value instanceof Byte number) {
            out.putByte(Tag.BYTE);
            out.putByte(number);
        } else if (value instanceof Short number) {
            out.putByte(Tag.SHORT);
            out.putShort(number);
        } else if (value instanceof Character character) {
            out.putByte(Tag.CHAR);
            out.putShort((short) character.charValue());
        } else {
            return false;
        }
        return true;
    }

    /** Writes an array of primitives, in bulk. */
    static boolean writeArray(PayloadBuffer out, @Nullable Object value) {
        if (value instanceof byte[] array) {
            out.putArray(Tag.BYTES, array.length, 1).put(array);
        } else if (value instanceof int[] array) {
            out.putArray(Tag.INTS, array.length, 4).asIntBuffer().put(array);
        } else if (value instanceof long[] array) {
            out.putArray(Tag.LONGS, array.length, 8).asLongBuffer().put(array);
        } else if (value instanceof double[] array) {
            out.putArray(Tag.DOUBLES, array.length, 8).asDoubleBuffer().put(array);
        } else if (value instanceof float[] array) {
            out.putArray(Tag.FLOATS, array.length, 4).asFloatBuffer().put(array);
        } else if (value instanceof short[] array) {
            out.putArray(Tag.SHORTS, array.length, 2).asShortBuffer().put(array);
        } else if (value instanceof char[] array) {
            out.putArray(Tag.CHARS, array.length, 2).asCharBuffer().put(array);
        } else if (value instanceof boolean[] array) {
            // The one kind for which the JDK has no bulk copy.
            var room = out.putArray(Tag.BOOLEANS, array.length, 1);
            int at = room.position();
            for (int i = 0; i < array.length; i++) {
                room.put(at + i, (byte) (array[i] ? 1 : 0));
            }
        } else {
            return false;
        }
        return true;
    }

    private static void writeString(PayloadBuffer out, String string) {
        int start = out.size();
        int length = string.length();
        var room = out.putArray(Tag.LATIN1, length, 1);
        int at = room.position();
        for (int i = 0; i < length; i++) {
            char character = string.charAt(i);
            if (character > 0xFF) {
                out.truncate(start);
                out.putArray(Tag.UTF16, length, 2).asCharBuffer().put(string);
                return;
            }
            room.put(at + i, (byte) character);
        }
    }
}
