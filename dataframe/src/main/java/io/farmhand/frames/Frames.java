package io.farmhand.frames;

import io.farmhand.Pool;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dflib.ColumnDataFrame;
import org.dflib.DataFrame;
import org.dflib.Index;
import org.dflib.Series;
import org.dflib.row.RowProxy;
import org.jspecify.annotations.Nullable;

/**
 * What a pool does with data frames.
 *
 * <pre>{@code
 * DataFrame squared = Frames.map(pool, frame, Split.into(8),
 *         part -> part.cols("square").merge($double("number").mul($double("number"))));
 * }</pre>
 *
 * <p>A frame is cut into parts by rows, functions get these in the workers, and what comes back is put together in the order
 * of the rows. Without a {@link Split} there are four parts for each worker, as {@code pool.map} has it. A part without
 * rows is not sent; but of a frame without rows one is, so that the result has the columns that it should.
 *
 * <p>Frames and series travel by columns, with their types, labels and nulls, and so they do in all other calls of a pool:
 * as items, as results, captured by functions, and inside other values. What is lazy in a column is computed first.
 */
public final class Frames {
    private static final int PARTS_PER_WORKER = 4;

    private Frames() {}

    // ---- parts ----

    /**
     * The parts of a frame. They are views on it.
     *
     * @param split says which; parts without rows are among them, as of {@code numpy.array_split}
     */
    public static List<DataFrame> split(DataFrame frame, Split split) {
        Objects.requireNonNull(frame, "frame");
        Objects.requireNonNull(split, "split");
        return List.copyOf(split.of(frame));
    }

    /**
     * Puts frames one below the other. Columns keep primitive types: whole numbers become doubles among those, and objects
     * where nothing else is common to all. The columns are those of all frames, in the order in which they first come;
     * cells that a frame lacks are null.
     */
    public static DataFrame concat(List<? extends DataFrame> frames) {
        Objects.requireNonNull(frames, "frames");
        return Concatenation.frames(frames);
    }

    // ---- map ----

    /**
     * Maps a function over the parts of a frame and puts the results one below the other, as {@link #concat} does.
     *
     * @param function runs in the workers, on one part at a time
     */
    public static DataFrame map(Pool pool, DataFrame frame,
            RemoteFunction<? super DataFrame, ? extends DataFrame> function) {
        return map(pool, frame, usual(pool), function);
    }

    /** As {@link #map(Pool, DataFrame, RemoteFunction)}, with those parts. */
    public static DataFrame map(Pool pool, DataFrame frame, Split split,
            RemoteFunction<? super DataFrame, ? extends DataFrame> function) {
        return Concatenation.frames(run(pool, parts(pool, frame, split, function), function));
    }

    /**
     * Maps a function that makes a series of a part, and puts the series one behind the other.
     *
     * @param function runs in the workers, on one part at a time
     */
    public static <T extends @Nullable Object> Series<T> mapToSeries(Pool pool, DataFrame frame,
            RemoteFunction<? super DataFrame, ? extends Series<T>> function) {
        return mapToSeries(pool, frame, usual(pool), function);
    }

    /** As {@link #mapToSeries(Pool, DataFrame, RemoteFunction)}, with those parts. */
    @SuppressWarnings("unchecked") // all of them are of T
    public static <T extends @Nullable Object> Series<T> mapToSeries(Pool pool, DataFrame frame, Split split,
            RemoteFunction<? super DataFrame, ? extends Series<T>> function) {
        List<Series<?>> all = new ArrayList<>(run(pool, parts(pool, frame, split, function), function));
        return (Series<T>) Concatenation.series(all);
    }

    /**
     * Maps a function that makes any value of a part.
     *
     * @param function runs in the workers, on one part at a time; for a frame without rows once, on that
     * @return its results, in the order of the rows
     */
    public static <R extends @Nullable Object> List<R> mapToList(Pool pool, DataFrame frame,
            RemoteFunction<? super DataFrame, ? extends R> function) {
        return mapToList(pool, frame, usual(pool), function);
    }

    /** As {@link #mapToList(Pool, DataFrame, RemoteFunction)}, with those parts. */
    public static <R extends @Nullable Object> List<R> mapToList(Pool pool, DataFrame frame, Split split,
            RemoteFunction<? super DataFrame, ? extends R> function) {
        return pool.map(function, parts(pool, frame, split, function), 1);
    }

    /**
     * Maps a function over rows, as {@code frame.apply(f, axis=1)} does in pandas. What the function throws comes out
     * with a suppressed exception that names the row, by its number in the frame; the first is 0.
     *
     * @param function runs in the workers; its row is another one at the next call, so it must not be kept
     * @return a result for each row, as primitives where all are of one such class
     */
    public static <R extends @Nullable Object> Series<R> mapRows(Pool pool, DataFrame frame,
            RemoteFunction<? super RowProxy, ? extends R> function) {
        return mapRows(pool, frame, usual(pool), function);
    }

