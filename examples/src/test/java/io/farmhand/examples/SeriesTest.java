package io.farmhand.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeriesTest {
    @TempDir
    Path directory;

    @Test
    void thereIsALabelForEachCombinationOfTwoLetters() {
        assertThat(Series.labels()).hasSize(1326).doesNotHaveDuplicates().startsWith("ab", "ac").endsWith("XZ", "YZ")
                .contains("aB", "aA").doesNotContain("ba", "aa", "Aa");
    }

    @Test
    void aFileHasALineForEachBusinessDay() throws IOException {
        Path file = Series.write(directory, "ab");
        assertThat(file).hasFileName("ab.csv");
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(1 + Series.values("ab").length);
        assertThat(lines.getFirst()).isEqualTo(",data");
        assertThat(lines.get(1)).startsWith("2010-01-01,");
        assertThat(lines.get(2)).startsWith("2010-01-04,");
        assertThat(lines.getLast()).startsWith("2026-11-20,");
        assertThat(lines.stream().skip(1)).allMatch(line -> line.matches("20\\d\\d-\\d\\d-\\d\\d,[-.0-9E]+"));
    }

    @Test
    void theNumbersComeFromTheLabelAlone() throws IOException {
        byte[] first = Files.readAllBytes(Series.write(directory, "xY"));
        Path other = Series.write(directory, "xZ");
        assertThat(Files.readAllBytes(Series.write(directory, "xY"))).isEqualTo(first);
        assertThat(Files.readAllBytes(other)).isNotEqualTo(first);
        assertThat(Series.values("xY")).isEqualTo(Series.values("xY")).doesNotHaveDuplicates();
    }

    @Test
    void describingAFileGivesTheCountOfItsNumbersAndTheirMean() throws IOException {
        Summary.Column data = Describe.file(Series.write(directory, "ab")).column("data");
        assertThat(data.count()).isEqualTo(4406);
        assertThat(data.mean()).isBetween(0.48, 0.52);
        assertThat(data.min()).isBetween(0.0, 0.01);
        assertThat(data.max()).isBetween(0.99, 1.0);
    }
}
