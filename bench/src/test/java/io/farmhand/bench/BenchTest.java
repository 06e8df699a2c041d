package io.farmhand.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BenchTest {
    private static final Case AUTO = Case.chosen(List.of("auto")).getFirst();

    @TempDir
    Path directory;

    private static Measured measured(String setting, double... figures) {
        Measured measured = new Measured(setting);
        for (double figure : figures) {
            measured.add(Side.FARMHAND, new Outcome(figure, 0, "same"));
        }
        return measured;
    }

    private String written(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    @Test
    void aQuickRunMeasuresEachSideAndFindsTheirResultsEqual() throws IOException {
        int status = Bench.run("--quick", "--rounds", "1", "--out", directory.toString(), "auto", "lock",
                "scale-1x10000");
        assertThat(status).isZero();
        assertThat(written("README.md")).contains("QUICK", "| `auto` |", "| parallel stream |", "| `lock` |",
                "`scale`").doesNotContain("failed");
        assertThat(written("auto.json")).contains("\"farmhand\"", "\"streams\"");
        assertThat(written("sync.json")).contains("\"lock\"");
        assertThat(written("auto.svg")).contains("<svg", "</svg>");
        assertThat(written("scale-cpu.svg")).contains("<svg");
        assertThat(written("scale-memory.svg")).contains("<svg");
    }

    @Test
    void aSideThatFailsCostsTheStatusAndNotTheOthersFigures() throws IOException {
        Path broken = Files.writeString(directory.resolve("python"), """
                #!/bin/sh
                [ "$1" = -c ] && echo 3.0 && exit 0
                echo broken on purpose >&2
                exit 3
                """);
        assertThat(broken.toFile().setExecutable(true)).isTrue();
        int status = Bench.run("--quick", "--rounds", "2", "--python", broken.toString(), "--out",
                directory.toString(), "lock");
        assertThat(status).isEqualTo(1);
        assertThat(written("sync.json")).contains("exitCode=3", "\"farmhand\"");
        assertThat(written("README.md")).containsPattern("multiprocessing, fork \\| failed");
    }

    @Test
    void anotherResultIsAFailure() {
        Measured measured = measured("", 1);
        assertThatThrownBy(() -> measured.add(Side.FORK, new Outcome(1, 0, "other"))).isInstanceOf(
                IllegalStateException.class).hasMessageContainingAll("other", "same");
    }

    @Test
    void aRunOfSomeCasesLeavesTheFiguresOfTheOthers() throws IOException {
        Case map = Case.chosen(List.of("tiny_map")).getFirst();
        Case imap = Case.chosen(List.of("tiny_imap")).getFirst();
        Report.write(directory, Map.of(map, measured("first", 1000), imap, measured("first", 2000)));
        Report.write(directory, Map.of(map, measured("second", 3000), AUTO, measured("second", 4000)));
        assertThat(written("README.md")).contains("- first", "- second", "2.00 thousand/s", "3.00 thousand/s",
                "4.00 thousand/s").doesNotContain("1.00 thousand/s");
    }

    @Test
    void theTableTellsWhatIsReached() {
        Measured measured = measured("here", 3e6, 5e6, 4e6);
        measured.add(Side.FORK, new Outcome(1e6, 0, "same"));
        measured.add(Side.STREAMS, new Outcome(8e6, 0, "same"));
        assertThat(Report.markdown(Map.of(AUTO, measured)).lines().filter(line -> line.startsWith("| "))).contains(
                "| `auto` | " + AUTO.title()
                        + " | Farmhand | 4000 thousand/s (3000 thousand/s to 5000 thousand/s) |  |  |  |",
                "|  |  | multiprocessing, fork | 1000 thousand/s | 4.00 times | 2.00 times | yes |",
                "|  |  | parallel stream | 8000 thousand/s | 0.50 times |  |  |");
    }

    @Test
    void lessIsBetterForTimeAndMemory() {
        assertThat(Unit.SECONDS.timesAsGood(1, 4)).isEqualTo(4);
        assertThat(Unit.BYTES.timesAsGood(1, 4)).isEqualTo(4);
        assertThat(Unit.ITEMS_PER_SECOND.timesAsGood(4, 1)).isEqualTo(4);
    }

    @Test
    void noTwoCasesHaveOneName() {
        List<String> ids = Case.ALL.stream().map(Case::id).toList();
        assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
    }

    @Test
    void anUnknownCaseIsNamedBesideThoseThatThereAre() {
        assertThat(Bench.run("nonsense")).isEqualTo(2);
        assertThatThrownBy(() -> Case.chosen(List.of("nonsense"))).hasMessageContainingAll("nonsense", "tiny", "lock");
    }

    @Test
    void everyPeerInPythonHasItsFunction() throws IOException {
        String script;
        try (var in = Bench.class.getResourceAsStream("peers.py")) {
            assertThat(in).isNotNull();
            script = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
        Stream<String> functions = Case.ALL.stream().filter(each -> !each.id().equals("hello"))
                .flatMap(each -> each.peers().keySet().stream().filter(Side::isPython).map(
                        side -> each.group().equals(Case.SYNC)
                                ? each.id()
                                : each.id() + "_"
                                        + (side == Side.FUTURES || side == Side.JOBLIB ? side.id() : "pool")));
        assertThat(functions).isNotEmpty().allSatisfy(name -> assertThat(script).contains("\ndef " + name + "("));
    }
}