    /** As {@link #mapRows(Pool, DataFrame, RemoteFunction)}, with those parts. */
    public static <R extends @Nullable Object> Series<R> mapRows(Pool pool, DataFrame frame, Split split,
            RemoteFunction<? super RowProxy, ? extends R> function) {
        return compacted(pool.map(rows -> ofRows(rows, function),
                numbered(parts(pool, frame, split, function), split, frame.height()), 1));
    }

    /**
     * Maps a function over the values of one column, which alone is sent. {@code frame.cols("a").merge(series)} puts the
     * result in its place. What the function throws comes out with a suppressed exception that names the row, by its
     * number in the frame, and the value; the first row is 0.
     *
     * @param column its label
     * @param function runs in the workers
     * @return a result for each row, as primitives where all are of one such class
     * @throws IllegalArgumentException when there is no such column
     */
    public static <T extends @Nullable Object, R extends @Nullable Object> Series<R> mapColumn(Pool pool,
            DataFrame frame, String column, RemoteFunction<? super T, ? extends R> function) {
        return mapColumn(pool, frame, column, usual(pool), function);
    }

    /** As {@link #mapColumn(Pool, DataFrame, String, RemoteFunction)}, with those parts. */
    public static <T extends @Nullable Object, R extends @Nullable Object> Series<R> mapColumn(Pool pool,
            DataFrame frame, String column, Split split, RemoteFunction<? super T, ? extends R> function) {
        Objects.requireNonNull(frame, "frame");
        Objects.requireNonNull(column, "column");
        checkColumn(frame, column);
        DataFrame alone = new ColumnDataFrame(null, Index.of(column), frame.getColumn(column));
        return compacted(
                pool.map(rows -> ofValues(rows, function),
                        numbered(parts(pool, alone, split, function), split, frame.height()), 1));
    }

    /**
     * Groups the rows of a frame by what they have in some columns. Rows that have null or NaN in one of these are in no
     * group, and 0.0 and -0.0 are the same, as in pandas; unlike there, groups stand in the order in which they first come.
     *
     * @param columns the labels of at least one
     * @throws IllegalArgumentException when there is none, or no such column
     */
    public static FrameGroups groupBy(DataFrame frame, String... columns) {
        Objects.requireNonNull(frame, "frame");
        Objects.requireNonNull(columns, "columns");
        for (String column : columns) {
            checkColumn(frame, column);
        }
        return new FrameGroups(frame, columns);
    }

    // ---- describe ----

    /**
     * Describes the columns of a frame, as pandas' {@code describe()} does: count, mean, std, min, quartiles and max of
     * those that hold numbers; or, where there are none of these, count, unique, top and freq of all. Missing values, null
     * and NaN, are not counted. Where several values are as frequent, top is the first of them.
     *
     * @return a row for each statistic, named in the column {@code statistic}; a column for each one described
     */
    public static DataFrame describe(DataFrame frame) {
        Objects.requireNonNull(frame, "frame");
        return Describer.describe(frame);
    }

    /**
     * As pandas' {@code describe(include="all")}: all columns. There is a row for each of the eleven statistics, whatever
     * the columns hold, with null where one makes no sense; pandas leaves out those that make none for any column.
     */
    public static DataFrame describeAll(DataFrame frame) {
        Objects.requireNonNull(frame, "frame");
        return Describer.describeAll(frame);
    }

    // ---- CSV ----

    /**
     * Reads a CSV file in this JVM, on this thread: see {@link CsvOptions}.
     *
     * @throws IOException when it cannot be read, is empty, or has a line that does not fit: the message names file, line,
     *     and the column where one is at fault
     */
    public static DataFrame readCsv(Path path) throws IOException {
        return readCsv(path, CsvOptions.defaults());
    }

    /** As {@link #readCsv(Path)}, with options. */
    public static DataFrame readCsv(Path path, CsvOptions options) throws IOException {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(options, "options");
        return CsvFile.read(path, options);
    }

    /**
     * Reads one big CSV file in all workers of a pool, each of them parts of it: records that reach over many lines are
     * never cut. The result is that of {@link #readCsv(Path)}.
     *
     * @param path a file that the workers find under the same name
     * @throws IOException as of {@link #readCsv(Path)}
     */
    public static DataFrame readCsv(Pool pool, Path path) throws IOException {
        return readCsv(pool, path, CsvOptions.defaults());
    }

    /** As {@link #readCsv(Pool, Path)}, with options. */
    public static DataFrame readCsv(Pool pool, Path path, CsvOptions options) throws IOException {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(options, "options");
        return CsvFile.read(pool, path, options);
    }

