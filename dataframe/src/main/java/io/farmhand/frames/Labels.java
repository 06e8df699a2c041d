package io.farmhand.frames;

import io.farmhand.internal.hint.NearestName;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What messages say of columns and values. */
final class Labels {
    private static final int MOST_SHOWN = 50;
    private static final int LONGEST_SHOWN = 64;

    private Labels() {}

    /**
     * Says which columns there are, and which is the nearest, when one is not.
     *
     * @param whose what they are of, in a word
     */
    static void check(String column, Predicate<String> isKnown, List<String> labels, String whose) {
        if (!isKnown.test(column)) {
            throw new IllegalArgumentException("No such column: column=" + column
                    + NearestName.of(column, labels.stream()).map(near -> "; did you mean " + near + "?").orElse(".")
                    + " The " + whose + " has columns="
                    + labels.size() + ": " + labels.subList(0, Math.min(labels.size(), MOST_SHOWN))
                    + (labels.size() > MOST_SHOWN ? " and others." : "."));
        }
    }

    /** A value as text, of which no more is given than can be read. Its own fault is none of the caller's. */
    static String shown(@Nullable Object value) {
        try {
            String text = String.valueOf(value);
            return text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
        } catch (RuntimeException e) {
            return "a value that has no text: " + e;
        }
    }
}
