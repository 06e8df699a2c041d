package io.farmhand.cli.task;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Renders a result as the text that is printed: records, maps, collections and arrays as JSON, all else by its
 * {@code toString()}.
 *
 * <p>Runs in the worker. JSON stands in a class of its own, which plain results never load.
 */
final class ResultText {
    private ResultText() {}

    static String of(@Nullable Object result) {
        Object value = unwrap(result);
        return isStructure(value) ? JsonText.of(value) : String.valueOf(value);
    }

    static boolean isStructure(@Nullable Object value) {
        return value instanceof Record || value instanceof Map || value instanceof Collection
                || (value != null && value.getClass().isArray());
    }

    /** Gives what an optional holds, or null. */
    static @Nullable Object unwrap(@Nullable Object value) {
        return switch (value) {
            case Optional<?> optional -> unwrap(optional.orElse(null));
            case OptionalInt optional -> optional.isPresent() ? optional.getAsInt() : null;
            case OptionalLong optional -> optional.isPresent() ? optional.getAsLong() : null;
            case OptionalDouble optional -> optional.isPresent() ? optional.getAsDouble() : null;
            case null, default -> value;
        };
    }
}
