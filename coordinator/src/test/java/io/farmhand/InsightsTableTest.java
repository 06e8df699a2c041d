package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.Insights.SlowItem;
import io.farmhand.internal.dispatch.FarmStatistics;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InsightsTableTest {
    private static Insights insights(double start, double init, double waiting, double serializing, double working) {
        return new Insights(start, init, waiting, serializing, working, 1000, 3, List.of(), Optional.empty());
    }

    @Test
    void isATableWithOneSentence() {
        Insights insights = new Insights(0.04, 0, 0.12, 0.01, 0.83, 1000, 3,
                List.of(new SlowItem(2, 17, 0, Duration.ofMillis(1210)), new SlowItem(2, 5, 1, Duration.ofMillis(9))),
                Optional.empty());
        assertThat(insights.table()).isEqualTo("""
                Where the workers' time went:
                  starting       4.0%  #
                  initializing   0.0%
                  waiting       12.0%  ####
                  serializing    1.0%
                  working       83.0%  #########################
                Items done: 1000, sent again: 3
                Slow: item 17 of call 2 took 1.21 s on worker 0
                Slow: item 5 of call 2 took 9.0 ms on worker 1
                The functions took 83% of the workers' time: they, or more cores, are what could make it faster.
                """);
    }

    @Test
    void blamesWhatTookMost() {
        assertThat(insights(0.6, 0.1, 0.1, 0.1, 0.1).diagnosis()).startsWith("Starting JVMs took 60%");
        assertThat(insights(0.1, 0.6, 0.1, 0.1, 0.1).diagnosis()).startsWith("The initializer took 60%");
        assertThat(insights(0.1, 0.1, 0.6, 0.1, 0.1).diagnosis()).startsWith("The workers waited for 60%");
        assertThat(insights(0.1, 0.1, 0.1, 0.6, 0.1).diagnosis()).startsWith("Serializing took 60%");
        assertThat(insights(0.1, 0.1, 0.3, 0.1, 0.4).diagnosis()).startsWith("The functions took 40%");
    }

    @Test
    void adviceComesFirst() {
        Insights insights = new Insights(0, 0, 0, 0.9, 0.1, 100, 0, List.of(), Optional.of("Send less."));
        assertThat(insights.diagnosis()).isEqualTo("Send less.");
    }

    @Test
    void saysSoWhenNothingWasDone() {
        assertThat(new Insights(0, 0, 0, 0, 0, 0, 0, List.of(), Optional.empty()).diagnosis())
                .isEqualTo("Nothing was done.");
    }

    @Test
    void aCallHasWhatWasAddedSinceItBegan() {
        FarmStatistics before = new FarmStatistics(1, 2, 3, 4, 50, 6, 7,
                List.of(new FarmStatistics.SlowItem(1, 0, 0, 9)));
        FarmStatistics after = new FarmStatistics(11, 12, 13, 14, 15, 16, 17,
                List.of(new FarmStatistics.SlowItem(1, 0, 0, 9), new FarmStatistics.SlowItem(2, 1, 0, 8)));
        assertThat(after.since(before, 2)).isEqualTo(new FarmStatistics(10, 10, 10, 10, 0, 10, 10,
                List.of(new FarmStatistics.SlowItem(2, 1, 0, 8))));
    }
}
