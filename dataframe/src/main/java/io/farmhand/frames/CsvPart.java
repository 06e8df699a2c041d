package io.farmhand.frames;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.farmhand.internal.records.RecordRange;
import io.farmhand.internal.records.RecordReader;
import io.farmhand.internal.records.TextRecord;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dflib.ColumnDataFrame;
import org.dflib.DataFrame;
import org.dflib.Index;
import org.dflib.Series;
import org.jspecify.annotations.Nullable;

/**
 * What was read of one range of a CSV file.
 *
 * @param found what the cells of each column look like
 * @param frame the columns, as what they look like in this range
 */
record CsvPart(List<FoundType> found, DataFrame frame) implements Serializable {
    /** FastCSV wants room for that much beside the field at hand. */
    private static final int READ_AHEAD = 1 << 15;

    /** Reads a range, in whichever JVM. */
    static CsvPart read(RecordRange range, CsvLayout layout) throws IOException {
        CsvCells cells = cells(range, layout);
        Set<String> spoiled = new HashSet<>();
        for (CsvColumn column : cells.columns()) {
            if (column.isSpoiled()) {
                spoiled.add(column.label());
            }
        }
        return of(spoiled.isEmpty() ? cells : cells(range, layout.withText(spoiled)));
    }

    private static CsvPart of(CsvCells cells) {
        List<FoundType> found = new ArrayList<>();
        List<String> labels = new ArrayList<>();
        List<Series<?>> series = new ArrayList<>();
        for (CsvColumn column : cells.columns()) {
            found.add(column.found());
            labels.add(column.label());
            series.add(column.series());
        }
        return new CsvPart(List.copyOf(found), new ColumnDataFrame(null, Index.of(labels.toArray(String[]::new)),
                series.toArray(Series<?>[]::new)));
    }

    private static CsvCells cells(RecordRange range, CsvLayout layout) throws IOException {
        CsvOptions options = layout.options();
        CsvCells cells = new CsvCells(layout, range.firstLine());
        // A decoder of one's own, unlike a charset, says where bytes are no text.
        try (InputStreamReader text = new InputStreamReader(range.open(options.maxRecordBytes()),
                layout.encoding().charset().newDecoder());
                CsvReader<String> reader = CsvReader.builder().fieldSeparator(options.format().separator())
                        .quoteCharacter(options.format().quote()).allowUnclosedQuote(false)
                        .maxBufferSize((int) options.maxRecordBytes() + READ_AHEAD)
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE).build(cells, text);
                CloseableIterator<String> complaints = reader.iterator()) {
            if (complaints.hasNext()) {
                throw failure(range, complaints.next(), null);
            }
        } catch (CsvParseException e) {
            throw failure(range, cells.place() + " cannot be read: " + reason(e), e);
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException) {
                findUndecodable(range, options);
            }
            Throwable cause = e.getCause();
            throw failure(range, cause == null ? e.getMessage() : cause.getMessage(), e);
        }
        return cells;
    }

    /** The last of its causes says what is wrong; the record it names is counted from the beginning of the range. */
    static String reason(CsvParseException exception) {
        Throwable last = exception;
        for (Throwable cause = exception.getCause(); cause != null; cause = cause.getCause()) {
            last = cause;
        }
        String said = String.valueOf(last.getMessage()).replaceAll(" ?\\(record starting at line \\d+\\)", "") + ".";
        return said.contains("closing quote")
                ? said + " A quote within a quoted cell is written twice: mend that cell and try again."
                : said;
    }

    /** Bytes are read ahead of the record at hand: a second look finds the one with those that are no text. */
    private static void findUndecodable(RecordRange range, CsvOptions options) throws IOException {
        try (RecordReader reader = range.read(options.maxRecordBytes())) {
            TextRecord record;
            do {
                record = reader.next();
            } while (record != null);
        } catch (IOException e) {
            throw failure(range, e.getMessage(), e);
        }
    }

    private static IOException failure(RecordRange range, @Nullable String why, @Nullable Throwable cause) {
        return CsvFile.failure(range.path(), why, cause);
    }

    static Map<String, ColumnType> allText(Set<String> columns) {
        Map<String, ColumnType> types = new HashMap<>();
        columns.forEach(column -> types.put(column, ColumnType.TEXT));
        return types;
    }
}
