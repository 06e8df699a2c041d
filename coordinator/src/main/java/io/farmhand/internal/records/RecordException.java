package io.farmhand.internal.records;

import java.io.IOException;

/** A record cannot be read; the message says which and why. */
public final class RecordException extends IOException {
    private static final long serialVersionUID = 1;

    private final long line;
    private final boolean passed;

    RecordException(String message, long line, boolean passed) {
        super(message);
        this.line = line;
        this.passed = passed;
    }

    static RecordException tooLong(long line, long maxRecordBytes, boolean quoted) {
        return new RecordException("The record that begins in line=" + line + " is longer than maxRecordBytes="
                + maxRecordBytes + ". " + (quoted
                        ? "Its last field is still within quotes: often a quote is never closed. Mend that line, or"
                        : "Mend that line, or")
                + " raise the limit.", line, false);
    }

    static RecordException unclosed(long line) {
        return new RecordException("The record that begins in line=" + line
                + " has a quote that is never closed. Often the file was cut off: mend that line and try again.", line,
                false);
    }

    static RecordException undecodable(long line, Encoding encoding) {
        return new RecordException("The record that begins in line=" + line + " has bytes that are not charset="
                + encoding.name() + ". Name the charset that the text is written in, or mend that line.", line, true);
    }

    /** The line in which the record begins; the first is 1. */
    public long line() {
        return line;
    }

    /** Whether the record after it can be read; else nobody knows where that begins. */
    public boolean isPassed() {
        return passed;
    }
}
