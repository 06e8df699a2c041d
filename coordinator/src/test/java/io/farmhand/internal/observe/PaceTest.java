package io.farmhand.internal.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final Pace pace = new Pace(0);

    private void see(double seconds, long count) {
        pace.see((long) (seconds * TimeUnit.SECONDS.toNanos(1)), count);
    }

    @Test
    void isUnknownAtFirst() {
        assertThat(pace.perSecond()).isZero();
        see(1, 0);
        assertThat(pace.perSecond()).isZero();
    }

    @Test
    void isThatOfTheLastTwentySeconds() {
        for (int i = 1; i <= 100; i++) {
            see(i, 10L * i);
        }
        assertThat(pace.perSecond()).isCloseTo(10, within(0.01));
        for (int i = 101; i <= 125; i++) {
            see(i, 1000 + 2L * (i - 100));
        }
        assertThat(pace.perSecond()).isCloseTo(2, within(0.01));
        assertThat(pace.perSecondInAll()).isCloseTo(1050 / 125.0, within(0.01));
        assertThat(pace.elapsedNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(125));
    }

    @Test
    void isThatOfAllTheTimeWhereNothingCameLately() {
        see(10, 5);
        for (int i = 11; i <= 50; i++) {
            see(i, 5);
        }
        assertThat(pace.perSecond()).isCloseTo(0.1, within(0.001));
    }
}
