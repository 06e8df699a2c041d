package io.farmhand.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The tutorial's data: 1,326 series of uniform random numbers over the business days of 2010 to 2026.
 *
 * <p>A series is named by a label of two letters, and its numbers come from that label alone, so its file is the same
 * whenever, wherever and on whichever thread it is written.
 */
public final class Series {
    /** After Python's {@code string.ascii_letters}. */
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private static final LocalDate FIRST_DAY = LocalDate.of(2010, 1, 1);
    private static final LocalDate LAST_DAY = LocalDate.of(2026, 11, 20);

    /** Monday to Friday, written as in the files; holidays are business days here, as in pandas' {@code freq="B"}. */
    private static final List<String> DAYS = FIRST_DAY.datesUntil(LAST_DAY.plusDays(1)).filter(
            day -> day.getDayOfWeek() != DayOfWeek.SATURDAY && day.getDayOfWeek() != DayOfWeek.SUNDAY).map(
                    LocalDate::toString)
            .toList();

    /** A day, a comma, a number and a line end: at most so many characters. */
    private static final int LINE_LENGTH = 36;

    private Series() {}

    /**
     * Every combination of two of the 52 letters: ab, ac, ... YZ, and not ba.
     *
     * <p>Some of them differ only by case, so their files want a file system that tells case apart.
     *
     * @return 1,326 labels, in the order of Python's {@code itertools.combinations}
     */
    public static List<String> labels() {
        List<String> labels = new ArrayList<>();
        for (int first = 0; first < LETTERS.length(); first++) {
            for (int second = first + 1; second < LETTERS.length(); second++) {
                labels.add("" + LETTERS.charAt(first) + LETTERS.charAt(second));
            }
        }
        return labels;
    }

    /**
     * The numbers of a series, seeded by its label.
     *
     * @param label any text, the same numbers for the same text
     * @return one number in [0, 1) for each business day
     */
    public static double[] values(String label) {
        return new SplittableRandom(label.hashCode()).doubles(DAYS.size()).toArray();
    }

    /**
     * Writes a series as a CSV file of a nameless column of days and a column {@code data}, about 130 kB.
     *
     * @param directory where; it must exist
     * @param label which
     * @return the file, {@code <label>.csv}
     * @throws IOException when it cannot be written
     */
    public static Path write(Path directory, String label) throws IOException {
        double[] values = values(label);
        StringBuilder lines = new StringBuilder(DAYS.size() * LINE_LENGTH).append(",data\n");
        for (int i = 0; i < values.length; i++) {
            lines.append(DAYS.get(i)).append(',').append(values[i]).append('\n');
        }
        return Files.writeString(directory.resolve(label + ".csv"), lines);
    }
}
