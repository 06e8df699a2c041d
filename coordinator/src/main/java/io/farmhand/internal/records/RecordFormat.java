package io.farmhand.internal.records;

import java.io.Serializable;

/**
 * What separates records: line ends outside quotes, or single characters.
 *
 * <p>CSV is as FastCSV reads it. A field is quoted when it begins with a quote; two quotes in it are one; a quote in the
 * middle of an unquoted field is a character like others. A record ends outside quotes with {@code \n}, {@code \r\n} or
 * {@code \r}.
 *
 * @param kind which
 * @param separator between the fields of CSV; what ends the others' records
 * @param quote of CSV; nothing to the others
 */
public record RecordFormat(Kind kind, char separator, char quote) implements Serializable {
    /** The first character that is not ASCII, of which encodings make what they like. */
    private static final int AFTER_ASCII = 0x80;

    /** The kinds of formats. */
    public enum Kind {
        /** Fields with separators and quotes. */
        CSV,
        /** Each record ends with {@code \n} or {@code \r\n}; a lone {@code \r} is a character like others. */
        LINES,
        /** Each record ends with one character. */
        TERMINATED
    }

    /** Refuses characters that cannot be told from others on bytes. */
    public RecordFormat {
        check("separator", separator, kind == Kind.CSV);
        check("quote", quote, kind == Kind.CSV);
        if (kind == Kind.CSV && separator == quote) {
            throw new IllegalArgumentException("separator=" + separator + " is the quote, too");
        }
    }

    /** CSV with that separator, and {@code "} as quote. */
    public static RecordFormat csv(char separator) {
        return csv(separator, '"');
    }

    /** CSV with that separator and quote. */
    public static RecordFormat csv(char separator, char quote) {
        return new RecordFormat(Kind.CSV, separator, quote);
    }

    /** Lines. */
    public static RecordFormat lines() {
        return new RecordFormat(Kind.LINES, '\n', '\n');
    }

    /** Records that end with one character, such as {@code \0}, which counts as the end of a line. */
    public static RecordFormat terminatedBy(char terminator) {
        return new RecordFormat(Kind.TERMINATED, terminator, terminator);
    }

    private static void check(String name, char character, boolean inCsv) {
        if (character >= AFTER_ASCII || (inCsv && (character == '\n' || character == '\r'))) {
            throw new IllegalArgumentException(name + "=" + (int) character
                    + " (its code) cannot be one: it must be an ASCII character" + (inCsv ? " and no line end." : "."));
        }
    }

    /** What each byte is, as one of the {@code Syntax} constants. */
    byte[] classes() {
        byte[] classes = new byte[1 << Byte.SIZE];
        switch (kind) {
            case CSV -> {
                classes['\n'] = Syntax.LF;
                classes['\r'] = Syntax.CR;
                classes[separator] = Syntax.SEPARATOR;
                classes[quote] = Syntax.QUOTE;
            }
            case LINES, TERMINATED -> classes[separator] = Syntax.LF;
        }
        return classes;
    }
}
