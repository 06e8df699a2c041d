package io.farmhand.internal.hint;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the name that was probably meant.
 *
 * <p>By the optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours, regardless
 * of case.
 */
public final class NearestName {
    private NearestName() {}

    /**
     * Gives the nearest of some names, if any is near enough to be a slip of the pen: at most a third of the letters.
     *
     * @param wanted the name as given
     * @param names those that exist
     */
    public static Optional<String> of(String wanted, Stream<String> names) {
        int limit = Math.max(1, wanted.length() / 3);
        String[] best = new String[1];
        int[] least = {limit + 1};
        names.filter(name -> Math.abs(name.length() - wanted.length()) <= limit).forEach(name -> {
            int distance = distance(wanted, name);
            if (distance < least[0]) {
                least[0] = distance;
                best[0] = name;
            }
        });
        return Optional.ofNullable(best[0]);
    }

    static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int least = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    least = Math.min(least, beforeLast[j - 2] + 1);
                }
                row[j] = least;
            }
        }
        return row[b.length()];
    }
}
