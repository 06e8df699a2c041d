package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What ends before any worker starts. */
class FarmCommandTest {
    private static final String TASKS = "io.farmhand.cli.Tasks";

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
        assertUsage("--max-heap must be a size such as 512m or 2g, not 'big'", "map", "--max-heap", "big",
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
