package io.farmhand.internal.records;

import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of a file that begins and ends anywhere. It is serializable, so that a worker can scan it.
 *
 * <p><b>How a file is cut into records in parallel, exactly.</b> Whether a line end ends a record depends on whether it
 * stands in quotes, which depends on all that comes before. So each range is scanned for every state in which it may
 * begin ({@link Syntax} has six), which costs little more than one, since they soon meet. That makes of each range a
 * function from the state before it to the state behind it, with the first record that begins in it.
 * {@link RecordRange#join} then goes through these functions from the file's beginning, a few numbers for each range,
 * and knows each range's true state. Nothing is guessed, whatever stands between quotes.
 *
 * @param path the file, which must be the same to whoever scans it
 * @param format what a record is
 * @param encoding how its characters stand in bytes
 * @param from its first byte, at a whole unit behind the byte order mark
 * @param to behind its last byte
 */
public record FileRange(Path path, RecordFormat format, Encoding encoding, long from, long to)
        implements
            Serializable {
    /** Smaller costs more system calls; larger does not stay in a core's cache. */
    private static final int BUFFER_BYTES = 1 << 18;

    /** Refuses what is no range. */
    public FileRange {
        if (from < encoding.markBytes() || to < from) {
            throw new IllegalArgumentException("This is no range of a text: from=" + from + " to=" + to
                    + " markBytes=" + encoding.markBytes());
        }
    }

    /**
     * Cuts a part of a file into ranges.
     *
     * @param from where a record begins
     * @param to the end of the file, or of what there is to cut
     * @param rangeBytes how long a range is to be, at least 1
     */
    public static List<FileRange> cut(Path path, RecordFormat format, Encoding encoding, long from, long to,
            long rangeBytes) {
        if (rangeBytes < 1) {
            throw new IllegalArgumentException("rangeBytes=" + rangeBytes + " is not at least 1");
        }
        long unit = encoding.unitBytes();
        long step = Math.ceilDiv(rangeBytes, unit) * unit;
        List<FileRange> ranges = new ArrayList<>();
        for (long start = from; start < to; start += step) {
            ranges.add(new FileRange(path, format, encoding, start, Math.min(to, start + step)));
        }
        return ranges;
    }

    /**
     * Finds what {@link RecordRange#join} must know of this range.
     *
     * @throws EOFException when the file ends before the range does
     */
    public RangeSummary scan() throws IOException {
        Syntax syntax = new Syntax(format, encoding);
        try (FileChannel channel = FileChannel.open(path)) {
            RecordScanner scanner = RecordScanner.ofPart(syntax, isAfterCr(channel, syntax));
            byte[] bytes = new byte[(int) Math.min(BUFFER_BYTES, to - from)];
            for (long at = from; at < to;) {
                int length = (int) Math.min(bytes.length, to - at);
                fill(channel, ByteBuffer.wrap(bytes, 0, length), at);
                scanner.scan(bytes, 0, length, at);
                at += length;
            }
            return new RangeSummary(scanner.lines(), scanner.passages());
        }
    }

    private boolean isAfterCr(FileChannel channel, Syntax syntax) throws IOException {
        int unit = syntax.unitBytes();
        if (from - unit < encoding.markBytes()) {
            return false;
        }
        byte[] before = new byte[unit];
        fill(channel, ByteBuffer.wrap(before), from - unit);
        return syntax.kind(before, 0) == Syntax.CR;
    }

    private void fill(FileChannel channel, ByteBuffer bytes, long from) throws IOException {
        long at = from;
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes, at);
            if (count < 0) {
                throw ended(path, at, to);
            }
            at += count;
        }
    }

    /** A part of this file that holds whole records. */
    RecordRange records(long firstRecord, long end, long firstLine) {
        return new RecordRange(path, format, encoding, firstRecord, end, firstLine);
    }

    static EOFException ended(Path path, long at, long expected) {
        return new EOFException("The file has become shorter while it was read: file=" + path + " bytes=" + at
                + " expectedBytes=" + expected + ". Try again when nobody writes it any more.");
    }
}
