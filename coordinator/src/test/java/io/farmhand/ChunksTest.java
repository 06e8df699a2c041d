package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunksTest {
    @Test
    void partsOfOneSizeAreFullButTheLast() {
        assertThat(Chunks.of(List.of(1, 2, 3, 4, 5), 2)).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5));
        assertThat(Chunks.of(List.of(1, 2), 2)).containsExactly(List.of(1, 2));
        assertThat(Chunks.of(List.of(1, 2), Integer.MAX_VALUE)).containsExactly(List.of(1, 2));
        assertThat(Chunks.of(List.of(), 3)).isEmpty();
        assertThat(Chunks.of(new int[]{1, 2, 3}, 2)).containsExactly(new int[]{1, 2}, new int[]{3});
        assertThat(Chunks.of(new String[]{"a", "b", "c"}, 2)).containsExactly(new String[]{"a", "b"},
                new String[]{"c"});
    }

    /** {@code [len(part) for part in numpy.array_split(range(n), count)]}. */
    @Test
    void aCountOfPartsHasTheSizesOfNumpy() {
        assertThat(sizes(10, 3)).containsExactly(4, 3, 3);
        assertThat(sizes(9, 3)).containsExactly(3, 3, 3);
        assertThat(sizes(8, 3)).containsExactly(3, 3, 2);
        assertThat(sizes(2, 4)).containsExactly(1, 1, 0, 0);
        assertThat(sizes(0, 2)).containsExactly(0, 0);
    }

    private static List<Integer> sizes(int length, int count) {
        List<int[]> parts = Chunks.split(IntStream.range(0, length).toArray(), count);
        assertThat(parts.stream().flatMapToInt(Arrays::stream).toArray())
                .isEqualTo(IntStream.range(0, length).toArray());
        return parts.stream().map(part -> part.length).toList();
    }

    @Test
    void partsAreCopies() {
        double[] numbers = {1, 2, 3};
        List<double[]> parts = Chunks.split(numbers, 2);
        parts.getFirst()[0] = 7;
        assertThat(numbers).containsExactly(1, 2, 3);
        List<List<Integer>> lists = Chunks.split(Arrays.asList(1, null, 3), 2);
        assertThat(lists).containsExactly(Arrays.asList(1, null), List.of(3));
    }

    @Test
    void refusesNoParts() {
        assertThatThrownBy(() -> Chunks.of(List.of(1), 0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("size=0");
        assertThatThrownBy(() -> Chunks.split(new long[1], -1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("count=-1");
    }
}
