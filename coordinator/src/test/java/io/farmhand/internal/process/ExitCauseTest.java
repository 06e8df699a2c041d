package io.farmhand.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCauseTest {
    @ParameterizedTest
    @CsvSource({"0,LEFT", "1,EXITED", "3,OUT_OF_MEMORY", "7,EXITED", "70,BROKEN", "71,BROKEN", "134,NATIVE_CRASH",
            "137,KILLED", "139,NATIVE_CRASH", "143,SIGNALLED", "255,EXITED"})
    void readsTheExitStatus(int status, ExitCause expected) {
        assertThat(ExitCause.of(status)).isEqualTo(expected);
    }
}
