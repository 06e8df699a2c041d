package io.farmhand.internal.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptiveChunkSizerTest {
    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    /** A sizer whose chunks have that many items now. */
    private static AdaptiveChunkSizer ofSize(int size) {
        AdaptiveChunkSizer sizer = new AdaptiveChunkSizer();
        int now = sizer.next();
        while (now < size) {
            sizer.completed(now, nanos(Math.max(1e-9, 0.2 * now / size * 0.99)));
            now = sizer.next();
        }
        assertThat(now).isEqualTo(size);
        return sizer;
    }

    /** joblib's {@code compute_batch_size} for the same numbers. */
    @ParameterizedTest
    @CsvSource({"1, 0.001, 2", // far too fast: doubles, and no more
            "1, 0.15, 2", // twice the ideal of int(1.33) is 2
            "1, 0.199, 2", // int(1.005) is 1, twice 1 is 2
            "1, 0.2, 1", // the bound itself is well
            "1, 1, 1", "1, 2, 1", // the other bound is well, too
            "1, 60, 1", // a single item is never too slow
            "2, 60, 1", // int(0.0067) is 0: at least 1
            "4, 0.19, 8", "4, 2, 4", "4, 2.1, 1", "16, 2.5, 2", // int(1.28) is 1, twice is 2
            "64, 2.5, 10", // int(5.12) is 5, twice is 10
            "64, 1.9, 64"})
    void choosesJoblibsSize(int size, double seconds, int next) {
        AdaptiveChunkSizer sizer = ofSize(size);
        sizer.completed(size, nanos(seconds));
        assertThat(sizer.next()).isEqualTo(next);
    }

    @Test
    void staysAtOneWhileNothingIsKnown() {
        AdaptiveChunkSizer sizer = new AdaptiveChunkSizer();
        assertThat(sizer.next()).isEqualTo(1);
        assertThat(sizer.next()).isEqualTo(1);
    }

    @Test
    void onlyChunksOfTheSizeOfTodayCount() {
        AdaptiveChunkSizer sizer = ofSize(4);
        sizer.completed(2, nanos(0.01));
        sizer.completed(1, nanos(0.01));
        assertThat(sizer.next()).isEqualTo(4);
    }

    @Test
    void forgetsTheEstimateWhenTheSizeChanges() {
        AdaptiveChunkSizer sizer = new AdaptiveChunkSizer();
        sizer.completed(1, nanos(0.01));
        assertThat(sizer.next()).isEqualTo(2);
        assertThat(sizer.next()).isEqualTo(2);
        sizer.completed(2, nanos(1));
        assertThat(sizer.next()).isEqualTo(2);
    }

    @Test
    void smoothsByFourFifthsOfTheOld() {
        AdaptiveChunkSizer sizer = ofSize(4);
        sizer.completed(4, nanos(1));
        sizer.completed(4, nanos(6)); // 0.8 * 1 + 0.2 * 6 = 2
        assertThat(sizer.next()).isEqualTo(4);
        sizer.completed(4, nanos(2.1)); // 2.02
        assertThat(sizer.next()).isEqualTo(1);
    }

    @Test
    void neverOverflows() {
        AdaptiveChunkSizer sizer = new AdaptiveChunkSizer();
        for (int i = 0; i < 80; i++) {
            sizer.completed(sizer.next(), 1);
        }
        assertThat(sizer.next()).isPositive();
    }
}
