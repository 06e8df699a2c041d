package io.farmhand.internal.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ItemRandomTest {
    @Test
    void theNumbersOfAnItemNeverChangeFromOneReleaseToTheNext() {
        assertThat(first(3, 42, 0)).containsExactly(-7108620063390100493L, 8303042382312347024L, 3807263232597043160L);
        assertThat(first(3, 42, 1)).containsExactly(6168158941143839527L, -3019913106490840865L, -1367550982472023797L);
        assertThat(first(3, -1, 1_000_000_000_000L)).containsExactly(-921358202177779383L, -6084957916075296803L,
                3776385672025974988L);
        assertThat(ItemRandom.of(42, 7).nextDouble()).isEqualTo(0.6413240351681472);
    }

    @Test
    void neighboursShareNoNumbers() {
        Set<Long> seen = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            for (long index = 0; index < 100; index++) {
                ItemRandom.of(seed, index).longs(10).forEach(seen::add);
            }
        }
        assertThat(seen).hasSize(100 * 100 * 10);
    }

    @Test
    void eachBitOfTheFirstNumbersIsSetInHalfOfTheItems() {
        int items = 20_000;
        for (int bit = 0; bit < Long.SIZE; bit++) {
            int shift = bit;
            long set = LongStream.range(0, items).filter(index -> (ItemRandom.mix(1, index) >>> shift & 1) == 1)
                    .count();
            assertThat(set).as("bit %d", bit).isBetween(items / 2 - 400L, items / 2 + 400L);
        }
    }

    private static long[] first(int count, long seed, long index) {
        SplittableRandom random = ItemRandom.of(seed, index);
        return LongStream.generate(random::nextLong).limit(count).toArray();
    }
}
