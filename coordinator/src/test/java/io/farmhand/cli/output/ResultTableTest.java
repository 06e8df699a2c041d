package io.farmhand.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.cli.input.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTableTest {
    private static final String TABLE = "Seq,V1,Status,Result,Error\n1,a,ok,A,\n";

    @TempDir
    Path directory;

    private static Outcome outcome(long index) {
        return new Outcome(index, new Input.Item(index, "b", "b", ""), "B", null, 0, 1, Instant.EPOCH, Duration.ZERO);
    }

    @Test
    void leavesNoPartOfARunThatWasRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("out.csv"), TABLE);
        Path part = directory.resolve("out.csv.part");
        ResultTable refused = new ResultTable(file, TableFormat.CSV, 1, false, true);
        assertThat(refused.has(0)).isTrue();
        assertThat(part).exists();
        refused.close();
        assertThat(part).doesNotExist();

        ResultTable broken = new ResultTable(file, TableFormat.CSV, 1, false, true);
        broken.output().write(broken.row(outcome(1)));
        broken.close();
        assertThat(part).content().isEqualTo(TABLE + "2,b,ok,B,\n");

        ResultTable whole = new ResultTable(file, TableFormat.CSV, 1, false, true);
        whole.finish();
        whole.close();
        assertThat(file).content().isEqualTo(TABLE + "2,b,ok,B,\n");
        assertThat(part).doesNotExist();
    }

    @Test
    void refusesATableOfOtherRows() throws IOException {
        Path file = Files.writeString(directory.resolve("out.csv"), TABLE + "0,b,ok,B,\n");
        assertThatThrownBy(() -> new ResultTable(file, TableFormat.CSV, 1, false, true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no table of results of farm: a row has the number 0");
    }

    @Test
    void knowsATableByTheEndOfItsNameWhateverItsCase() {
        assertThat(TableFormat.of(Path.of("x.CSV"))).contains(TableFormat.CSV);
        assertThat(TableFormat.of(Path.of("x.JsonL"))).contains(TableFormat.JSON_LINES);
        assertThat(TableFormat.of(Path.of("csv"))).isEmpty();
    }
}
