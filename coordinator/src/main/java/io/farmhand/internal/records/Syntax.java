package io.farmhand.internal.records;

/**
 * The state machine that finds records: what a unit of the text is, and what it makes of each state.
 *
 * <pre>
 *                    other        separator    quote         \r         \n
 *  RECORD_START      UNQUOTED     FIELD_START  QUOTED        AFTER_CR   RECORD_START
 *  AFTER_CR          as RECORD_START, but for a \n, which belongs to the \r before
 *  FIELD_START       UNQUOTED     FIELD_START  QUOTED        AFTER_CR   RECORD_START
 *  UNQUOTED          UNQUOTED     FIELD_START  UNQUOTED      AFTER_CR   RECORD_START
 *  QUOTED            QUOTED       QUOTED       AFTER_QUOTE   QUOTED     QUOTED
 *  AFTER_QUOTE       AFTER_QUOTE  FIELD_START  QUOTED        AFTER_CR   RECORD_START
 * </pre>
 *
 * <p>What stands between a closing quote and the next separator is an error to a strict reader; here it changes nothing,
 * as in a lenient FastCSV, so both find the same records.
 */
final class Syntax {
    static final byte OTHER = 0;
    static final byte SEPARATOR = 1;
    static final byte QUOTE = 2;
    static final byte CR = 3;
    static final byte LF = 4;

    static final int RECORD_START = 0;
    static final int AFTER_CR = 1;
    static final int FIELD_START = 2;
    static final int UNQUOTED = 3;
    static final int QUOTED = 4;
    static final int AFTER_QUOTE = 5;
    static final int STATES = 6;

    private static final int[][] NEXT = {
            {UNQUOTED, FIELD_START, QUOTED, AFTER_CR, RECORD_START},
            {UNQUOTED, FIELD_START, QUOTED, AFTER_CR, RECORD_START},
            {UNQUOTED, FIELD_START, QUOTED, AFTER_CR, RECORD_START},
            {UNQUOTED, FIELD_START, UNQUOTED, AFTER_CR, RECORD_START},
            {QUOTED, QUOTED, AFTER_QUOTE, QUOTED, QUOTED},
            {AFTER_QUOTE, FIELD_START, QUOTED, AFTER_CR, RECORD_START}};

    private final byte[] classes;
    private final int unitBytes;
    private final int highByte;

    Syntax(RecordFormat format, Encoding encoding) {
        encoding.check(format);
        this.classes = format.classes();
        this.unitBytes = encoding.unitBytes();
        this.highByte = encoding.highByte();
    }

    static int next(int state, int kind) {
        return NEXT[state][kind];
    }

    /** Whether a unit is the first of a record, read in that state. */
    static boolean begins(int state, int kind) {
        return state == RECORD_START || (state == AFTER_CR && kind != LF);
    }

    /** Whether nothing but quotes and line ends can change more about that state than {@link #passed} says. */
    static boolean isSteady(int state) {
        return state == FIELD_START || state == UNQUOTED || state == QUOTED;
    }

    /** A steady state, after units that are neither quotes nor line ends, the last of which is that. */
    static int passed(int state, int kind) {
        if (state == QUOTED) {
            return QUOTED;
        }
        return kind == SEPARATOR ? FIELD_START : UNQUOTED;
    }

    int unitBytes() {
        return unitBytes;
    }

    /** What the unit is that begins there. */
    int kind(byte[] bytes, int at) {
        if (unitBytes == 1) {
            return classes[bytes[at] & 0xFF];
        }
        return bytes[at + highByte] == 0 ? classes[bytes[at + 1 - highByte] & 0xFF] : OTHER;
    }

    /** The first quote or line end from there on, or the end of the whole units. */
    int skip(byte[] bytes, int from, int to) {
        byte[] table = classes;
        int at = from;
        if (unitBytes == 1) {
            while (at < to && table[bytes[at] & 0xFF] <= SEPARATOR) {
                at++;
            }
            return at;
        }
        while (at + 1 < to && kind(bytes, at) <= SEPARATOR) {
            at += 2;
        }
        return at;
    }
}
