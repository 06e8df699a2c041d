package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** What the README shows is what happens. */
@Timeout(120)
class ReadmeTest {
    private static final Path ROOT = Path.of(System.getProperty("farmhand.root"));

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static List<String> blocks(String language) throws IOException {
        Matcher blocks = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(readme());
        List<String> found = blocks.results().map(block -> block.group(1)).toList();
        assertThat(found).as("blocks of " + language).isNotEmpty();
        return found;
    }

    /** Runs a command from the project's directory, as a reader would. */
    private static String run(String command, boolean withStderr) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-c", command).directory(ROOT.toFile())
                .redirectError(withStderr ? ProcessBuilder.Redirect.PIPE : ProcessBuilder.Redirect.DISCARD)
                .redirectErrorStream(withStderr)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    @Test
    void theJavaIsTheQuickstartExample() throws IOException {
        String example = Files.readString(
                ROOT.resolve("examples/src/main/java/io/farmhand/examples/Quickstart.java"));
        String snippet = example.substring(example.indexOf("// [quickstart]\n") + "// [quickstart]\n".length(),
                example.indexOf("        // [/quickstart]"));
        String imports = example.substring(example.indexOf("import "), example.indexOf("/** "));
        assertThat(blocks("java")).singleElement()
                .isEqualTo(imports + snippet.stripTrailing().stripIndent() + "\n");
    }

    @Test
    void theQuickstartPrintsWhatTheReadmeSays() throws Exception {
        String output = run("'" + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -cp coordinator/target/coordinator.jar:examples/target/examples.jar"
                + " io.farmhand.examples.Quickstart", false);
        assertThat(output).isEqualTo(blocks("text").getFirst());
    }

    @TestFactory
    Stream<DynamicTest> consoleCommandsPrintWhatTheReadmeSays() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (String block : blocks("console")) {
            Pattern.compile("^\\$ (.*)\n((?:(?!\\$ ).*\n)*)", Pattern.MULTILINE).matcher(block).results()
                    .forEach(command -> tests.add(DynamicTest.dynamicTest(command.group(1),
                            () -> assertThat(run(command.group(1), true)).isEqualTo(command.group(2)))));
        }
        assertThat(tests).hasSizeGreaterThan(1);
        return tests.stream();
    }

    @Test
    void everyPathThatTheDocumentsNameExists() throws IOException {
        List<String> missing = new ArrayList<>();
        try (Stream<Path> documents = Files.walk(ROOT.resolve("docs"))) {
            for (Path document : Stream.concat(documents, Stream.of(ROOT.resolve("README.md")))
                    .filter(path -> path.toString().endsWith(".md")).toList()) {
                Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(Files.readString(document)).results()
                        .map(link -> link.group(1))
                        .filter(link -> !Files.exists(document.resolveSibling(link)))
                        .forEach(link -> missing.add(document.getFileName() + ": " + link));
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyTestThatTheFailureTableNamesExists() throws IOException {
        String table = Files.readString(ROOT.resolve("docs/failure-modes.md"));
        List<String> named = Pattern.compile("`(\\w+Test)`").matcher(table).results().map(test -> test.group(1))
                .distinct().toList();
        assertThat(named).isNotEmpty().allSatisfy(test -> {
            try (Stream<Path> files = Files.walk(ROOT)) {
                assertThat(files.filter(file -> file.endsWith(test + ".java"))).as(test).isNotEmpty();
            }
        });
    }
}
