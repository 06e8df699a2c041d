package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerCountTest {
    @ParameterizedTest
    @CsvSource({"3, 3", "20, 20", "0, 8", "-1, 8", "-2, 7", "-8, 1", "-50, 1", "50%, 4", "1%, 1", "100%, 8",
            "200%, 16"})
    void readsNumbersAndSharesOfEightCores(String text, int workers) {
        assertThat(WorkerCount.parse(text, 8).count()).isEqualTo(workers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1.5", "%", "-50%", "12345678", "4 "})
    void refusesWhatIsNoNumberOfWorkers(String text) {
        assertThatThrownBy(() -> WorkerCount.parse(text, 8)).isInstanceOf(UsageException.class)
                .hasMessageContaining("'" + text + "' is not a number of workers");
    }

    @Test
    void refusesAShareOfNothing() {
        assertThatThrownBy(() -> WorkerCount.parse("0%", 8)).isInstanceOf(UsageException.class)
                .hasMessageContaining("'0%' is no worker at all");
    }
}
