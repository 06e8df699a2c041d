package io.farmhand.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.observe.ProgressText.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTextTest {
    private static State state(long total, long done, double perSecond, Duration elapsed) {
        return new State(total, done, 3, 2, elapsed.toNanos(), perSecond, false);
    }

    @Test
    void drawsABar() {
        assertThat(ProgressText.bar(state(1000, 420, 35.2, Duration.ofSeconds(12)))).isEqualTo(
                " 42% [#########             ] 420/1000 | 35.2/s | 0:17 left | 2 busy | 3 failed");
        assertThat(ProgressText.bar(state(1000, 0, 0, Duration.ZERO))).isEqualTo(
                "  0% [                              ] 0/1000 | 0:00 | 2 busy | 3 failed");
        assertThat(ProgressText.bar(state(4, 4, 2, Duration.ofSeconds(2)))).contains("100% [####").contains("4/4")
                .contains("0:00 left");
    }

    @Test
    void countsWhereTheTotalIsNotKnown() {
        assertThat(ProgressText.bar(state(-1, 420, 35.2, Duration.ofSeconds(75)))).isEqualTo(
                "420 done | 35.2/s | 1:15 | 2 busy | 3 failed");
        assertThat(ProgressText.line(state(-1, 420, 35.2, Duration.ofSeconds(75)))).isEqualTo(
                "Done 420 | 35.2/s | 1:15 | 2 busy | 3 failed");
    }

    @Test
    void writesALineForALog() {
        assertThat(ProgressText.line(state(1000, 420, 35.2, Duration.ofSeconds(12)))).isEqualTo(
                "Done 420 of 1000 (42%) | 35.2/s | 0:17 left | 2 busy | 3 failed");
    }

    @Test
    void tellsAtTheEndHowLongItTook() {
        assertThat(ProgressText.line(new State(10, 10, 0, -1, Duration.ofMinutes(61).toNanos(), 0.01, true)))
                .isEqualTo("Done 10 of 10 (100%) | 100.0 s each | took 1:01:00 | 0 failed");
        assertThat(ProgressText.bar(new State(0, 0, 0, -1, 0, 0, true))).startsWith("100% [####")
                .endsWith("] 0/0 | took 0:00 | 0 failed");
    }

    @ParameterizedTest
    @CsvSource({"0.25, 4.0 s each", "9.96, 10.0/s", "123.4, 123/s", "1234, 1.2k/s", "2500000, 2.5M/s"})
    void ratesAreShort(double perSecond, String text) {
        assertThat(ProgressText.line(state(-1, 1, perSecond, Duration.ZERO))).contains("| " + text + " |");
    }

    @Test
    void longTimesAreDays() {
        assertThat(ProgressText.line(state(1_000_000, 1, 1, Duration.ZERO))).contains("| 11 d 13 h left |");
        assertThat(ProgressText.line(state(Long.MAX_VALUE, 1, 1e-3, Duration.ZERO))).contains("| 999 d 0 h left |");
    }

    @Test
    void fitsAnyTerminal() {
        assertThat(ProgressText.bar(state(9_999_999_999L, 8_888_888_888L, 123_456, Duration.ofDays(3))))
                .hasSizeLessThanOrEqualTo(79);
    }

    @Test
    void moreThanTheTotalIsAllOfIt() {
        assertThat(ProgressText.bar(state(10, 12, 1, Duration.ZERO))).startsWith("100% [").contains("12/10");
    }
}
