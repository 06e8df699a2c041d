package io.farmhand.internal.records;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the records of a stream one by one, as text. Never holds more than one and a buffer. Owned by one thread. */
public final class RecordReader implements Closeable {
    /** What is read at once: smaller costs more system calls, larger holds memory. */
    private static final int BUFFER_BYTES = 1 << 16;
    /** The longest array that every JVM makes. */
    private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

    private final InputStream in;
    private final RecordFormat format;
    private final Encoding encoding;
    private final Syntax syntax;
    private final long maxRecordBytes;
    private byte[] bytes = new byte[BUFFER_BYTES];
    /** Where the record begins that is read next. */
    private int start;
    private int end;
    private boolean ended;
    private int state = Syntax.RECORD_START;
    private boolean afterCr;
    private long line;
    /** How many bytes came before those in the buffer. */
    private long dropped;

    /**
     * Makes a reader.
     *
     * @param in stands at the beginning of a record, behind the byte order mark; closed with this
     * @param firstLine the line in which that is
     * @param maxRecordBytes how long a record may be
     */
    public RecordReader(InputStream in, RecordFormat format, Encoding encoding, long firstLine, long maxRecordBytes) {
        this.in = in;
        this.format = format;
        this.encoding = encoding;
        this.syntax = new Syntax(format, encoding);
        this.line = firstLine;
        this.maxRecordBytes = Math.min(maxRecordBytes, MOST_BYTES - BUFFER_BYTES);
    }

    /**
     * The next record, or null at the end. What is not asked for is not waited for. After an exception about bytes that
     * are not in the charset the record behind that one comes next; after others there is no more to be had.
     *
     * @throws RecordException when it is too long, is not in the charset, or has a quote that is never closed
     */
    public @Nullable TextRecord next() throws IOException {
        skipRestOfLineEnd();
        state = Syntax.RECORD_START;
        afterCr = false;
        long recordLine = line;
        int length = has(0) ? scan(recordLine) : end - start;
        boolean isLast = length == end - start && ended;
        if (isLast && length == 0) {
            return null;
        }
        int from = start;
        start += isLast ? length : length + syntax.unitBytes();
        return text(from, from + length, recordLine);
    }

    /**
     * The text of each record that is left.
     *
     * @throws RecordException as {@link #next}
     */
    public List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        for (TextRecord each = next(); each != null; each = next()) {
            texts.add(each.text());
        }
        return texts;
    }

    /** How many bytes were read, to the end of the last record that was asked for. */
    public long bytesRead() throws IOException {
        skipRestOfLineEnd();
        return dropped + start;
    }

    /** The line in which the next record begins. */
    public long nextLine() {
        return line;
    }

    /** A {@code \n} behind a {@code \r}: it is not looked for before the next record is. */
    private void skipRestOfLineEnd() throws IOException {
        if (state == Syntax.AFTER_CR) {
            if (has(0) && syntax.kind(bytes, start) == Syntax.LF) {
                start += syntax.unitBytes();
            }
            state = Syntax.RECORD_START;
        }
    }

    /** Goes over the next record and gives its length without its line end. */
    private int scan(long recordLine) throws IOException {
        int unit = syntax.unitBytes();
        int length = 0;
        while (has(length)) {
            int at = start + length;
            if (Syntax.isSteady(state)) {
                int stop = syntax.skip(bytes, at, end);
                if (stop > at) {
                    state = Syntax.passed(state, syntax.kind(bytes, stop - unit));
                    afterCr = false;
                    length += stop - at;
                    check(length, recordLine);
                    continue;
                }
            }
            int kind = syntax.kind(bytes, at);
            state = Syntax.next(state, kind);
            if (kind == Syntax.CR || (kind == Syntax.LF && !afterCr)) {
                line++;
            }
            afterCr = kind == Syntax.CR;
            if (state <= Syntax.AFTER_CR) {
                return length;
            }
            length += unit;
            check(length, recordLine);
        }
        if (state == Syntax.QUOTED) {
            throw RecordException.unclosed(recordLine);
        }
        return end - start;
    }

    private void check(int length, long recordLine) throws RecordException {
        if (length > maxRecordBytes) {
            throw RecordException.tooLong(recordLine, maxRecordBytes, state == Syntax.QUOTED);
        }
    }

    private TextRecord text(int from, int to, long recordLine) throws RecordException {
        try {
            String text = encoding.decode(bytes, from, to);
            boolean hasCr = format.kind() == RecordFormat.Kind.LINES && text.endsWith("\r");
            return new TextRecord(hasCr ? text.substring(0, text.length() - 1) : text, recordLine);
        } catch (CharacterCodingException e) {
            RecordException undecodable = RecordException.undecodable(recordLine, encoding);
            undecodable.initCause(e);
            throw undecodable;
        }
    }

    /** Whether there is a whole unit so far behind the record's beginning; reads on if need be. */
    private boolean has(int length) throws IOException {
        while (end - start - length < syntax.unitBytes()) {
            if (ended) {
                return false;
            }
            if (end == bytes.length) {
                makeRoom();
            }
            int count = in.read(bytes, end, bytes.length - end);
            ended = count < 0;
            end += Math.max(0, count);
        }
        return true;
    }

    private void makeRoom() {
        if (start > 0) {
            System.arraycopy(bytes, start, bytes, 0, end - start);
            dropped += start;
            end -= start;
            start = 0;
        }
        if (end > bytes.length / 2) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(2L * bytes.length, MOST_BYTES));
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
