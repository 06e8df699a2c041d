package io.farmhand.internal.frames;

import org.dflib.BooleanSeries;
import org.dflib.DoubleSeries;
import org.dflib.FloatSeries;
import org.dflib.IntSeries;
import org.dflib.LongSeries;
import org.dflib.Series;
import org.jspecify.annotations.Nullable;

/** What the values of a column are. */
public enum ColumnKind {
    /** {@code boolean}s, or their boxes and nulls. */
    BOOLEANS,
    /** {@code int}s, or their boxes and nulls. */
    INTS,
    /** {@code long}s, or their boxes and nulls. */
    LONGS,
    /** {@code float}s, or their boxes and nulls. */
    FLOATS,
    /** {@code double}s, or their boxes and nulls. */
    DOUBLES,
    /** Strings and nulls. */
    TEXTS,
    /** Anything else. */
    OBJECTS;

    /** The kind of a series by its class: of primitives, or else {@link #OBJECTS}. */
    public static ColumnKind ofClass(Series<?> series) {
        return switch (series) {
            case BooleanSeries _ -> BOOLEANS;
            case IntSeries _ -> INTS;
            case LongSeries _ -> LONGS;
            case FloatSeries _ -> FLOATS;
            case DoubleSeries _ -> DOUBLES;
            default -> OBJECTS;
        };
    }

    /** The kind of objects, of which each is null or of one class; {@link #OBJECTS} where they are not. */
    static ColumnKind ofValues(@Nullable Object[] values) {
        Class<?> type = null;
        for (Object value : values) {
            if (value != null && type == null) {
                type = value.getClass();
            } else if (value != null && !value.getClass().equals(type)) {
                return OBJECTS;
            }
        }
        if (type == null || type == String.class) {
            return TEXTS;
        } else if (type == Boolean.class) {
            return BOOLEANS;
        } else if (type == Integer.class) {
            return INTS;
        } else if (type == Long.class) {
            return LONGS;
        } else if (type == Float.class) {
            return FLOATS;
        } else if (type == Double.class) {
            return DOUBLES;
        }
        return OBJECTS;
    }
}
