package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

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

    @Test
    void everyRowHasThreeCells() throws IOException {
        assertThat(Files.readString(FROM_PYTHON).lines().filter(line -> line.startsWith("|"))).isNotEmpty()
                .allMatch(line -> line.chars().filter(c -> c == '|').count() == 4);
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }
}
