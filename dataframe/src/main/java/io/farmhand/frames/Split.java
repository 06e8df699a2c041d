package io.farmhand.frames;

import java.util.AbstractList;
import java.util.List;
import org.dflib.ColumnDataFrame;
import org.dflib.DataFrame;
import org.dflib.Series;

/** Into which parts a frame is cut. Immutable. */
public final class Split {
    private static final int BY_ROWS = 0;

    private final int parts;
    private final int rows;

    private Split(int parts, int rows) {
        this.parts = parts;
        this.rows = rows;
    }

    /**
     * So many parts, as {@code numpy.array_split} makes them: their heights differ by one at most, and the higher ones
     * come first.
     *
     * @param parts at least 1
     * @throws IllegalArgumentException when it is less
     */
    public static Split into(int parts) {
        if (parts < 1) {
            throw new IllegalArgumentException("parts=" + parts + " is not at least 1");
        }
        return new Split(parts, 0);
    }

    /**
     * Parts of so many rows, the last of which may have fewer.
     *
     * @param rows at least 1
     * @throws IllegalArgumentException when it is less
     */
    public static Split byRows(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("rows=" + rows + " is not at least 1");
        }
        return new Split(BY_ROWS, rows);
    }

    /** The parts of a frame, of which some may be empty. They are views, made when they are asked for. */
    List<DataFrame> of(DataFrame frame) {
        int height = frame.height();
        int count = parts == BY_ROWS ? Math.ceilDiv(height, rows) : parts;
        return new AbstractList<>() {
            @Override
            public DataFrame get(int index) {
                return rows(frame, start(height, index), start(height, index + 1));
            }

            @Override
            public int size() {
                return count;
            }
        };
    }

    /** The parts that have rows; of a frame without any the one that is left, so that a function is called at all. */
    List<DataFrame> withRows(DataFrame frame) {
        List<DataFrame> all = of(frame);
        return frame.height() == 0 ? List.of(frame) : all.subList(0, Math.min(all.size(), frame.height()));
    }

    /** The first row of a part, in a frame of so many. */
    int start(int height, int index) {
        return parts == BY_ROWS
                ? (int) Math.min(height, (long) index * rows)
                : height / parts * index + Math.min(index, height % parts);
    }

    private static DataFrame rows(DataFrame frame, int from, int to) {
        if (from == 0 && to == frame.height()) {
            return frame;
        }
        Series<?>[] columns = new Series<?>[frame.width()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = frame.getColumn(i).selectRange(from, to);
        }
        return new ColumnDataFrame(frame.getName(), frame.getColumnsIndex(), columns);
    }

    @Override
    public String toString() {
        return parts == BY_ROWS ? "by rows=" + rows : "into parts=" + parts;
    }
}
