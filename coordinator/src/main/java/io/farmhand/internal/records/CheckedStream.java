package io.farmhand.internal.records;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Bytes of whole records on their way to a reader that has no limit of its own. A record that is too long, or has a quote
 * that is never closed, is an error before that reader has it in memory. Owned by its reader.
 *
 * <p>A record's length here is what {@link RecordRange#join} measures: its bytes with its line end.
 */
final class CheckedStream extends FilterInputStream {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Syntax syntax;
    private final long maxRecordBytes;
    private final byte[] bytes = new byte[BUFFER_BYTES];
    /** What is handed out next. */
    private int start;
    private int end;
    private boolean ended;
    private int state = Syntax.RECORD_START;
    private boolean afterCr;
    private long line;
    private long recordLine;
    private long recordBytes;

    /** @param in stands at the beginning of a record, in that line; closed with this */
    CheckedStream(InputStream in, Syntax syntax, long firstLine, long maxRecordBytes) {
        super(in);
        this.syntax = syntax;
        this.line = firstLine;
        this.recordLine = firstLine;
        this.maxRecordBytes = maxRecordBytes;
    }

    @Override
    public int read() throws IOException {
        return start == end && !fill() ? -1 : bytes[start++] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (start == end && !fill()) {
            return -1;
        }
        int count = Math.min(length, end - start);
        System.arraycopy(bytes, start, target, offset, count);
        start += count;
        return count;
    }

    /** Whether there are more bytes. Those of a record that is too long are passed over, to say how that ends. */
    private boolean fill() throws IOException {
        do {
            start = 0;
            end = ended ? 0 : in.readNBytes(bytes, 0, bytes.length);
            ended = end < bytes.length;
            check();
        } while (recordBytes > maxRecordBytes && !ended);
        if (ended) {
            checkLength();
            if (state == Syntax.QUOTED) {
                throw RecordException.unclosed(recordLine);
            }
        }
        return end > 0;
    }

    private void check() throws RecordException {
        int unit = syntax.unitBytes();
        int at = 0;
        while (at + unit <= end) {
            if (Syntax.isSteady(state)) {
                int stop = syntax.skip(bytes, at, end);
                if (stop > at) {
                    state = Syntax.passed(state, syntax.kind(bytes, stop - unit));
                    afterCr = false;
                    recordBytes += stop - at;
                    at = stop;
                    continue;
                }
            }
            int kind = syntax.kind(bytes, at);
            if (Syntax.begins(state, kind)) {
                checkLength();
                recordLine = line;
                recordBytes = 0;
            }
            state = Syntax.next(state, kind);
            if (kind == Syntax.CR || (kind == Syntax.LF && !afterCr)) {
                line++;
            }
            afterCr = kind == Syntax.CR;
            recordBytes += unit;
            at += unit;
        }
    }

    private void checkLength() throws RecordException {
        if (recordBytes > maxRecordBytes) {
            throw RecordException.tooLong(recordLine, maxRecordBytes, state == Syntax.QUOTED);
        }
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = Math.min(count, end - start);
        start += (int) skipped;
        return skipped;
    }

    @Override
    public int available() {
        return end - start;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
