package io.farmhand.frames;

import io.farmhand.internal.frames.ColumnKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.dflib.BooleanSeries;
import org.dflib.ColumnDataFrame;
import org.dflib.DataFrame;
import org.dflib.DoubleSeries;
import org.dflib.FloatSeries;
import org.dflib.Index;
import org.dflib.IntSeries;
import org.dflib.LongSeries;
import org.dflib.Series;
import org.dflib.series.SingleValueSeries;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames one below the other, and series one behind the other, with their types.
 *
 * <p>DFLib does that, too, but makes objects of primitives.
 */
final class Concatenation {
    private Concatenation() {}

    /** One frame with the columns of all, in the order in which they first come; cells that a frame lacks are null. */
    static DataFrame frames(List<? extends DataFrame> frames) {
        if (frames.isEmpty()) {
            return DataFrame.empty();
        }
        if (frames.size() == 1) {
            return frames.getFirst();
        }
        Set<String> labels = new LinkedHashSet<>();
        for (DataFrame frame : frames) {
            labels.addAll(List.of(frame.getColumnsIndex().toArray()));
        }
        List<Series<?>> columns = new ArrayList<>();
        for (String label : labels) {
            List<Series<?>> pieces = new ArrayList<>();
            for (DataFrame frame : frames) {
                pieces.add(frame.getColumnsIndex().contains(label)
                        ? frame.getColumn(label)
                        : new SingleValueSeries<>(null, frame.height()));
            }
            columns.add(series(pieces));
        }
        return new ColumnDataFrame(frames.getFirst().getName(), Index.of(labels.toArray(String[]::new)),
                columns.toArray(Series<?>[]::new));
    }

    /** One series of all: of primitives where all are, whole numbers becoming longs or doubles among those. */
    static Series<?> series(List<? extends Series<?>> all) {
        List<? extends Series<?>> filled = all.stream().filter(series -> series.size() > 0).toList();
        if (filled.isEmpty()) {
            return all.isEmpty() ? Series.of() : all.getFirst();
        }
        if (filled.size() == 1) {
            return filled.getFirst();
        }
        int size = 0;
        ColumnKind kind = null;
        for (Series<?> series : filled) {
            size = Math.addExact(size, series.size());
            kind = kind == null ? ColumnKind.ofClass(series) : common(kind, ColumnKind.ofClass(series));
        }
        return joined(kind == null ? ColumnKind.OBJECTS : kind, filled, size);
    }

    private static ColumnKind common(ColumnKind one, ColumnKind other) {
        if (one == other) {
            return one;
        }
        if (!isNumber(one) || !isNumber(other)) {
            return ColumnKind.OBJECTS;
        }
        return isWhole(one) && isWhole(other) ? ColumnKind.LONGS : ColumnKind.DOUBLES;
    }

    private static boolean isWhole(ColumnKind kind) {
        return kind == ColumnKind.INTS || kind == ColumnKind.LONGS;
    }

    private static boolean isNumber(ColumnKind kind) {
        return isWhole(kind) || kind == ColumnKind.FLOATS || kind == ColumnKind.DOUBLES;
    }

    private static Series<?> joined(ColumnKind kind, List<? extends Series<?>> all, int size) {
        return switch (kind) {
            case BOOLEANS -> booleans(all, size);
            case INTS -> ints(all, size);
            case LONGS -> longs(all, size);
            case FLOATS -> floats(all, size);
            case DOUBLES -> doubles(all, size);
            default -> objects(all, size);
        };
    }

    private static Series<?> booleans(List<? extends Series<?>> all, int size) {
        boolean[] values = new boolean[size];
        int at = 0;
        for (Series<?> each : all) {
            ((BooleanSeries) each).copyToBool(values, 0, at, each.size());
            at += each.size();
        }
        return Series.ofBool(values);
    }

    private static Series<?> ints(List<? extends Series<?>> all, int size) {
        int[] values = new int[size];
        int at = 0;
        for (Series<?> each : all) {
            ((IntSeries) each).copyToInt(values, 0, at, each.size());
            at += each.size();
        }
        return Series.ofInt(values);
    }

    private static Series<?> longs(List<? extends Series<?>> all, int size) {
        long[] values = new long[size];
        int at = 0;
        for (Series<?> each : all) {
            copyToLong(each, values, at);
            at += each.size();
        }
        return Series.ofLong(values);
    }

    private static Series<?> floats(List<? extends Series<?>> all, int size) {
        float[] values = new float[size];
        int at = 0;
        for (Series<?> each : all) {
            ((FloatSeries) each).copyToFloat(values, 0, at, each.size());
            at += each.size();
        }
        return Series.ofFloat(values);
    }

    private static Series<?> doubles(List<? extends Series<?>> all, int size) {
        double[] values = new double[size];
        int at = 0;
        for (Series<?> each : all) {
            copyToDouble(each, values, at);
            at += each.size();
        }
        return Series.ofDouble(values);
    }

    private static Series<?> objects(List<? extends Series<?>> all, int size) {
        @Nullable
        Object[] values = new @Nullable Object[size];
        int at = 0;
        for (Series<?> each : all) {
            each.copyTo(values, 0, at, each.size());
            at += each.size();
        }
        return Series.of(values);
    }

    private static void copyToLong(Series<?> from, long[] values, int at) {
        if (from instanceof LongSeries longs) {
            longs.copyToLong(values, 0, at, from.size());
            return;
        }
        IntSeries ints = (IntSeries) from;
        for (int i = 0; i < ints.size(); i++) {
            values[at + i] = ints.getInt(i);
        }
    }

    private static void copyToDouble(Series<?> from, double[] values, int at) {
        switch (from) {
            case DoubleSeries doubles -> doubles.copyToDouble(values, 0, at, from.size());
            case LongSeries longs -> {
                for (int i = 0; i < longs.size(); i++) {
                    values[at + i] = longs.getLong(i);
                }
            }
            case IntSeries ints -> {
                for (int i = 0; i < ints.size(); i++) {
                    values[at + i] = ints.getInt(i);
                }
            }
            case FloatSeries floats -> {
                for (int i = 0; i < floats.size(); i++) {
                    values[at + i] = floats.getFloat(i);
                }
            }
            default -> throw new AssertionError(from.getClass());
        }
    }
}
