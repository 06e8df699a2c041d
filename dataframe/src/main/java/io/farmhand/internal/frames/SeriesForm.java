package io.farmhand.internal.frames;

import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.nio.BufferUnderflowException;
import org.dflib.BooleanSeries;
import org.dflib.DoubleSeries;
import org.dflib.FloatSeries;
import org.dflib.IntSeries;
import org.dflib.LongSeries;
import org.dflib.Series;
import org.jspecify.annotations.Nullable;

/**
 * Travels in place of a {@link Series}, whatever its class: its values in one array.
 *
 * <p>Primitives and their boxes are an array of primitives; for boxes there is one bit more for each, set where it is null.
 * Texts are bytes (see {@link Texts}), other objects an array of these. Of a NaN no more is kept than that it is one.
 */
final class SeriesForm implements Serializable {
    private static final long serialVersionUID = 1;

    private final ColumnKind kind;
    private final int size;
    private final Object values;
    /** Null but for boxes. */
    private final byte @Nullable [] nulls;

    private SeriesForm(ColumnKind kind, int size, Object values, byte @Nullable [] nulls) {
        this.kind = kind;
        this.size = size;
        this.values = values;
        this.nulls = nulls;
    }

    static SeriesForm of(Series<?> series) {
        int size = series.size();
        return switch (series) {
            case BooleanSeries booleans -> new SeriesForm(ColumnKind.BOOLEANS, size, booleans.toBoolArray(), null);
            case IntSeries ints -> new SeriesForm(ColumnKind.INTS, size, ints.toIntArray(), null);
            case LongSeries longs -> new SeriesForm(ColumnKind.LONGS, size, longs.toLongArray(), null);
            case FloatSeries floats -> new SeriesForm(ColumnKind.FLOATS, size, floats.toFloatArray(), null);
            case DoubleSeries doubles -> new SeriesForm(ColumnKind.DOUBLES, size, doubles.toDoubleArray(), null);
            default -> ofObjects(series);
        };
    }

    private static SeriesForm ofObjects(Series<?> series) {
        @Nullable
        Object[] objects = new @Nullable Object[series.size()];
        if (objects.length > 0) { // an empty one of DFLib's refuses to copy nothing
            series.copyTo(objects, 0, 0, objects.length);
        }
        ColumnKind kind = ColumnKind.ofValues(objects);
        return switch (kind) {
            case OBJECTS -> new SeriesForm(kind, objects.length, objects, null);
            case TEXTS -> new SeriesForm(kind, objects.length, Texts.write(objects), null);
            default -> ofBoxes(kind, objects);
        };
    }

    private static SeriesForm ofBoxes(ColumnKind kind, @Nullable Object[] boxes) {
        Object values = Array.newInstance(switch (kind) {
            case BOOLEANS -> boolean.class;
            case INTS -> int.class;
            case LONGS -> long.class;
            case FLOATS -> float.class;
            default -> double.class;
        }, boxes.length);
        byte[] nulls = new byte[Math.ceilDiv(boxes.length, Byte.SIZE)];
        for (int i = 0; i < boxes.length; i++) {
            if (boxes[i] == null) {
                nulls[i / Byte.SIZE] |= (byte) (1 << (i % Byte.SIZE));
            } else {
                Array.set(values, i, boxes[i]);
            }
        }
        return new SeriesForm(kind, boxes.length, values, nulls);
    }

    /** Makes the series again. */
    private Object readResolve() throws ObjectStreamException {
        try {
            return switch (kind) {
                case TEXTS -> Series.of(Texts.read((byte[]) values, size));
                case OBJECTS -> Series.of((Object[]) values);
                default -> nulls == null ? primitives() : boxes(nulls);
            };
        } catch (BufferUnderflowException e) {
            InvalidObjectException failure = new InvalidObjectException("a column is cut short");
            failure.initCause(e);
            throw failure;
        }
    }

    private Series<?> primitives() {
        return switch (kind) {
            case BOOLEANS -> Series.ofBool((boolean[]) values);
            case INTS -> Series.ofInt((int[]) values);
            case LONGS -> Series.ofLong((long[]) values);
            case FLOATS -> Series.ofFloat((float[]) values);
            default -> Series.ofDouble((double[]) values);
        };
    }

    private Series<?> boxes(byte[] nulls) throws InvalidObjectException {
        int length = Array.getLength(values);
        if (nulls.length != Math.ceilDiv(length, Byte.SIZE)) {
            throw new InvalidObjectException("a column has not as many bits as values, values=" + length + " bytes="
                    + nulls.length);
        }
        @Nullable
        Object[] boxes = new @Nullable Object[length];
        for (int i = 0; i < length; i++) {
            boolean isNull = ((nulls[i / Byte.SIZE] >> (i % Byte.SIZE)) & 1) != 0;
            boxes[i] = isNull ? null : Array.get(values, i);
        }
        return Series.of(boxes);
    }
}
