package io.farmhand.internal.records;

import java.util.List;
import java.util.random.RandomGenerator;

/** Text that is hard to cut into records. */
final class RandomText {
    private static final List<String> ENDS = List.of("\n", "\r\n", "\r");
    private static final List<String> SOUP = List.of("\"", "\"", "\"\"", ",", ",", "\n", "\r\n", "\r", "a", "bc", "é",
            "\u2603", "\ud83d\ude00", " ", ";", "\u0a0d", "\u2c22");

    private final RandomGenerator random;
    /** Whether characters may stand there that Latin-1 has not. */
    private final boolean wide;

    RandomText(RandomGenerator random, boolean wide) {
        this.random = random;
        this.wide = wide;
    }

    /** Anything, quotes in odd places and missing ones among it. */
    String soup(int pieces) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < pieces; i++) {
            text.append(piece());
        }
        return text.toString();
    }

    /** Records that a strict reader takes. */
    String csv(int records) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < records; i++) {
            int fields = random.nextInt(4);
            for (int field = 0; field <= fields; field++) {
                text.append(field == 0 ? "" : ",").append(random.nextInt(3) == 0 ? quoted() : unquoted());
            }
            text.append(i == records - 1 && random.nextBoolean() ? "" : ENDS.get(random.nextInt(ENDS.size())));
        }
        return text.toString();
    }

    private String quoted() {
        return "\"" + soup(random.nextInt(6)).replace("\"", "\"\"") + "\"";
    }

    private String unquoted() {
        String text = soup(random.nextInt(4)).replaceAll("[,\r\n]", "x");
        return text.startsWith("\"") ? "y" + text : text;
    }

    private String piece() {
        String piece = SOUP.get(random.nextInt(SOUP.size()));
        return !wide && piece.chars().anyMatch(c -> c > 0xFF) ? "z" : piece;
    }
}
