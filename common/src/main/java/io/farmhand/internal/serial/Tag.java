package io.farmhand.internal.serial;

/**
 * The first byte of every value, which says how the rest is laid out.
 *
 * <p>A block holds items one after the other; an item is a length and a value. Neighbours that are boxed numbers of one
 * kind, {@link #INT}, {@link #LONG} or {@link #DOUBLE}, may stand as a run instead, with one header for all, where the
 * length is the negative count. All numbers are little-endian:
 *
 * <pre>
 *   0               4     5                        4+length
 *  +---------------+-----+------------------------+
 *  | length  int32 | tag |          body          |     length counts the tag and the body
 *  +---------------+-----+------------------------+
 *
 *   0               4     5                        5+count*width
 *  +---------------+-----+------+------+- -  -----+
 *  | -count  int32 | tag | body | body |          |     count items of the same tag and width
 *  +---------------+-----+------+------+- -  -----+
 * </pre>
 *
 * <p>Values without parts. The body of {@link #NULL}, {@link #TRUE} and {@link #FALSE} is empty; that of a boxed
 * number is the number, floating point as its raw bits, so that the payload of a NaN survives:
 *
 * <pre>
 *   0     1                       0     1                5
 *  +-----+                       +-----+----------------+
 *  | tag |  NULL TRUE FALSE      | INT |     int32      |   and BYTE 1, SHORT 2, CHAR 2, LONG 8, FLOAT 4, DOUBLE 8
 *  +-----+                       +-----+----------------+
 * </pre>
 *
 * <p>Strings and arrays of primitives. A string of which every char fits a byte is {@link #LATIN1}, any other is
 * {@link #UTF16}, which also keeps unpaired surrogates:
 *
 * <pre>
 *   0     1               5                     5+count*width
 *  +-----+---------------+---------------------+
 *  | tag | count   int32 |  count raw elements |    LATIN1 1, UTF16 2, BOOLEANS 1, BYTES 1, SHORTS 2, CHARS 2,
 *  +-----+---------------+---------------------+    INTS 4, LONGS 8, FLOATS 4, DOUBLES 8
 * </pre>
 *
 * <p>Arrays of strings and lists. The elements of a list are either all boxed numbers of one class, laid bare, or
 * {@link #MIXED}: values of the kinds above, each with its tag:
 *
 * <pre>
 *   0         1               5                     0      1         2               6
 *  +---------+---------------+-------- -  -        +------+---------+---------------+-------- -  -
 *  | STRINGS | count   int32 | NULL LATIN1 UTF16   | list | element | count   int32 | elements
 *  +---------+---------------+-------- -  -        +------+---------+---------------+-------- -  -
 * </pre>
 *
 * <p>These reach to the end of their item. A half of a pair is any value but a pair:
 *
 * <pre>
 *   0      1                5             5+length       end      0         1                    end
 *  +------+----------------+-------------+---------------+       +---------+--------------------+
 *  | PAIR | length   int32 | first value | second value  |       | JDK     | stream of the JDK  |
 *  +------+----------------+-------------+---------------+       | FAILURE | a Failure message  |
 *                                                                +---------+--------------------+
 * </pre>
 *
 * <p>The bytes of a segment of memory begin at a multiple of eight, counted from the beginning of the payload:
 *
 * <pre>
 *   0         1               5     6         6+pad       6+pad+count
 *  +---------+---------------+-----+---------+-----------+
 *  | SEGMENT | count   int32 | pad | nothing | raw bytes |
 *  +---------+---------------+-----+---------+-----------+
 * </pre>
 *
 * <p>No tag is 0, so memory that was never written is not taken for a value.
 */
final class Tag {
    /** Only as the element tag of a list: each element has a tag of its own. */
    static final byte MIXED = 0;

    static final byte NULL = 1;
    static final byte TRUE = 2;
    static final byte FALSE = 3;
    static final byte BYTE = 4;
    static final byte SHORT = 5;
    static final byte CHAR = 6;
    static final byte INT = 7;
    static final byte LONG = 8;
    static final byte FLOAT = 9;
    static final byte DOUBLE = 10;

    static final byte LATIN1 = 11;
    static final byte UTF16 = 12;
    static final byte BOOLEANS = 13;
    static final byte BYTES = 14;
    static final byte SHORTS = 15;
    static final byte CHARS = 16;
    static final byte INTS = 17;
    static final byte LONGS = 18;
    static final byte FLOATS = 19;
    static final byte DOUBLES = 20;

    static final byte STRINGS = 21;
    /** A {@link java.util.ArrayList}. */
    static final byte ARRAY_LIST = 22;
    /** What {@link java.util.List#of} and {@link java.util.List#copyOf} make. */
    static final byte LIST = 23;
    /** What {@link java.util.stream.Stream#toList} makes: immutable too, but it may hold nulls. */
    static final byte NULLABLE_LIST = 24;

    static final byte PAIR = 25;
    static final byte JDK = 26;
    static final byte FAILURE = 27;
    /** A {@link java.lang.foreign.MemorySegment}, which is read as a read-only one. */
    static final byte SEGMENT = 28;

    private Tag() {}

    /** The width in bytes of a number that may stand in a run of items, or 0 if the tag is of none. */
    static int runWidth(byte tag) {
        return switch (tag) {
            case INT -> Integer.BYTES;
            case LONG, DOUBLE -> Long.BYTES;
            default -> 0;
        };
    }

    /** The width in bytes of one element of a list whose elements are laid bare, or 0 if the tag is none of those. */
    static int width(byte tag) {
        return switch (tag) {
            case BYTE -> 1;
            case SHORT, CHAR -> 2;
            case INT, FLOAT -> 4;
            case LONG, DOUBLE -> 8;
            default -> 0;
        };
    }
}
