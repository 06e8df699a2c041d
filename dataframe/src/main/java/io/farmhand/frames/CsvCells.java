package io.farmhand.frames;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes the cells of rows as FastCSV finds them and gives each to its column, without making an object of it.
 *
 * <p>To FastCSV a null record is one that was consumed. So the records that its reader yields are complaints: the first
 * is a sentence about a row that cannot be used.
 */
final class CsvCells extends AbstractBaseCsvCallbackHandler<String> {
    /** Null where a column is not read. */
    private final @Nullable CsvColumn[] columns;
    private final List<String> labels;
    private final long firstLine;
    private @Nullable String problem;
    private String firstBeyond = "";

    /** @param firstLine the file's line in which what is read begins */
    CsvCells(CsvLayout layout, long firstLine) {
        this.firstLine = firstLine;
        this.labels = layout.labels();
        this.columns = new @Nullable CsvColumn[layout.labels().size()];
        for (int i = 0; i < columns.length; i++) {
            String label = layout.labels().get(i);
            if (layout.wanted().contains(label)) {
                columns[i] = new CsvColumn(label, layout.types().get(label), layout.options().missingSpellings());
            }
        }
    }

    @Override
    protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
        if (index == columns.length) {
            firstBeyond = Labels.shown(new String(buffer, offset, length));
        }
        CsvColumn column = index < columns.length ? columns[index] : null;
        String said = column == null ? null : column.add(buffer, offset, length);
        if (said != null && problem == null) {
            problem = said;
        }
    }

    @Override
    protected @Nullable String buildRecord() {
        if (getRecordType() != RecordType.DATA) {
            return null;
        }
        int count = getFieldCount();
        if (count != columns.length) {
            return "line=" + line() + " has cells=" + count + " where the header has cells=" + columns.length + ": "
                    + (count < columns.length
                            ? "column=" + labels.get(count) + " is the first without one"
                            : "the first behind column=" + labels.getLast() + " is cell=" + firstBeyond)
                    + ". Often a separator stands outside quotes, or the file was cut off: mend that row and try again.";
        }
        return problem == null ? null : "line=" + line() + " " + problem;
    }

    /** Where the cell is that comes next. */
    String place() {
        int index = getFieldCount();
        return "line=" + line() + (index < columns.length ? " column=" + labels.get(index) : "");
    }

    /** The file's line in which the record at hand begins. */
    long line() {
        return firstLine + getStartingLineNumber() - 1;
    }

    /** Those that were read, in the order of the file. */
    List<CsvColumn> columns() {
        List<CsvColumn> read = new ArrayList<>();
        for (CsvColumn column : columns) {
            if (column != null) {
                read.add(column);
            }
        }
        return read;
    }
}
