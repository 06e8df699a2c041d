package io.farmhand.frames;

import io.farmhand.internal.records.Encoding;
import io.farmhand.internal.records.RecordFormat;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is known of a CSV file before its rows are read.
 *
 * @param encoding how its characters stand in bytes
 * @param labels of all its columns
 * @param wanted the labels of those that are read
 * @param types what columns are read as; those that are missing here, as what they look like
 * @param options how it is read
 * @param from where its rows begin, in bytes
 * @param firstLine the line in which that is
 */
record CsvLayout(Encoding encoding, List<String> labels, Set<String> wanted, Map<String, ColumnType> types,
        CsvOptions options, long from, long firstLine) implements Serializable {
    /**
     * The layout of a file with these headers.
     *
     * @throws IllegalArgumentException when a column that the options name is not there
     */
    static CsvLayout of(Encoding encoding, List<String> headers, CsvOptions options, long from, long firstLine) {
        List<String> labels = named(headers);
        Set<String> known = Set.copyOf(labels);
        for (String column : options.columnsWanted()) {
            Labels.check(column, known::contains, labels, "file");
        }
        options.types().keySet().forEach(column -> Labels.check(column, known::contains, labels, "file"));
        List<String> wanted = options.columnsWanted().isEmpty() ? labels : options.columnsWanted();
        return new CsvLayout(encoding, labels, Set.copyOf(wanted), options.types(), options, from, firstLine);
    }

    /** Names that are all different, after pandas'. */
    private static List<String> named(List<String> headers) {
        List<String> names = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.get(i).isEmpty() ? "Unnamed: " + i : headers.get(i);
            String unique = name;
            for (int copy = 1; !taken.add(unique); copy++) {
                unique = name + "." + copy;
            }
            names.add(unique);
        }
        return List.copyOf(names);
    }

    RecordFormat format() {
        return options.format();
    }

    /** The same file, of which only some columns are read, as text. */
    CsvLayout asText(Set<String> columns) {
        return new CsvLayout(encoding, labels, Set.copyOf(columns), CsvPart.allText(columns), options, from, firstLine);
    }

    /** The same file, some of whose columns are read as text. */
    CsvLayout withText(Set<String> columns) {
        Map<String, ColumnType> more = CsvPart.allText(columns);
        more.putAll(types);
        return new CsvLayout(encoding, labels, wanted, more, options, from, firstLine);
    }
}
