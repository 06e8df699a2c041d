package io.farmhand.cli.input;

import io.farmhand.internal.records.Encoding;
import io.farmhand.internal.records.FileRange;
import io.farmhand.internal.records.RangeSummary;
import io.farmhand.internal.records.RecordException;
import io.farmhand.internal.records.RecordFormat;
import io.farmhand.internal.records.RecordRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parts of files that hold whole records, which the workers read themselves. Where records begin is found beforehand, by all
 * cores.
 */
public final class Ranges implements Source {
    private final List<Entry> all = new ArrayList<>();
    private final Iterator<Entry> entries;

    /**
     * Finds them.
     *
     * @param files in whose order they come
     * @param rangeBytes how long a part is to be
     * @param maxRecordBytes how long a record may be
     * @throws IOException when a file cannot be read, or is in a charset in which records cannot be found
     */
    public Ranges(List<Path> files, RecordFormat format, Charset charset, long rangeBytes, long maxRecordBytes)
            throws IOException {
        for (Path file : files) {
            try {
                add(file, format, Encoding.of(charset, file), rangeBytes, maxRecordBytes);
            } catch (RecordException e) {
                all.add(Entry.bad(file + " line " + e.line(), String.valueOf(e.getMessage())));
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ": " + e.getMessage(), e);
            }
        }
        entries = all.iterator();
    }

    private void add(Path file, RecordFormat format, Encoding encoding, long rangeBytes, long maxRecordBytes)
            throws IOException {
        // As it is in the worker's directory, too.
        Path absolute = file.toAbsolutePath();
        List<FileRange> ranges = FileRange.cut(absolute, format, encoding, encoding.markBytes(), Files.size(absolute),
                rangeBytes);
        RecordRange.join(ranges, scan(ranges), 1, maxRecordBytes, range -> {
            String place = file + " line " + range.firstLine();
            all.add(Entry.good(range, place + ", bytes " + range.from() + " to " + range.to(), place));
        });
    }

    private static List<RangeSummary> scan(List<FileRange> ranges) throws IOException {
        try {
            return ranges.parallelStream().map(range -> {
                try {
                    return range.scan();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public @Nullable Entry next() {
        return entries.hasNext() ? entries.next() : null;
    }

    @Override
    public long size() {
        return all.size();
    }
}
