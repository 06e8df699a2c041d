package io.farmhand.cli.task;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record of CSV for one parameter: a {@code Map<String, String>} or a record by the names in the header, or all fields as
 * {@code String[]} or {@code List<String>}.
 */
public final class FieldArgument implements Arguments {
    private static final long serialVersionUID = 1;

    /** Null where the file has none. */
    private final @Nullable List<String> header;
    private final char separator;
    // May be made twice by two threads, from the same.
    private transient volatile @Nullable RecordMaker maker;

    /**
     * How fields are read.
     *
     * @param header the names of the fields; null when there are none
     * @param separator between fields
     */
    public FieldArgument(@Nullable List<String> header, char separator) {
        this.header = header == null ? null : List.copyOf(header);
        this.separator = separator;
    }

    /**
     * The fields of one record.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static List<String> split(String text, char separator) {
        try {
            return CsvReader.builder().fieldSeparator(separator).allowUnclosedQuote(false).skipEmptyLines(false)
                    .ofSingleCsvRecord(text).getFields();
        } catch (CsvParseException e) {
            throw new IllegalArgumentException("it is no CSV: " + (e.getCause() == null
                    ? e.getMessage()
                    : e.getCause().getMessage()), e);
        }
    }

    @Override
    public Object[] read(Object sent, List<Class<?>> types) {
        List<String> fields = split((String) sent, separator);
        if (header != null && fields.size() != header.size()) {
            throw new IllegalArgumentException("it has fields=" + fields.size() + ", and the header has "
                    + header.size() + ": " + String.join(String.valueOf(separator), header));
        }
        return new Object[]{argument(fields, types.getFirst())};
    }

    private Object argument(List<String> fields, Class<?> type) {
        if (type == String[].class) {
            return fields.toArray(String[]::new);
        }
        if (type == List.class) {
            return List.copyOf(fields);
        }
        if (type.isRecord()) {
            RecordMaker known = maker;
            if (known == null) {
                known = RecordMaker.of(type, header);
                maker = known;
            }
            return known.make(fields);
        }
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; header != null && i < header.size(); i++) {
            map.put(header.get(i), fields.get(i));
        }
        return map;
    }
}
