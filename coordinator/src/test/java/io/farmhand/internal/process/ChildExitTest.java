package io.farmhand.internal.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChildExitTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "128, 128", "129, -1", "137, -9", "143, -15", "192, -64", "193, 193", "255, 255"})
    void readsAStatusAsPythonDoes(int status, int code) {
        assertThat(ChildExit.code(status, Optional.empty())).isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"1, -11", "134, -11", "0, 0", "137, -9"})
    void believesTheReportOfACrashWhereTheStatusCanBeOne(int status, int code) {
        assertThat(ChildExit.code(status, Optional.of(new CrashReport(Path.of("report"), 11)))).isEqualTo(code);
    }

    @Test
    void findsNoReportOfAJvmThatDidNotCrash() {
        assertThat(CrashReport.of(ProcessHandle.current().pid(), System.currentTimeMillis())).isEmpty();
    }
}
