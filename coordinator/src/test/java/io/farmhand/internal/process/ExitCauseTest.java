package io.farmhand.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCauseTest {
    @ParameterizedTest
    @CsvSource({"0,LEFT", "1,EXITED", "3,EXITED", "7,EXITED", "70,BROKEN", "71,BROKEN", "134,NATIVE_CRASH",
            "137,KILLED", "139,NATIVE_CRASH", "143,SIGNALLED", "255,EXITED"})
    void readsTheExitStatus(int status, ExitCause expected) {
        assertThat(ExitCause.of(status, "some line", false)).isEqualTo(expected);
    }

    @Test
    void takesStatus3ForAnExhaustedHeapOnlyWhereTheJvmSaysSo() {
        String said = "Terminating due to java.lang.OutOfMemoryError: Java heap space";
        assertThat(ExitCause.of(3, said, false)).isEqualTo(ExitCause.OUT_OF_MEMORY);
        assertThat(ExitCause.of(7, said, false)).isEqualTo(ExitCause.EXITED);
    }

    @Test
    void accusesNoTaskOfTheEndOfAWorkerThatHadNone() {
        assertThat(ExitCause.of(1, "", true)).isEqualTo(ExitCause.EXITED_IDLE);
        assertThat(ExitCause.of(137, "", true)).isEqualTo(ExitCause.KILLED);
    }

    private static WorkerExit exit(ExitCause cause) {
        return new WorkerExit(1, cause == ExitCause.KILLED ? 137 : 134, Begun.NONE, cause.hint(),
                "It printed nothing.");
    }

    @Test
    void whatWeKilledIsNotLaidToTheSystem() {
        assertThat(exit(ExitCause.KILLED).killedByUs("it was late").diagnosis())
                .isEqualTo("exitCode=137. The pool killed it: it was late. It printed nothing.");
    }

    @Test
    void whatEndedOtherwiseBeforeWeCouldKillItIsToldAsItWas() {
        WorkerExit crash = exit(ExitCause.NATIVE_CRASH);
        assertThat(crash.killedByUs("it was late")).isEqualTo(crash);
    }
}
