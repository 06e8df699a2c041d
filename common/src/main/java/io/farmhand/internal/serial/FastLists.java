package io.farmhand.internal.serial;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes lists and arrays whose elements are plain values or arrays of primitives.
 *
 * <p>A list that holds one array twice is left to JDK serialization, which keeps it one array. So is one that holds a
 * long string twice, lest a few bytes of references become many copies.
 */
final class FastLists {
    /** Shorter strings are cheaper to repeat than to look up. */
    private static final int LONG_STRING = 256;

    /** Not a tag: the element, or the list, is not of a fast kind. */
    private static final byte NONE = -1;

    private static final Class<?> LIST_12 = List.of(1).getClass();
    private static final Class<?> LIST_N = List.of(1, 2, 3).getClass();

    private FastLists() {}

    /** Writes the value if it is a list of a fast kind; else writes nothing and says false. */
    static boolean write(PayloadBuffer out, @Nullable Object value) {
        if (!(value instanceof List<?> list)) {
            return false;
        }
        Class<?> type = list.getClass();
        if (type != ArrayList.class && type != LIST_12 && type != LIST_N) {
            return false;
        }
        // A copy, for another thread may be at the list: what is measured must be what is written.
        @Nullable
        Object[] elements = list.toArray();
        byte element = elementTag(elements);
        if (element == NONE) {
            return false;
        }
        out.require(6L + (long) elements.length * Math.max(1, Tag.width(element)));
        out.putByte(type == ArrayList.class
                ? Tag.ARRAY_LIST
                : rejectsNull(list, elements)
                        ? Tag.LIST
                        : Tag.NULLABLE_LIST);
        out.putByte(element);
        out.putInt(elements.length);
        writeElements(out, element, elements);
        return true;
    }

    /** Writes an array of strings; says false, and writes nothing, if a long one stands in it twice. */
    static boolean writeStrings(PayloadBuffer out, @Nullable String[] strings) {
        @Nullable
        Object[] elements = strings.clone();
        if (elementTag(elements) == NONE) {
            return false;
        }
        out.require(5L + elements.length);
        out.putByte(Tag.STRINGS);
        out.putInt(elements.length);
        writeElements(out, Tag.MIXED, elements);
        return true;
    }

    private static void writeElements(PayloadBuffer out, byte element, @Nullable Object[] elements) {
        for (Object value : elements) {
            switch (element) {
                case Tag.INT -> out.putInt((Integer) checked(value));
                case Tag.LONG -> out.putLong((Long) checked(value));
                case Tag.DOUBLE -> out.putLong(Double.doubleToRawLongBits((Double) checked(value)));
                case Tag.FLOAT -> out.putInt(Float.floatToRawIntBits((Float) checked(value)));
                case Tag.SHORT -> out.putShort((Short) checked(value));
                case Tag.CHAR -> out.putShort((short) ((Character) checked(value)).charValue());
                case Tag.BYTE -> out.putByte((Byte) checked(value));
                default -> {
                    boolean written = FastWriter.writePlain(out, value) || FastWriter.writeArray(out, value);
                    assert written;
                }
            }
        }
    }

    /** Where all elements have one tag, which is not that of null, none of them is null. */
    private static Object checked(@Nullable Object value) {
        if (value == null) {
            throw new AssertionError();
        }
        return value;
    }

    /** The tag of all the elements if they are boxed numbers of one class, else {@code MIXED}, or {@code NONE}. */
    private static byte elementTag(@Nullable Object[] elements) {
        byte common = elements.length == 0 ? Tag.MIXED : tagOf(elements[0]);
        Set<Object> seen = null;
        for (Object value : elements) {
            byte tag = tagOf(value);
            if (tag == NONE) {
                return NONE;
            }
            if (tag != common) {
                common = Tag.MIXED;
            }
            if (value != null && hasIdentity(tag, value)) {
                if (seen == null) {
                    seen = Collections.newSetFromMap(new IdentityHashMap<>());
                }
                if (!seen.add(value)) {
                    return NONE;
                }
            }
        }
        return Tag.width(common) == 0 ? Tag.MIXED : common;
    }

    private static boolean hasIdentity(byte tag, Object value) {
        return tag >= Tag.BOOLEANS || (tag == Tag.LATIN1 && ((String) value).length() > LONG_STRING);
    }

    private static byte tagOf(@Nullable Object value) {
        if (value instanceof Integer) {
            return Tag.INT;
        } else if (value instanceof Double) {
            return Tag.DOUBLE;
        } else if (value instanceof Long) {
            return Tag.LONG;
        } else if (value instanceof String) {
            return Tag.LATIN1;
        } else if (value == null) {
            return Tag.NULL;
        } else if (value instanceof Float) {
            return Tag.FLOAT;
        } else if (value instanceof Boolean) {
            return Tag.TRUE;
        } else if (value instanceof Short) {
            return Tag.SHORT;
        } else if (value instanceof Byte) {
            return Tag.BYTE;
        } else if (value instanceof Character) {
            return Tag.CHAR;
        }
        Class<?> component = value.getClass().getComponentType();
        return component != null && component.isPrimitive() ? Tag.BYTES : NONE;
    }

    /** Tells {@code List.of} from {@code Stream.toList()}: a copy of the former is the list itself. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean rejectsNull(List<?> list, @Nullable Object[] elements) {
        for (Object value : elements) {
            if (value == null) {
                return false;
            }
        }
        return list.getClass() == LIST_12 || List.copyOf(list) == list;
    }
}
