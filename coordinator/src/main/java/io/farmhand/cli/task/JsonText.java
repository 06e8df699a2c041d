package io.farmhand.cli.task;

import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Renders records, maps, collections and arrays as one line of JSON.
 *
 * <p>Records by their components, in order; NaN and the infinities as null, which JSON has no word for; optionals by
 * what they hold; everything else as the string that it is.
 */
final class JsonText {
    /** Deeper than any sensible result, and well before the stack overflows in one that holds itself. */
    private static final int MAX_DEPTH = 200;

    private static final ClassValue<Method[]> ACCESSORS = new ClassValue<>() {
        @Override
        protected Method[] computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getAccessor)
                    .peek(accessor -> accessor.setAccessible(true)).toArray(Method[]::new);
        }
    };

    private final JsonWriter writer;
    private int depth;

    private JsonText(JsonWriter writer) {
        this.writer = writer;
    }

    static String of(@Nullable Object value) {
        StringWriter text = new StringWriter();
        JsonWriter writer = new JsonWriter(text);
        writer.setSerializeNulls(true);
        writer.setHtmlSafe(false);
        try {
            new JsonText(writer).write(value);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    private void write(@Nullable Object given) throws IOException {
        Object value = ResultText.unwrap(given);
        if (++depth > MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "the result is nested deeper than " + MAX_DEPTH + " levels; does it hold itself?");
        }
        switch (value) {
            case null -> writer.nullValue();
            case Record rec -> writeRecord(rec);
            case Map<?, ?> map -> writeMap(map);
            case Collection<?> collection -> writeCollection(collection);
            case Boolean flag -> writer.value(flag);
            case Number number when isOfJdk(number) -> writeNumber(number);
            case Object array when array.getClass().isArray() -> writeArray(array);
            default -> writer.value(value.toString());
        }
        depth--;
    }

    private void writeRecord(Record rec) throws IOException {
        writer.beginObject();
        for (Method accessor : ACCESSORS.get(rec.getClass())) {
            writer.name(accessor.getName());
            write(component(rec, accessor));
        }
        writer.endObject();
    }

    private static @Nullable Object component(Record rec, Method accessor) {
        try {
            return accessor.invoke(rec);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException thrown ? thrown : new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private void writeMap(Map<?, ?> map) throws IOException {
        writer.beginObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            writer.name(String.valueOf(entry.getKey()));
            write(entry.getValue());
        }
        writer.endObject();
    }

    private void writeCollection(Collection<?> collection) throws IOException {
        writer.beginArray();
        for (Object element : collection) {
            write(element);
        }
        writer.endArray();
    }

    private void writeArray(Object array) throws IOException {
        writer.beginArray();
        for (int i = 0; i < Array.getLength(array); i++) {
            write(Array.get(array, i));
        }
        writer.endArray();
    }

    /** Whether the text of a number is known to be one in JSON; a fraction's {@code 1/2} would not be. */
    private static boolean isOfJdk(Number number) {
        return number.getClass().getName().startsWith("java.");
    }

    private void writeNumber(Number number) throws IOException {
        if (Double.isFinite(number.doubleValue()) || number instanceof BigDecimal
                || number instanceof BigInteger) {
            writer.value(number);
        } else {
            writer.nullValue();
        }
    }
}
