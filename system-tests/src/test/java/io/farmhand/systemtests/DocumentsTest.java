package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the documents say of code is in the code. */
class DocumentsTest {
    private static final Path ROOT = Path.of(System.getProperty("farmhand.root"));
    private static final Path FROM_PYTHON = ROOT.resolve("docs/from-python.md");
    private static final Pattern CELLS = Pattern.compile("^\\|(.*)\\|(.*)\\|(.*)\\|$");

    /** The second cell of each row of the tables that follow the faults. */
    private static List<String> javaSnippets() throws IOException {
        String tables = Files.readString(FROM_PYTHON);
        return tables.substring(tables.indexOf("## multiprocessing.Pool")).lines().map(CELLS::matcher)
                .filter(row -> row.matches())
                .map(row -> row.group(2))
                .flatMap(cell -> Pattern.compile("`([^`]+)`").matcher(cell).results().map(code -> code.group(1)))
                .toList();
    }

    @Test
    void eachSnippetForThoseWhoComeFromPythonIsInItsExample() throws IOException {
        String example = withoutSpace(Files.readString(
                ROOT.resolve("examples/src/main/java/io/farmhand/examples/FromPython.java")));
        assertThat(javaSnippets()).hasSizeGreaterThan(50)
                .allSatisfy(snippet -> assertThat(example).contains(withoutSpace(snippet)));
    }

    /** Pages whose Java is in an example. */
    @ParameterizedTest
    @CsvSource({"memory.md, CachedResults", "progress.md, ShowProgress"})
    void eachBlockOfJavaIsInItsExample(String page, String name) throws IOException {
        String example = withoutSpace(Files.readString(
                ROOT.resolve("examples/src/main/java/io/farmhand/examples/" + name + ".java")));
        List<String> blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("docs").resolve(page))).results().map(block -> block.group(1))
                .toList();
        assertThat(blocks).isNotEmpty().allSatisfy(block -> assertThat(block.lines()).allSatisfy(
                line -> assertThat(example).contains(withoutSpace(line))));
    }

    @Test
    void everyRowHasThreeCells() throws IOException {
        assertThat(Files.readString(FROM_PYTHON).lines().filter(line -> line.startsWith("|"))).isNotEmpty()
                .allMatch(line -> line.chars().filter(c -> c == '|').count() == 4);
    }

    @Test
    void eachStatementAboutDataFramesIsInTheirTour() throws IOException {
        String tour = withoutSpace(Files.readString(
                ROOT.resolve("examples/src/main/java/io/farmhand/examples/FramesTour.java")));
        List<String> statements = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("docs/frames.md"))).results()
                .flatMap(block -> Pattern.compile(";\n").splitAsStream(block.group(1))).toList();
        assertThat(statements).hasSizeGreaterThan(12)
                .allSatisfy(statement -> assertThat(tour).contains(withoutSpace(statement)));
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }
}
