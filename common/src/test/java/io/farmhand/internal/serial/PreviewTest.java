package io.farmhand.internal.serial;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PreviewTest {
    static final class Saboteur {
        private final String how;

        Saboteur(String how) {
            this.how = how;
        }

        @Override
        @SuppressWarnings("NullAway") // A saboteur.
        public String toString() {
            return switch (how) {
                case "throws" -> throw new IllegalStateException("no");
                case "null" -> null;
                case "deep" -> toString() + "x";
                default -> "line one\nline two" + "x".repeat(1_000_000);
            };
        }
    }

    private static void assertPreview(@Nullable Object value, String text) {
        assertThat(Preview.of(value)).isEqualTo(text).hasSizeLessThanOrEqualTo(80);
    }

    @Test
    void plainValuesAreShownAsOneWritesThem() {
        assertPreview(null, "null");
        assertPreview(42, "42");
        assertPreview("a\n\"b\"\u202e\u0000", "\"a\\n\"b\"\\u202e\\u0000\"");
        assertPreview('x', "'x'");
        assertPreview(new Pair(1, "b"), "1, \"b\"");
    }

    @Test
    void arraysAndCollectionsAreShownByTheirFirstElements() {
        assertPreview(new int[0], "int[0] {}");
        assertPreview(new int[]{1, 2}, "int[2] {1, 2}");
        assertPreview(new long[1_000_000], "long[1000000] {0, 0, 0, 0, 0, 0, …}");
        assertPreview(new String[]{"a", null}, "String[2] {\"a\", null}");
        assertPreview(new int[][]{{1}, {}}, "int[][2] {int[1] {1}, int[0] {}}");
        assertPreview(new ArrayList<>(Collections.nCopies(1_000_000, 7)), "ArrayList(1000000) [7, 7, 7, 7, 7, 7, …]");
        assertPreview(new ArrayList<>(List.of("a")), "ArrayList(1) [\"a\"]");
        assertPreview(Collections.singletonMap("k", 1), "SingletonMap(1) {\"k\"=1}");
    }

    @Test
    void aValueThatHoldsItselfIsShown() {
        Object[] array = new Object[1];
        array[0] = array;
        assertPreview(array, "Object[1] {Object[1] {Object[1] {…}}}");
        List<Object> list = new ArrayList<>();
        list.add(Map.of("self", list));
        assertThat(Preview.of(list)).hasSizeLessThanOrEqualTo(80).contains("…");
    }

    @Test
    void nothingThatToStringDoesGetsOut() {
        String name = Saboteur.class.getName();
        assertThat(Preview.of(new Saboteur("throws"))).startsWith(name).hasSizeLessThanOrEqualTo(80);
        assertThat(Preview.of(List.of(new Saboteur("deep")))).hasSizeLessThanOrEqualTo(80);
        assertThat(Preview.of(new Saboteur("deep"))).startsWith(name);
        assertThat(Preview.of(new Saboteur("null"))).startsWith(name);
        assertThat(Preview.of(new Saboteur("long"))).startsWith("line one\\nline two").hasSize(80).endsWith("…");
        assertThat(Preview.of("\ud83d\ude00".repeat(100))).hasSizeBetween(79, 80).endsWith("\ude00…");
    }
}
