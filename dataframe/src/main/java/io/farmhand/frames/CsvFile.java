package io.farmhand.frames;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import io.farmhand.Pool;
import io.farmhand.internal.records.Encoding;
import io.farmhand.internal.records.FileRange;
import io.farmhand.internal.records.RangeSummary;
import io.farmhand.internal.records.RecordException;
import io.farmhand.internal.records.RecordRange;
import io.farmhand.internal.records.RecordReader;
import io.farmhand.internal.records.TextRecord;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.dflib.ColumnDataFrame;
import org.dflib.DataFrame;
import org.dflib.Index;
import org.dflib.LongSeries;
import org.dflib.Series;
import org.dflib.series.ObjectSeries;
import org.jspecify.annotations.Nullable;

/**
 * Reads a CSV file into a frame: as a whole, or range by range in workers.
 *
 * <p>Ranges are found first (see {@link FileRange}), in the workers, which takes a fraction of the time that the cells
 * take. Then each is read by itself, as what its cells look like; what the columns are is known when all were read. A range
 * in which a column of text looked like numbers is read once more, for that column, as it stands there.
 */
final class CsvFile {
    private static final int RANGES_PER_WORKER = 4;
    /** Smaller costs more round trips than its cells take time; larger holds memory in worker and caller. */
    private static final long LEAST_RANGE_BYTES = 1 << 20;
    private static final long MOST_RANGE_BYTES = 64 << 20;

    private CsvFile() {}

    /** Who looks at ranges: workers, or this thread. */
    interface Hands {
        List<RangeSummary> scan(List<FileRange> ranges) throws IOException;

        List<CsvPart> read(List<RecordRange> ranges, CsvLayout layout) throws IOException;
    }

    /** This thread, one range after the other. */
    static final class Here implements Hands {
        @Override
        public List<RangeSummary> scan(List<FileRange> ranges) throws IOException {
            List<RangeSummary> summaries = new ArrayList<>();
            for (FileRange range : ranges) {
                summaries.add(range.scan());
            }
            return summaries;
        }

        @Override
        public List<CsvPart> read(List<RecordRange> ranges, CsvLayout layout) throws IOException {
            List<CsvPart> parts = new ArrayList<>();
            for (RecordRange range : ranges) {
                parts.add(CsvPart.read(range, layout));
            }
            return parts;
        }
    }

    /** The workers of a pool. */
    private record Workers(Pool pool) implements Hands {
        @Override
        public List<RangeSummary> scan(List<FileRange> ranges) {
            return pool.map(FileRange::scan, ranges, 1);
        }

        @Override
        public List<CsvPart> read(List<RecordRange> ranges, CsvLayout layout) {
            return pool.map(range -> CsvPart.read(range, layout), ranges, 1);
        }
    }

    /** Reads a file on this thread, from its beginning to its end. */
    static DataFrame read(Path path, CsvOptions options) throws IOException {
        Path file = regular(path);
        CsvLayout layout = layout(file, options);
        long size = Files.size(file);
        List<RecordRange> whole = size > layout.from()
                ? List.of(new RecordRange(file, layout.format(), layout.encoding(), layout.from(), size,
                        layout.firstLine()))
                : List.of();
        return read(whole, layout, new Here());
    }

    /** Reads a file in the workers of a pool. */
    static DataFrame read(Pool pool, Path path, CsvOptions options) throws IOException {
        Path file = regular(path);
        long each = Math.ceilDiv(Files.size(file), (long) RANGES_PER_WORKER * pool.size());
        return read(file, options, Math.clamp(each, LEAST_RANGE_BYTES, MOST_RANGE_BYTES), new Workers(pool));
    }

    static DataFrame read(Path file, CsvOptions options, long rangeBytes, Hands hands) throws IOException {
        CsvLayout layout = layout(file, options);
        List<FileRange> ranges = FileRange.cut(file, layout.format(), layout.encoding(), layout.from(),
                Files.size(file), rangeBytes);
        List<RecordRange> joined;
        try {
            joined = RecordRange.join(ranges, hands.scan(ranges), layout.firstLine(), options.maxRecordBytes());
        } catch (RecordException e) {
            throw failure(file, e.getMessage(), e);
        }
        return read(joined, layout, hands);
    }

    // ---- the header ----

