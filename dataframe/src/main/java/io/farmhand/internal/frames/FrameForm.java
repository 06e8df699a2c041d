package io.farmhand.internal.frames;

import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import org.dflib.ColumnDataFrame;
import org.dflib.DataFrame;
import org.dflib.Index;
import org.dflib.Series;
import org.jspecify.annotations.Nullable;

/** Travels in place of a {@link DataFrame}: its name, its labels and its columns. */
final class FrameForm implements Serializable {
    private static final long serialVersionUID = 1;

    private final @Nullable String name;
    private final String[] labels;
    /** {@link SeriesForm}s when they are written; {@link Series}, which those have become, when they were read. */
    private final Object[] columns;

    private FrameForm(@Nullable String name, String[] labels, Object[] columns) {
        this.name = name;
        this.labels = labels;
        this.columns = columns;
    }

    static FrameForm of(DataFrame frame) {
        Object[] columns = new Object[frame.width()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = SeriesForm.of(frame.getColumn(i));
        }
        return new FrameForm(frame.getName(), frame.getColumnsIndex().toArray(), columns);
    }

    private Object readResolve() throws ObjectStreamException {
        if (labels == null || columns == null || labels.length != columns.length) {
            throw new InvalidObjectException("a frame has not as many labels as columns");
        }
        Series<?>[] series = new Series<?>[columns.length];
        for (int i = 0; i < series.length; i++) {
            if (!(columns[i] instanceof Series<?> column)) {
                throw new InvalidObjectException("a frame has a column that is none");
            }
            series[i] = column;
            if (column.size() != series[0].size()) {
                throw new InvalidObjectException("a frame has columns of different heights: " + series[0].size()
                        + " and " + column.size());
            }
        }
        return new ColumnDataFrame(name, Index.of(labels), series);
    }
}
