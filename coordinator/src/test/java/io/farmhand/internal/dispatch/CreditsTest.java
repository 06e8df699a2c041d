package io.farmhand.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CreditsTest {
    @ParameterizedTest(name = "{0} chunks held, {1} ns, plenty={2}: {3}")
    @CsvSource({
            "0,   0,         false, true", // an idle worker always
            "1,   3000000,   false, false", // few wait: let another worker have them
            "1,   3000000,   true,  true", // one runs, one is at hand
            "2,   6000000,   true,  false",
            "100, 100000,    false, true", // tiny ones: as many as fill the time
            "256, 100000,    true,  false", // but no more than there may be
            "30,  3000000,   true,  false",
            "1,   10000000,  false, false",
            "1,   10000000,  true,  true",
            "1,   200000000, true,  false", // a long one: a queue would only hold others back
    })
    void heldWorkCoversTheRoundTripAndNoMore(int chunks, double heldNanos, boolean plenty, boolean expected) {
        assertThat(Credits.suffice(chunks, heldNanos, plenty)).isEqualTo(expected);
    }

    @Test
    void behindAChunkOfUnknownLengthNoneIsHeld() {
        assertThat(Credits.suffice(1, Credits.expectedNanos(0), true)).isFalse();
    }
}
