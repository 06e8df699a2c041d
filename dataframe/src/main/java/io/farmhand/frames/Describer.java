package io.farmhand.frames;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dflib.ColumnDataFrame;
import org.dflib.DataFrame;
import org.dflib.DoubleSeries;
import org.dflib.FloatSeries;
import org.dflib.Index;
import org.dflib.IntSeries;
import org.dflib.LongSeries;
import org.dflib.Series;
import org.jspecify.annotations.Nullable;

/** Describes the columns of a frame as pandas' {@code describe} does. */
final class Describer {
    private static final String STATISTIC = "statistic";
    private static final List<String> NUMBERS = List.of("count", "mean", "std", "min", "25%", "50%", "75%", "max");
    private static final List<String> VALUES = List.of("count", "unique", "top", "freq");
    /** Of a frame with both. */
    private static final List<String> BOTH = List.of("count", "unique", "top", "freq", "mean", "std", "min", "25%",
            "50%", "75%", "max");

    private Describer() {}

    /** The columns of numbers, or all if there are none of these. */
    static DataFrame describe(DataFrame frame) {
        List<String> numeric = new ArrayList<>();
        for (String label : frame.getColumnsIndex()) {
            if (isNumeric(frame.getColumn(label))) {
                numeric.add(label);
            }
        }
        if (numeric.isEmpty()) {
            return table(VALUES, frame, Arrays.asList(frame.getColumnsIndex().toArray()), true);
        }
        return table(NUMBERS, frame, numeric, false);
    }

    /** All columns. */
    static DataFrame describeAll(DataFrame frame) {
        return table(BOTH, frame, Arrays.asList(frame.getColumnsIndex().toArray()), true);
    }

    private static DataFrame table(List<String> rows, DataFrame frame, List<String> labels, boolean mixed) {
        List<String> headers = new ArrayList<>();
        List<Series<?>> columns = new ArrayList<>();
        String first = STATISTIC;
        while (labels.contains(first)) {
            first += "_";
        }
        headers.add(first);
        columns.add(Series.of(rows.toArray(String[]::new)));
        for (String label : labels) {
            headers.add(label);
            Series<?> column = frame.getColumn(label);
            columns.add(mixed
                    ? inRows(rows, isNumeric(column) ? boxed(numbers(column)) : values(column))
                    : Series.ofDouble(numbers(column)));
        }
        return new ColumnDataFrame(null, Index.of(headers.toArray(String[]::new)), columns.toArray(Series<?>[]::new));
    }

    private static Series<?> inRows(List<String> rows, Map<String, ? extends @Nullable Object> numbers) {
        @Nullable
        Object[] column = new @Nullable Object[rows.size()];
        for (int i = 0; i < column.length; i++) {
            column[i] = numbers.get(rows.get(i));
        }
        return Series.of(column);
    }

    private static double[] numbers(Series<?> column) {
        Statistics numbers = Statistics.of(present(column));
        return new double[]{numbers.count(), numbers.mean(), numbers.std(), numbers.min(), numbers.q25(), numbers.q50(),
                numbers.q75(), numbers.max()};
    }

    private static Map<String, Double> boxed(double[] numbers) {
        Map<String, Double> boxed = new LinkedHashMap<>();
        for (int i = 0; i < numbers.length; i++) {
            boxed.put(NUMBERS.get(i), numbers[i]);
        }
        return boxed;
    }

    private static Map<String, @Nullable Object> values(Series<?> column) {
        Map<Object, Long> counts = new LinkedHashMap<>();
        long count = 0;
        for (Object value : column) {
            if (value != null) {
                counts.merge(value, 1L, Long::sum);
                count++;
            }
        }
        Object top = null;
        long most = 0;
        for (Map.Entry<Object, Long> each : counts.entrySet()) {
            if (each.getValue() > most) { // the first of several
                top = each.getKey();
                most = each.getValue();
            }
        }
        Map<String, @Nullable Object> said = new LinkedHashMap<>();
        said.put("count", count);
        said.put("unique", (long) counts.size());
        said.put("top", top);
        said.put("freq", most == 0 ? null : most);
        return said;
    }

    /** Whether all values are numbers or missing; a column without any value, of no class of numbers, is not. */
    private static boolean isNumeric(Series<?> column) {
        if (isPrimitiveNumeric(column)) {
            return true;
        }
        boolean found = false;
        for (Object value : column) {
            if (value != null && !(value instanceof Number)) {
                return false;
            }
            found |= value != null;
        }
        return found;
    }

    private static boolean isPrimitiveNumeric(Series<?> column) {
        return column instanceof IntSeries || column instanceof LongSeries || column instanceof FloatSeries
                || column instanceof DoubleSeries;
    }

    /** The numbers of a column that are not missing. */
    private static double[] present(Series<?> column) {
        int height = column.size();
        double[] values = new double[height];
        int count = 0;
        for (int i = 0; i < height; i++) {
            double value = switch (column) {
                case DoubleSeries doubles -> doubles.getDouble(i);
                case LongSeries longs -> longs.getLong(i);
                case IntSeries ints -> ints.getInt(i);
                case FloatSeries floats -> floats.getFloat(i);
                default -> column.get(i) instanceof Number number ? number.doubleValue() : Double.NaN;
            };
            if (!Double.isNaN(value)) {
                values[count++] = value;
            }
        }
        return Arrays.copyOf(values, count);
    }
}
