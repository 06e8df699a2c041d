package io.farmhand.frames;

import io.farmhand.Pool;
import io.farmhand.task.RemoteFunction;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dflib.DataFrame;
import org.dflib.IntSeries;
import org.dflib.Series;
import org.dflib.builder.IntAccum;
import org.jspecify.annotations.Nullable;

/** The rows of a frame in groups: what {@link Frames#groupBy} makes. Each group is sent to a worker as a whole. */
public final class FrameGroups {
    private final DataFrame frame;
    private final String[] columns;
    /** What each group's rows have in the columns. */
    private final List<Object> keys;
    /** The numbers of each group's rows. */
    private final List<IntSeries> rows;

    FrameGroups(DataFrame frame, String... columns) {
        if (columns.length == 0) {
            throw new IllegalArgumentException("There is no column to group by. The frame has "
                    + List.of(frame.getColumnsIndex().toArray()) + ".");
        }
        this.frame = frame;
        this.columns = columns.clone();
        Series<?>[] values = columns(frame, columns);
        Map<Object, IntAccum> groups = new LinkedHashMap<>();
        for (int i = 0; i < frame.height(); i++) {
            Object key = key(values, i);
            if (key != null) {
                groups.computeIfAbsent(key, _ -> new IntAccum()).pushInt(i);
            }
        }
        this.keys = new ArrayList<>(groups.keySet());
        this.rows = groups.values().stream().map(IntAccum::toSeries).toList();
    }

    private static Series<?>[] columns(DataFrame frame, String[] labels) {
        Series<?>[] columns = new Series<?>[labels.length];
        for (int i = 0; i < labels.length; i++) {
            columns[i] = frame.getColumn(labels[i]);
        }
        return columns;
    }

    /** What a row has in the columns, a list where they are several; null where one of them has nothing. */
    private static @Nullable Object key(Series<?>[] columns, int row) {
        if (columns.length == 1) {
            return part(columns[0].get(row));
        }
        List<Object> values = new ArrayList<>(columns.length);
        for (Series<?> column : columns) {
            Object value = part(column.get(row));
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return values;
    }

    /** A value as part of a key: NaN is none, and -0.0 is 0.0. */
    private static @Nullable Object part(@Nullable Object value) {
        return switch (value) {
            case Double number -> number.isNaN() ? null : Double.valueOf(number + 0.0);
            case Float number -> number.isNaN() ? null : Float.valueOf(number + 0.0f);
            case null, default -> value;
        };
    }

    /** How many groups there are. */
    public int size() {
        return keys.size();
    }

    /**
     * Maps a function over the groups and puts the results one below the other, as {@link Frames#concat} does. What the
     * function throws comes out with a suppressed exception that names the group.
     *
     * @param function runs in the workers, on the rows of one group at a time, with all columns
     */
    public DataFrame apply(Pool pool, RemoteFunction<? super DataFrame, ? extends DataFrame> function) {
        List<DataFrame> results = map(pool, function);
        if (keys.isEmpty()) {
            return DataFrame.empty(frame.getColumnsIndex());
        }
        for (int i = 0; i < results.size(); i++) {
            Frames.checkGiven(results.get(i), "group=" + Labels.shown(keys.get(i)));
        }
        return Concatenation.frames(results);
    }

    /**
     * Maps a function over the groups. What the function throws comes out with a suppressed exception that names the group.
     *
     * @param function runs in the workers, on the rows of one group at a time, with all columns
     * @return its results by what the rows have in the column, or, of several columns, by the list of that; in the order in
     *     which the groups first come
     */
    public <R extends @Nullable Object> Map<Object, R> applyToMap(Pool pool,
            RemoteFunction<? super DataFrame, ? extends R> function) {
        List<R> results = map(pool, function);
        Map<Object, R> byKey = new LinkedHashMap<>();
        for (int i = 0; i < results.size(); i++) {
            byKey.put(keys.get(i), results.get(i));
        }
        return byKey;
    }

    private <R extends @Nullable Object> List<R> map(Pool pool,
            RemoteFunction<? super DataFrame, ? extends R> function) {
        Objects.requireNonNull(pool, "pool");
        Objects.requireNonNull(function, "function");
        String[] labels = columns;
        return pool.map(group -> ofGroup(group, labels, function), parts());
    }

    private static <R extends @Nullable Object> R ofGroup(DataFrame group, String[] columns,
            RemoteFunction<? super DataFrame, ? extends R> function) throws Exception {
        try {
            return function.apply(group);
        } catch (Throwable e) {
            Frames.tellWhere(e, "group=" + Labels.shown(key(columns(group, columns), 0)));
            throw e;
        }
    }

    /** The groups, made when they are asked for: the pool never holds more than it sends. */
    private List<DataFrame> parts() {
        return new AbstractList<>() {
            @Override
            public DataFrame get(int index) {
                return frame.rows(rows.get(index)).select();
            }

            @Override
            public int size() {
                return keys.size();
            }
        };
    }
}
