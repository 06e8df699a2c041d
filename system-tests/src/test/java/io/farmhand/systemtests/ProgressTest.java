package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.farmhand.Pool;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands on standard error of a program that shows its progress. */
@FarmTest(seconds = 90)
class ProgressTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final String ERASED = "\u001b[J";

    @TempDir
    Path directory;

    /** Maps items that print. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            try (Pool pool = Pool.builder().workers(2).progress().build()) {
                System.out.println(pool.map(Program::printing, IntStream.range(0, 40).boxed().toList(), 1).size());
            }
        }

        static int printing(int x) {
            Waiting.pass(30);
            System.out.println("line " + x + " of the output");
            return x;
        }
    }

    private List<String> command() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Program.class.getName());
    }

    private static List<String> expectedLines() {
        return IntStream.range(0, 40).mapToObj(x -> "line " + x + " of the output").toList();
    }

    @Test
    void aLogGetsTheEndAndTheTable() throws Exception {
        Path log = directory.resolve("errors.txt");
        Process process = new ProcessBuilder(command()).redirectError(log.toFile()).start();
        process.getOutputStream().close();
        List<String> output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
                .toList();
        assertThat(process.waitFor()).isZero();
        assertThat(output).last().isEqualTo("40");
        assertThat(output.stream().map(line -> line.replaceFirst("^\\[worker \\d\\] ", "")))
                .containsAll(expectedLines());
        List<String> errors = Files.readAllLines(log);
        assertThat(errors).filteredOn(line -> line.startsWith("Done ")).last().asString()
                .startsWith("Done 40 of 40 (100%) | ").endsWith(" | 0 failed");
        assertThat(errors).contains("Where the workers' time went:").contains("Items done: 40, sent again: 0")
                .noneMatch(line -> line.contains("\u001b"));
        assertThat(errors).last().asString().endsWith(".");
    }

    @Test
    void aTerminalGetsOneLineThatIsDrawnAgain() throws Exception {
        assumeTrue(Files.isExecutable(SCRIPT), "script of util-linux");
        String seen = inATerminal(command());
        assertThat(seen.split("%\\s\\[", -1)).as(seen).hasSizeGreaterThan(3);
        assertThat(seen).contains("\r" + ERASED).contains("] 40/40 | ").contains(" | took ")
                .contains("Where the workers' time went:");
        // Each line of the output stands at the beginning of a line, and is whole.
        for (String line : expectedLines()) {
            assertThat(seen).containsPattern("(^|\n|" + Pattern.quote(ERASED) + ")\\[worker [01]\\] "
                    + line + "\r\n");
        }
    }

    private static String inATerminal(List<String> command) throws IOException, InterruptedException {
        List<String> script = new ArrayList<>(List.of(SCRIPT.toString(), "-qec",
                command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" ")), "/dev/null"));
        ProcessBuilder builder = new ProcessBuilder(script).redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true);
        builder.environment().put("TERM", "xterm");
        Process process = builder.start();
        String seen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(seen).isZero();
        return seen;
    }
}
