package io.farmhand.frames;

import io.farmhand.internal.records.RecordFormat;
import java.io.Serializable;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * How a CSV file is read. Immutable: each method gives other options.
 *
 * <p><b>The file</b> is as RFC 4180 has it, with any line ends; quoted cells may hold separators, line ends and doubled
 * quotes. The first line that is not empty has the names of the columns. Those without a name and those that repeat one get
 * pandas' names: {@code Unnamed: 3}, {@code price.1}. A byte order mark says the encoding, whatever the charset here.
 *
 * <p><b>Types</b> are found as pandas finds them, by all cells of a column: longs where all are whole numbers; doubles where
 * all are numbers, or some are missing; booleans where all are {@code True}, {@code true}, {@code TRUE} and their
 * opposites; text else. Missing cells are empty, or have one of pandas' spellings ({@code NaN}, {@code NA}, {@code null},
 * ...): NaN among numbers, null elsewhere; a column without any other cell is one of doubles. Whole numbers that a long
 * cannot hold stay text, lest they lose digits.
 *
 * <p>A row with more or fewer cells than the header is an error, which names its line. (pandas fills short rows: here they
 * are taken for what they mostly are, a file cut off.)
 */
public final class CsvOptions implements Serializable {
    private static final long serialVersionUID = 1;

    /** After pandas' {@code STR_NA_VALUES}, the default of {@code read_csv}. */
    private static final Set<String> MISSING = Set.of("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN",
            "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null");
    private static final long MAX_RECORD_BYTES = 64L << 20;
    /** The characters of a cell are in one array. */
    private static final long MOST_RECORD_BYTES = 1L << 30;
    private static final CsvOptions DEFAULTS = new CsvOptions(StandardCharsets.UTF_8.name(),
            RecordFormat.csv(','), List.of(), List.of(), Map.of(), MISSING, MAX_RECORD_BYTES);

    private final String charset;
    private final RecordFormat format;
    private final List<String> names;
    private final List<String> columns;
    private final Map<String, ColumnType> types;
    private final Set<String> missing;
    private final long maxRecordBytes;

    private CsvOptions(String charset, RecordFormat format, List<String> names, List<String> columns,
            Map<String, ColumnType> types, Set<String> missing, long maxRecordBytes) {
        this.charset = charset;
        this.format = format;
        this.names = names;
        this.columns = columns;
        this.types = types;
        this.missing = missing;
        this.maxRecordBytes = maxRecordBytes;
    }

    /** UTF-8, commas, a header line, all columns, types as they are found. */
    public static CsvOptions defaults() {
        return DEFAULTS;
    }

    /** The charset of files without a byte order mark: UTF-16 or one that has ASCII in single bytes, as most have. */
    public CsvOptions charset(Charset charset) {
        Objects.requireNonNull(charset, "charset");
        return new CsvOptions(charset.name(), format, names, columns, types, missing, maxRecordBytes);
    }

    /** What stands between cells, an ASCII character. */
    public CsvOptions separator(char separator) {
        return new CsvOptions(charset, RecordFormat.csv(separator, format.quote()), names, columns, types, missing,
                maxRecordBytes);
    }

    /** What stands around quoted cells, an ASCII character. */
    public CsvOptions quote(char quote) {
        return new CsvOptions(charset, RecordFormat.csv(format.separator(), quote), names, columns, types, missing,
                maxRecordBytes);
    }

    /** The names of all columns of files that have no header line. */
    public CsvOptions names(String... names) {
        Objects.requireNonNull(names, "names");
        return new CsvOptions(charset, format, List.of(names), columns, types, missing, maxRecordBytes);
    }

    /** Reads these columns only, in the order of the file. */
    public CsvOptions columns(String... columns) {
        Objects.requireNonNull(columns, "columns");
        return new CsvOptions(charset, format, names, List.of(columns), types, missing, maxRecordBytes);
    }

    /** What a column is read as, whatever it looks like: {@code type("zip", ColumnType.TEXT)} keeps leading zeros. */
    public CsvOptions type(String column, ColumnType type) {
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(type, "type");
        Map<String, ColumnType> more = new LinkedHashMap<>(types);
        more.put(column, type);
        return new CsvOptions(charset, format, names, columns, Map.copyOf(more), missing, maxRecordBytes);
    }

    /** The spellings of missing cells, in place of pandas'; without {@code ""} empty cells are empty text. */
    public CsvOptions missing(String... spellings) {
        Objects.requireNonNull(spellings, "spellings");
        return new CsvOptions(charset, format, names, columns, types, Set.of(spellings), maxRecordBytes);
    }

    /**
     * How long a record may be, in bytes with its line end: 64 MiB by default. It bounds what a quote that is never closed
     * costs. More than 1 GiB is taken for that.
     */
    public CsvOptions maxRecordBytes(long maxRecordBytes) {
        if (maxRecordBytes < 1) {
            throw new IllegalArgumentException("maxRecordBytes=" + maxRecordBytes + " is not at least 1");
        }
        return new CsvOptions(charset, format, names, columns, types, missing,
                Math.min(maxRecordBytes, MOST_RECORD_BYTES));
    }

    Charset charset() {
        return Charset.forName(charset);
    }

    RecordFormat format() {
        return format;
    }

    /** Empty where the file has them. */
    List<String> namesGiven() {
        return names;
    }

    /** Empty for all. */
    List<String> columnsWanted() {
        return columns;
    }

    Map<String, ColumnType> types() {
        return types;
    }

    Set<String> missingSpellings() {
        return missing;
    }

    long maxRecordBytes() {
        return maxRecordBytes;
    }
}
