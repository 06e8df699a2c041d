package io.farmhand.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

@Timeout(60)
class DemoTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void comparesBothRunsAndRemovesItsFiles() {
        assertThat(demo("--files", "7", "--jobs", "2")).as("%s%s", out, err).isZero();
        assertThat(out.toString()).contains("Writing 7 CSV files", "\nab.csv      4406 ", "\naf.csv ", "2 more",
                "serial ", "parallel ", "speed-up ", "workers: 2", "All four results are equal.")
                .doesNotContain("ag.csv");
        assertThat(directory()).doesNotExist();
    }

    @Test
    void keepsItsFilesWhenAskedTo() throws IOException {
        assertThat(demo("--files", "1", "--jobs", "1", "--keep")).as("%s%s", out, err).isZero();
        Path kept = directory();
        assertThat(out.toString()).contains("Kept the files in " + kept);
        assertThat(kept.resolve("ab.csv")).exists();
        Files.delete(kept.resolve("ab.csv"));
        Files.delete(kept);
    }

    @Test
    void aRemovedDirectoryTakesNoMoreFiles() throws IOException {
        ScratchDirectory directory = new ScratchDirectory("farmhand-test-", false);
        Path path = directory.path();
        Series.write(path, "ab");
        Files.createDirectory(path.resolve("more"));
        Series.write(path.resolve("more"), "ac");
        directory.close();
        assertThat(directory.isRemoved()).isTrue();
        assertThatThrownBy(() -> Series.write(path, "ad")).isInstanceOf(NoSuchFileException.class);
        try (Stream<Path> siblings = Files.list(path.getParent())) {
            assertThat(siblings).noneMatch(sibling -> sibling.toString().startsWith(path.toString()));
        }
    }

    @Test
    void refusesNumbersOutOfRange() {
        assertThat(demo("--files", "1327")).isEqualTo(2);
        assertThat(err.toString()).contains("--files=1327", "1 to 1326");
        assertThat(demo("--jobs", "-1")).isEqualTo(2);
        assertThat(demo("--cores", "2")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    private int demo(String... arguments) {
        return new CommandLine(new Demo()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(
                arguments);
    }

    private Path directory() {
        Matcher matcher = Pattern.compile("files to (\\S+) ").matcher(out.toString());
        assertThat(matcher.find()).isTrue();
        return Path.of(matcher.group(1));
    }
}