    /** The absolute path of a file that can be read. */
    private static Path regular(Path path) throws IOException {
        Path file = path.toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            if (!Files.exists(file)) {
                throw failure(file, "there is no such file.", new NoSuchFileException(file.toString()));
            }
            throw failure(file, "it is no regular file.", null);
        }
        if (!Files.isReadable(file)) {
            throw failure(file, "this user may not read it.", new AccessDeniedException(file.toString()));
        }
        return file;
    }

    private static CsvLayout layout(Path file, CsvOptions options) throws IOException {
        Encoding encoding = Encoding.of(options.charset(), file);
        if (!options.namesGiven().isEmpty()) {
            return CsvLayout.of(encoding, options.namesGiven(), options, encoding.markBytes(), 1);
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            in.skipNBytes(encoding.markBytes());
            RecordReader reader = new RecordReader(in, options.format(), encoding, 1, options.maxRecordBytes());
            TextRecord header = reader.next();
            while (header != null && header.text().isEmpty()) {
                header = reader.next();
            }
            if (header == null) {
                throw failure(file, "it is empty, without even a header.", null);
            }
            return CsvLayout.of(encoding, fields(file, header, options), options,
                    encoding.markBytes() + reader.bytesRead(), reader.nextLine());
        } catch (RecordException e) {
            throw failure(file, e.getMessage(), e);
        }
    }

    /** FastCSV's own records have a limit of fields. */
    private static final class Fields extends AbstractBaseCsvCallbackHandler<List<String>> {
        private final List<String> all = new ArrayList<>();

        @Override
        protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
            all.add(new String(buffer, offset, length));
        }

        @Override
        protected List<String> buildRecord() {
            return all;
        }
    }

    private static List<String> fields(Path file, TextRecord header, CsvOptions options) throws IOException {
        Fields fields = new Fields();
        try {
            return CsvReader.builder().fieldSeparator(options.format().separator())
                    .quoteCharacter(options.format().quote()).allowUnclosedQuote(false)
                    .build(fields, header.text()).iterator().next();
        } catch (CsvParseException e) {
            throw failure(file, "line=" + header.line() + " cell=" + (fields.all.size() + 1)
                    + " of the header cannot be read: " + CsvPart.reason(e), e);
        }
    }

    static IOException failure(Path file, @Nullable String why, @Nullable Throwable cause) {
        return new IOException("Cannot read file=" + file + ": " + why, cause);
    }

    // ---- the columns ----

    private static DataFrame read(List<RecordRange> ranges, CsvLayout layout, Hands hands) throws IOException {
        List<CsvPart> parts = hands.read(ranges, layout);
        List<String> labels = layout.labels().stream().filter(layout.wanted()::contains).toList();
        List<FoundType> types = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            types.add(type(parts, i, layout.types().get(labels.get(i))));
        }
        List<DataFrame> frames = asText(ranges, parts, labels, types, layout, hands);
        List<Series<?>> columns = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            List<Series<?>> pieces = new ArrayList<>();
            for (DataFrame frame : frames) {
                pieces.add(as(types.get(i), frame.getColumn(i)));
            }
            columns.add(Concatenation.series(pieces));
        }
        return new ColumnDataFrame(null, Index.of(labels.toArray(String[]::new)), columns.toArray(Series<?>[]::new));
    }

    /** What a column is that looks like that in each part. */
    private static FoundType type(List<CsvPart> parts, int column, @Nullable ColumnType wanted) {
        if (wanted != null) {
            return switch (wanted) {
                case LONG -> FoundType.WHOLE;
                case DOUBLE -> FoundType.NUMBER;
                case BOOLEAN -> FoundType.BOOLEAN;
                case TEXT -> FoundType.TEXT;
            };
        }
        FoundType all = FoundType.MISSING;
        boolean begun = false;
        for (CsvPart part : parts) {
            FoundType found = part.found().get(column);
            boolean isEmpty = part.frame().height() == 0;
            all = isEmpty ? all : begun ? all.and(found) : found;
            begun |= !isEmpty;
        }
        return switch (all) {
            case WHOLE, BOOLEAN, TEXT -> all;
            case LARGE -> FoundType.TEXT;
            case MISSING, WHOLE_OR_MISSING, NUMBER -> FoundType.NUMBER;
        };
    }

    /** The frames of the parts, in which columns of text are what stands in the file. */
    private static List<DataFrame> asText(List<RecordRange> ranges, List<CsvPart> parts, List<String> labels,
            List<FoundType> types, CsvLayout layout, Hands hands) throws IOException {
        Set<String> wrong = new HashSet<>();
        List<Integer> again = new ArrayList<>();
        for (int part = 0; part < parts.size(); part++) {
            boolean isWrong = false;
            for (int i = 0; i < labels.size(); i++) {
                FoundType found = parts.get(part).found().get(i);
                if (types.get(i) == FoundType.TEXT && found != FoundType.TEXT && found != FoundType.MISSING) {
                    wrong.add(labels.get(i));
                    isWrong = true;
                }
            }
            if (isWrong) {
                again.add(part);
            }
        }
        List<DataFrame> frames = new ArrayList<>(parts.stream().map(CsvPart::frame).toList());
        if (again.isEmpty()) {
            return frames;
        }
        List<CsvPart> texts = hands.read(again.stream().map(ranges::get).toList(), layout.asText(wrong));
        for (int i = 0; i < again.size(); i++) {
            frames.set(again.get(i), replaced(frames.get(again.get(i)), texts.get(i).frame()));
        }
        return frames;
    }

    private static DataFrame replaced(DataFrame frame, DataFrame columns) {
        Index labels = frame.getColumnsIndex();
        Series<?>[] series = new Series<?>[labels.size()];
        for (int i = 0; i < series.length; i++) {
            series[i] = columns.getColumnsIndex().contains(labels.get(i))
                    ? columns.getColumn(labels.get(i))
                    : frame.getColumn(i);
        }
        return new ColumnDataFrame(null, labels, series);
    }

    /** A column of a part as what it is in the whole file: what was missing in all of a part has no type of its own. */
    private static Series<?> as(FoundType type, Series<?> series) {
        boolean isMissing = series.size() > 0 && type == FoundType.NUMBER
                && series instanceof ObjectSeries<?>;
        if (isMissing) {
            return Series.ofVal(Double.NaN, series.size());
        }
        if (type == FoundType.NUMBER && series instanceof LongSeries longs) {
            return longs.mapAsDouble(value -> value);
        }
        return series;
    }
}
