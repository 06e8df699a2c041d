package io.farmhand.internal.records;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A part of a file that holds whole records, and nothing else. It is serializable, so that a worker can read it.
 *
 * @param path the file
 * @param format what a record is
 * @param encoding how its characters stand in bytes
 * @param from where its first record begins
 * @param to behind the line end of its last record
 * @param firstLine the line in which its first record begins; the file's first is 1
 */
public record RecordRange(Path path, RecordFormat format, Encoding encoding, long from, long to, long firstLine)
        implements
            Serializable {
    /**
     * Makes ranges of whole records of ranges that follow each other. A range in which no record begins has no
     * counterpart: its bytes are those of a record that begins before.
     *
     * @param ranges in order, without gaps; the first begins where a record does
     * @param summaries what {@link FileRange#scan} said of each
     * @param firstLine the line in which the first range begins
     * @param maxRecordBytes how long a record may be that reaches beyond its range
     * @throws RecordException when there is a longer one, or the last has a quote that is never closed
     */
    public static List<RecordRange> join(List<FileRange> ranges, List<RangeSummary> summaries, long firstLine,
            long maxRecordBytes) throws RecordException {
        List<RecordRange> joined = new ArrayList<>();
        join(ranges, summaries, firstLine, maxRecordBytes, joined::add);
        return joined;
    }

    /**
     * The same.
     *
     * @param joined takes the ranges; when this throws, those of all records before the one that it throws for
     */
    public static void join(List<FileRange> ranges, List<RangeSummary> summaries, long firstLine, long maxRecordBytes,
            Consumer<RecordRange> joined) throws RecordException {
        if (ranges.size() != summaries.size()) {
            throw new IllegalArgumentException("There must be a summary for each range: ranges=" + ranges.size()
                    + " summaries=" + summaries.size());
        }
        if (ranges.isEmpty()) {
            return;
        }
        FileRange first = ranges.getFirst();
        long start = Track.NONE;
        long startLine = firstLine;
        long last = first.from();
        long lastLine = firstLine;
        long line = firstLine;
        int state = Syntax.RECORD_START;
        for (int i = 0; i < ranges.size(); i++) {
            Passage passage = summaries.get(i).passages().get(state);
            if (passage.firstStart() != Track.NONE) {
                if (start != Track.NONE) {
                    if (passage.firstStart() - last > maxRecordBytes) {
                        before(first, start, last, startLine, joined);
                        throw RecordException.tooLong(lastLine, maxRecordBytes, false);
                    }
                    joined.accept(first.records(start, passage.firstStart(), startLine));
                }
                start = passage.firstStart();
                startLine = line + passage.firstLine();
                last = passage.lastStart();
                lastLine = line + passage.lastLine();
            }
            state = passage.exit();
            line += summaries.get(i).lines();
        }
        long end = ranges.getLast().to();
        if (start != Track.NONE) {
            boolean unclosed = state == Syntax.QUOTED;
            boolean tooLong = end - last > maxRecordBytes;
            if (unclosed || tooLong) {
                before(first, start, last, startLine, joined);
                throw tooLong
                        ? RecordException.tooLong(lastLine, maxRecordBytes, unclosed)
                        : RecordException.unclosed(lastLine);
            }
            joined.accept(first.records(start, end, startLine));
        }
    }

    private static void before(FileRange file, long start, long last, long startLine, Consumer<RecordRange> joined) {
        if (last > start) {
            joined.accept(file.records(start, last, startLine));
        }
    }

    /** Opens the bytes of this range, for one reader. */
    public InputStream open() throws IOException {
        FileChannel channel = FileChannel.open(path);
        boolean opened = false;
        try {
            InputStream in = new BoundedStream(Channels.newInputStream(channel.position(from)), path, from, to);
            opened = true;
            return in;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    /**
     * Opens the bytes of this range, for one reader. Reading fails with a {@link RecordException} where a record is too long
     * or has a quote that is never closed.
     *
     * @param maxRecordBytes how long a record may be, with its line end
     */
    public InputStream open(long maxRecordBytes) throws IOException {
        return new CheckedStream(open(), new Syntax(format, encoding), firstLine, maxRecordBytes);
    }

    /** Reads the records of this range one by one. */
    public RecordReader read(long maxRecordBytes) throws IOException {
        return new RecordReader(open(), format, encoding, firstLine, maxRecordBytes);
    }
}
