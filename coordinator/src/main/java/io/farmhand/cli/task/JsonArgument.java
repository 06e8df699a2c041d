package io.farmhand.cli.task;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import java.util.List;
import java.util.Objects;

/** A line of JSON for one parameter: a record by the names of its components, a map, a list, or any class that Gson makes. */
public record JsonArgument() implements Arguments {
    private static final Gson GSON = new GsonBuilder().setStrictness(Strictness.STRICT)
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create();

    @Override
    public Object[] read(Object sent, List<Class<?>> types) {
        try {
            Object value = GSON.fromJson((String) sent, types.getFirst());
            return new Object[]{Objects.requireNonNull(value, "null")};
        } catch (JsonParseException | NullPointerException e) {
            throw new IllegalArgumentException(
                    "it is no JSON of a " + types.getFirst().getSimpleName() + ": " + words(e), e);
        }
    }

    /** What Gson says, without its pointer to a page about that. */
    private static String words(RuntimeException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return String.valueOf(cause.getMessage()).split("\nSee ", 2)[0];
    }
}
