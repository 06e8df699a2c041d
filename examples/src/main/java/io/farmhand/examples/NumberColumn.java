package io.farmhand.examples;

import ch.randelshofer.fastdoubleparser.JavaDoubleParser;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;

/** The numbers of one column of a CSV file, for as long as no cell of it is a word. Owned by one reader. */
final class NumberColumn {
    /** After pandas' {@code STR_NA_VALUES}, the default of {@code read_csv}; the empty cell, one of them, is seen before. */
    private static final Set<String> MISSING = Set.of("#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan",
            "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null");

    private static final int FIRST_CAPACITY = 1024;

    private double[] values = new double[FIRST_CAPACITY];
    private int size;
    private boolean numeric = true;

    /** Takes the next cell: a number is kept, a missing one is skipped, a word ends it. */
    void add(char[] buffer, int offset, int length) {
        if (!numeric || length == 0) {
            return;
        }
        if (!addNumber(buffer, offset, length) && !addOther(new String(buffer, offset, length))) {
            numeric = false;
            values = new double[0];
            size = 0;
        }
    }

    boolean isNumeric() {
        return numeric;
    }

    /** A copy of the numbers, in the order of the file. */
    double[] toArray() {
        return Arrays.copyOf(values, size);
    }

    /** The common case, and all that pandas reads as a number: blanks may stand around it. */
    private boolean addNumber(char[] buffer, int offset, int length) {
        int last = offset + length - 1;
        while (last > offset && isBlank(buffer[last])) {
            last--;
        }
        // Java's grammar has more: a hexadecimal 0x1p3, and 1f or 1d for a type. To a CSV file these are words.
        if (!isDigit(buffer[last]) && buffer[last] != '.') {
            return false;
        }
        for (int i = offset; i <= last; i++) {
            if (buffer[i] == 'x' || buffer[i] == 'X') {
                return false;
            }
        }
        try {
            append(JavaDoubleParser.parseDouble(buffer, offset, last - offset + 1));
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private boolean addOther(String cell) {
        if (MISSING.contains(cell)) {
            return true;
        }
        switch (cell.strip().toLowerCase(Locale.ROOT)) {
            case "inf", "+inf", "infinity", "+infinity" -> append(Double.POSITIVE_INFINITY);
            case "-inf", "-infinity" -> append(Double.NEGATIVE_INFINITY);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void append(double value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
