package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends before any worker starts. */
class FarmCommandTest {
    private static final String TASKS = "io.farmhand.cli.task.Tasks";

    @TempDir
    private Path directory;

    private final TestConsole console = new TestConsole();

    @Test
    void namesTheNearestOption() {
        assertUsage("Unknown option: '--jbos'; did you mean --jobs?", "map", "--jbos", "4", TASKS + "::text");
    }

    @Test
    void namesTheNearestSubcommand() {
        assertUsage("did you mean map?", "mpa");
    }

    @Test
    void listsAllSubcommands() {
        assertThat(FarmCommand.run(console.console(), "--help")).isZero();
        assertThat(console.output()).contains("  map ", "  certs ");
    }

    @Test
    void wantsASubcommandAndAMethod() {
        assertUsage("missing subcommand: map, submit, coordinator, worker, status, health, certs");
        assertUsage("Missing required parameter: 'CLASS::METHOD'", "map");
    }

    @Test
    void refusesOptionsOfWrongValue() {
        assertUsage("'x' is not a number of workers", "map", "-j", "x", TASKS + "::text");
        assertUsage("--chunk-size must be 1 or more, not 0", "map", "--chunk-size", "0", TASKS + "::text");
        assertUsage("--max-heap: maxHeap=big is not a size such as 512m or 4g", "map", "--max-heap", "big",
                TASKS + "::text");
    }

    @Test
    void refusesAnOptionAfterTheMethod() {
        assertUsage("option -j must come before the method", "map", TASKS + "::text", "-j", "4");
        assertUsage("option --jar=a.jar must come before the method", "map", TASKS + "::text", "--jar=a.jar");
    }

    @Test
    void namesAnArgumentThatIsNoFile() {
        assertUsage("no such file: 'pom.xlm'; did you mean 'pom.xml'?", "map", TASKS + "::over", "pom.xlm");
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    @Test
    void partsAreOfFilesOnly() throws IOException {
        assertUsage("--pipe-part needs files, which workers can read from any place", "map", "--pipe-part",
                TASKS + "::block", "/dev/null");
        assertUsage("'/dev/stdin' is none; for streams there is --pipe", "map", "--pipe-part", TASKS + "::block",
                "/dev/stdin");
    }

    @Test
    void blocksHaveNoHeaderAndFitIntoMemory() {
        assertUsage("--header: a block is a list of records", "map", "--csv", "--header", "--pipe", TASKS + "::block");
        assertUsage("Leave out --pipe-part for", "map", "--csv", "--header", "--pipe-part", TASKS + "::block");
        assertUsage("--block must be 1g at most", "map", "--pipe", "--block", "9g", TASKS + "::block");
    }

    @Test
    void refusesHeadersThatCannotBeUsed() throws IOException {
        String twice = file("twice.csv", "name,age,name\na,1,b\n");
        assertUsage(twice + ": the header has the name 'name' twice, in the columns 1 and 3", "map", "--csv",
                TASKS + "::row", twice);
        assertUsage("may be the column 1 (First name) or 3 (first-name)", "map", "--csv", TASKS + "::named",
                file("like.csv", "First name,age,first-name\na,1,b\n"));
        String quoted = file("quoted.csv", "\n\"a\"b,c\n");
        assertUsage(quoted + ": the header cannot be read: it is no CSV", "map", "--csv", TASKS + "::row", quoted);
        String bytes = Files.write(directory.resolve("bytes.csv"), new byte[]{(byte) 0xFF, ',', 'a', '\n'}).toString();
        assertUsage(bytes + ": The record that begins in line=1 has bytes that are not charset=UTF-8", "map", "--csv",
                TASKS + "::row", bytes);
    }

    @Test
    void refusesACharsetInWhichRecordsCannotBeFound() {
        assertUsage("--charset: separator=| and quote=\" may be parts of other characters in charset=Shift_JIS", "map",
                "--csv", "--charset", "Shift_JIS", "-C", "|", TASKS + "::row");
        assertUsage("--charset: Records cannot be found in charset=UTF-32", "map", "--charset", "UTF-32",
                TASKS + "::text");
    }

    @Test
    void refusesPlacesWhereNothingCanBeKept() throws IOException {
        assertUsage("--results must name a place, not ''", "map", "--results", "", TASKS + "::text");
        assertUsage("--joblog must name a place, not ''", "map", "--joblog", "", TASKS + "::text");
        assertUsage("--joblog: '" + directory + "' is a directory: name a file", "map", "--joblog",
                directory.toString(), TASKS + "::text");
        assertUsage("--joblog: there is no directory '" + directory.resolve("none") + "'", "map", "--joblog",
                directory.resolve("none/log").toString(), TASKS + "::text");
        Path table = Files.createDirectory(directory.resolve("out.csv"));
        assertUsage("--results: '" + table + "' is a directory, whose name is that of a table", "map", "--results",
                table.toString(), TASKS + "::text");
    }

    @Test
    void retriesOnlyWhatALogTellsOf() {
        String log = directory.resolve("log").toString();
        assertUsage("--retry-failed: there is no log of an earlier run: '" + log + "'", "map", "--retry-failed",
                "--joblog", log, TASKS + "::text", "a");
        assertUsage("--resume, --resume-failed and --retry-failed exclude each other", "map", "--resume",
                "--retry-failed", "--joblog", log, TASKS + "::text", "a");
        assertThat(Path.of(log)).doesNotExist();
    }

    @Test
    void printsHelpWithExamples() {
        assertThat(FarmCommand.run(console.console(), "map", "--help")).isZero();
        assertThat(console.output()).contains("farm map --jar my.jar com.acme.Score::file data/*.csv").contains("50%")
                .contains("101, more");
    }

    @Test
    void itsHelpNamesTheDemo() {
        assertThat(FarmCommand.run(console.console(), "--help")).isZero();
        assertThat(console.output()).contains("./farm demo", "farm map --help");
    }

    private void assertUsage(String message, String... arguments) {
        assertThat(FarmCommand.run(console.console(), arguments)).isEqualTo(ExitStatus.USAGE);
        assertThat(console.error()).contains("farm: ").contains(message).contains("--help'");
        assertThat(console.output()).isEmpty();
    }
}
