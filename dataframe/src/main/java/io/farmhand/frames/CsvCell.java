package io.farmhand.frames;

import ch.randelshofer.fastdoubleparser.JavaDoubleParser;
import java.util.Locale;
import java.util.Set;

/** Looks at cells one by one, and says what each of them is, as pandas does. Owned by one column. */
final class CsvCell {
    private static final Set<String> TRUES = Set.of("True", "true", "TRUE");
    private static final Set<String> FALSES = Set.of("False", "false", "FALSE");
    /** A long has no more digits for sure up to here. */
    private static final int SAFE_DIGITS = 18;

    private final Set<String> missing;
    private final int longestMissing;
    private final boolean numbersMayBeMissing;
    private long whole;
    private double number;
    private boolean truth;

    /** @param missing the spellings of missing cells */
    CsvCell(Set<String> missing) {
        this.missing = missing;
        this.longestMissing = missing.stream().mapToInt(String::length).max().orElse(-1);
        this.numbersMayBeMissing = missing.stream().anyMatch(
                spelling -> !spelling.isEmpty() && isNumberish(spelling.toCharArray(), 0, spelling.length()));
    }

    /** The number, if it was a whole one that a long can hold. */
    long whole() {
        return whole;
    }

    /** The number, if it was another. */
    double number() {
        return number;
    }

    /** The value, if it was true or false. */
    boolean truth() {
        return truth;
    }

    boolean isMissing(String text) {
        return text.length() <= longestMissing && missing.contains(text);
    }

    /** What a cell is; its value can be asked for until the next is looked at. */
    FoundType look(char[] buffer, int offset, int length) {
        int from = offset;
        int to = offset + length;
        while (from < to && isBlank(buffer[from])) {
            from++;
        }
        while (to > from && isBlank(buffer[to - 1])) {
            to--;
        }
        boolean isNumberish = from < to && isNumberish(buffer, from, to);
        if (isNumberish && !(numbersMayBeMissing && isMissing(new String(buffer, offset, length)))) {
            if (isWhole(buffer, from, to)) {
                return FoundType.WHOLE;
            }
            try {
                number = JavaDoubleParser.parseDouble(buffer, from, to - from);
                return isDigits(buffer, from, to) ? FoundType.LARGE : FoundType.NUMBER;
            } catch (NumberFormatException e) {
                // such as "-" or "1.2.3": it may be another spelling
            }
        }
        return lookAtWord(new String(buffer, offset, length));
    }

    private FoundType lookAtWord(String word) {
        if (isMissing(word)) {
            return FoundType.MISSING;
        }
        switch (word.strip().toLowerCase(Locale.ROOT)) {
            case "inf", "+inf", "infinity", "+infinity" -> {
                number = Double.POSITIVE_INFINITY;
                return FoundType.NUMBER;
            }
            case "-inf", "-infinity" -> {
                number = Double.NEGATIVE_INFINITY;
                return FoundType.NUMBER;
            }
            default -> {
            }
        }
        truth = TRUES.contains(word);
        return truth || FALSES.contains(word) ? FoundType.BOOLEAN : FoundType.TEXT;
    }

    /** Leaves the number in {@link #whole}. */
    private boolean isWhole(char[] buffer, int from, int to) {
        int first = from;
        boolean negative = buffer[first] == '-';
        if (negative || buffer[first] == '+') {
            first++;
        }
        if (first == to) {
            return false;
        }
        long value = 0; // negative, for there is one more of those
        for (int i = first; i < to; i++) {
            int digit = buffer[i] - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            if (i - first >= SAFE_DIGITS && value < (Long.MIN_VALUE + digit) / 10) {
                return false;
            }
            value = value * 10 - digit;
        }
        if (!negative && value == Long.MIN_VALUE) {
            return false;
        }
        whole = negative ? value : -value;
        return true;
    }

    private static boolean isDigits(char[] buffer, int from, int to) {
        int first = buffer[from] == '-' || buffer[from] == '+' ? from + 1 : from;
        for (int i = first; i < to; i++) {
            if (buffer[i] < '0' || buffer[i] > '9') {
                return false;
            }
        }
        return true;
    }

    /** Java's grammar of numbers has more: a hexadecimal 0x1p3, and 1f or 1d for a type. To a CSV file these are words. */
    private static boolean isNumberish(char[] buffer, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = buffer[i];
            boolean part = (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
            if (!part) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
