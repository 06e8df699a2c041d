package io.farmhand.internal.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimeoutsTest {
    @Test
    void whatIsLongerThanNanosecondsCanSayIsForEver() {
        assertThat(Timeouts.nanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(Timeouts.nanos(Duration.ofDays(200_000))).isEqualTo(Long.MAX_VALUE);
        assertThat(Timeouts.nanos(Duration.ofDays(100_000))).isEqualTo(8_640_000_000_000_000_000L);
    }

    @Test
    void whatIsNegativeDoesNotWaitHoweverLongAgoItWas() {
        assertThat(Timeouts.nanos(Duration.ofSeconds(Long.MIN_VALUE))).isZero();
        assertThat(Timeouts.left(System.nanoTime(), Long.MIN_VALUE)).isNegative();
    }

    @Test
    void ofForEverNothingIsTaken() {
        assertThat(Timeouts.left(System.nanoTime() - 1_000_000_000, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }
}