    /**
     * Reads many CSV files, each of them in one of a pool's workers.
     *
     * @param paths files that the workers find under the same names
     * @return a frame for each, in the order of the paths; {@link #concat} makes one of them
     * @throws IOException of the first that cannot be read, as of {@link #readCsv(Path)}
     */
    public static List<DataFrame> readCsv(Pool pool, List<Path> paths) throws IOException {
        return readCsv(pool, paths, CsvOptions.defaults());
    }

    /** As {@link #readCsv(Pool, List)}, with options. */
    public static List<DataFrame> readCsv(Pool pool, List<Path> paths, CsvOptions options) throws IOException {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(paths, "paths");
        Objects.requireNonNull(options, "options");
        return pool.map(path -> CsvFile.read(path, options), paths.stream().map(Path::toAbsolutePath).toList(), 1);
    }

    // ---- how ----

    private static Split usual(Pool pool) {
        Objects.requireNonNull(pool, "pool");
        return Split.into(PARTS_PER_WORKER * pool.size());
    }

    private static void checkColumn(DataFrame frame, String column) {
        Index index = frame.getColumnsIndex();
        Labels.check(column, index::contains, List.of(index.toArray()), "frame");
    }

    private static List<DataFrame> parts(Pool pool, DataFrame frame, Split split, RemoteFunction<?, ?> function) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(frame, "frame");
        Objects.requireNonNull(split, "split");
        Objects.requireNonNull(function, "function");
        return split.withRows(frame);
    }

    /**
     * A part of a frame that knows where it stood.
     *
     * @param first the number of its first row
     */
    private record Rows(int first, DataFrame part) implements Serializable {}

    private static List<Rows> numbered(List<DataFrame> parts, Split split, int height) {
        return new AbstractList<>() {
            @Override
            public Rows get(int index) {
                return new Rows(split.start(height, index), parts.get(index));
            }

            @Override
            public int size() {
                return parts.size();
            }
        };
    }

    private static <R> List<R> run(Pool pool, List<DataFrame> parts,
            RemoteFunction<? super DataFrame, ? extends R> function) {
        List<R> results = pool.map(function, parts, 1);
        for (int i = 0; i < results.size(); i++) {
            checkGiven(results.get(i), "part=" + i + " of parts=" + results.size());
        }
        return results;
    }

    /** Says for what a function gave nothing. */
    static void checkGiven(@Nullable Object result, String where) {
        if (result == null) {
            throw new NullPointerException("The function gave null for " + where
                    + ": what is to be put together may be empty, but not null.");
        }
    }

    private static <R extends @Nullable Object> Series<?> ofRows(Rows rows,
            RemoteFunction<? super RowProxy, ? extends R> function) throws Exception {
        @Nullable
        Object[] results = new @Nullable Object[rows.part().height()];
        int i = 0;
        try {
            for (RowProxy row : rows.part()) {
                results[i] = function.apply(row);
                i++;
            }
        } catch (Throwable e) {
            tellWhere(e, "row=" + (rows.first() + i));
            throw e;
        }
        return Series.of(results);
    }

    private static <T extends @Nullable Object, R extends @Nullable Object> Series<?> ofValues(Rows rows,
            RemoteFunction<? super T, ? extends R> function) throws Exception {
        Series<T> values = rows.part().getColumn(0);
        @Nullable
        Object[] results = new @Nullable Object[values.size()];
        int i = 0;
        try {
            for (; i < results.length; i++) {
                results[i] = function.apply(values.get(i));
            }
        } catch (Throwable e) {
            tellWhere(e, "row=" + (rows.first() + i) + " value=" + Labels.shown(values.get(i)));
            throw e;
        }
        return Series.of(results);
    }

    /** Puts beside what a function threw where that was: it stays what the caller waits for. */
    static void tellWhere(Throwable thrown, String where) {
        thrown.addSuppressed(new IllegalStateException("The function failed at " + where + "."));
    }

    @SuppressWarnings("unchecked") // a series of primitives is one of their boxes
    private static <R extends @Nullable Object> Series<R> compacted(List<Series<?>> pieces) {
        Series<?> all = Concatenation.series(pieces);
        Class<?> type = null;
        for (Object value : all) {
            if (value == null || (type != null && !value.getClass().equals(type))) {
                return (Series<R>) all;
            }
            type = value.getClass();
        }
        Series<Object> objects = (Series<Object>) all;
        Series<?> compact = all;
        if (type == Integer.class) {
            compact = objects.mapAsInt(value -> (Integer) value);
        } else if (type == Long.class) {
            compact = objects.mapAsLong(value -> (Long) value);
        } else if (type == Float.class) {
            compact = objects.mapAsFloat(value -> (Float) value);
        } else if (type == Double.class) {
            compact = objects.mapAsDouble(value -> (Double) value);
        } else if (type == Boolean.class) {
            compact = objects.mapAsBool(value -> (Boolean) value);
        }
        return (Series<R>) compact;
    }
}
