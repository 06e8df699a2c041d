package io.farmhand.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TutorialTest {
    @Test
    void aboveThresholdIsTheShareOfTheSeriesAboveIt() {
        assertThat(Tutorial.aboveThreshold("ab", 0.25)).isCloseTo(0.75, within(0.03));
        assertThat(Tutorial.aboveThreshold("ab", -1)).isEqualTo(1);
        assertThat(Tutorial.aboveThreshold("ab", 1)).isZero();
    }

    @Test
    void collatzCountsTheSteps() {
        assertThat(Tutorial.collatz(1)).isZero();
        assertThat(Tutorial.collatz(27)).isEqualTo(111);
    }

    @Test
    void showsEachCall() {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Tutorial.main(new String[0]);
        } finally {
            System.setOut(console);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).contains(
                "map            [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]",
                "map by fives   [0, 1, 7, 2, 5, 8, 16, 3, 19, 6]", "apply          3", "submit         524",
                "mapAsync       [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]", "imap           [0, 1, 7, 2, 5, 8, 16, 3, 19, 6]",
                "imapUnordered  [-10, -9, -8, -7, -6, -5, -4, -3, -2, -1]").anyMatch(
                        line -> line.startsWith("starMap        [0.7"));
    }
}
