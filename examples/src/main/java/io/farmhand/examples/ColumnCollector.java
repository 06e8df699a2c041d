package io.farmhand.examples;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.RecordType;
import io.farmhand.frames.Statistics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the cells of one CSV file as FastCSV finds them and gives each to its column, without making an object of it.
 *
 * <p>To FastCSV a null record is one that was consumed. So the records that its reader yields are complaints: the first
 * is a sentence about a row that does not fit the header.
 */
final class ColumnCollector extends AbstractBaseCsvCallbackHandler<String> {
    private final List<String> header = new ArrayList<>();
    private final List<NumberColumn> columns = new ArrayList<>();
    private boolean inHeader = true;
    private long rows;

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
        if (inHeader) {
            header.add(new String(buffer, offset, length));
        } else if (index < columns.size()) {
            columns.get(index).add(buffer, offset, length);
        }
    }

    @Override
    protected @Nullable String buildRecord() {
        if (getRecordType() != RecordType.DATA) {
            return null;
        }
        if (inHeader) {
            inHeader = false;
            header.forEach(name -> columns.add(new NumberColumn()));
            return null;
        }
        if (getFieldCount() != columns.size()) {
            return "line " + getStartingLineNumber() + " has cells=" + getFieldCount() + " where the header has cells="
                    + columns.size()
                    + ". Often a comma stands outside quotes, or the file was cut off: mend that row and try again.";
        }
        rows++;
        return null;
    }

    boolean sawHeader() {
        return !inHeader;
    }

    /** The eight numbers of each numeric column, in the order of the file. */
    List<Summary.Column> summaries() {
        List<Summary.Column> summaries = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < columns.size(); i++) {
            boolean index = i == 0 && header.get(i).isEmpty();
            if (!index) {
                String name = nameOf(i, taken);
                if (rows > 0 && columns.get(i).isNumeric()) {
                    summaries.add(Summary.Column.of(name, Statistics.of(columns.get(i).toArray())));
                }
            }
        }
        return summaries;
    }

    private String nameOf(int index, Set<String> taken) {
        String name = header.get(index).isEmpty() ? "Unnamed: " + index : header.get(index);
        String unique = name;
        for (int copy = 1; !taken.add(unique); copy++) {
            unique = name + "." + copy;
        }
        return unique;
    }
}
