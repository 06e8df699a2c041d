package io.farmhand.examples;

import io.farmhand.frames.Statistics;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What {@link Describe} says of one file: eight numbers for each numeric column, in the file's order.
 *
 * @param file the file's name, without its directory
 * @param columns the numeric columns; empty where there are none
 */
public record Summary(String file, List<Column> columns) implements Serializable {
    /** Keeps a copy of the columns. */
    public Summary {
        columns = List.copyOf(columns);
    }

    /**
     * The eight numbers of one column, under the names that pandas gives them ({@code q25} is its {@code 25%}).
     *
     * @param name the column's header
     * @param count how many cells are not missing; all other numbers are NaN where it is 0
     * @param mean the arithmetic mean
     * @param std the sample's standard deviation, by {@code count - 1}; NaN where the count is 1
     * @param min the smallest value
     * @param q25 the lower quartile, by linear interpolation
     * @param q50 the median
     * @param q75 the upper quartile
     * @param max the largest value
     */
    public record Column(String name, long count, double mean, double std, double min, double q25, double q50,
            double q75, double max) implements Serializable {
        static Column of(String name, Statistics numbers) {
            return new Column(name, numbers.count(), numbers.mean(), numbers.std(), numbers.min(), numbers.q25(),
                    numbers.q50(), numbers.q75(), numbers.max());
        }
    }

    /**
     * The column of that name.
     *
     * @param name a column's header
     * @return its eight numbers
     * @throws IllegalArgumentException when the file has no numeric column of that name
     */
    public Column column(String name) {
        return columns.stream().filter(column -> column.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No such numeric column: column=" + name + ", file="
                        + file + ". It has " + columns.stream().map(Column::name).toList() + "."));
    }

    /** A table in pandas' manner: a line for each number, a column for each column. */
    @Override
    public String toString() {
        if (columns.isEmpty()) {
            return file + ": no numeric columns";
        }
        return String.join("\n", file + columns.stream().map(column -> cell(column.name())).collect(
                Collectors.joining("", "\n     ", "")), row("count", Column::count), row("mean", Column::mean),
                row("std", Column::std), row("min", Column::min), row("25%", Column::q25), row("50%", Column::q50),
                row("75%", Column::q75), row("max", Column::max));
    }

    private String row(String label, ToDoubleFunction<Column> number) {
        return columns.stream().map(column -> cell(String.format(Locale.ROOT, "%.6g", number.applyAsDouble(column))))
                .collect(Collectors.joining("", String.format("%-5s", label), ""));
    }

    private static String cell(String text) {
        return String.format("  %12s", text);
    }
}
