package io.farmhand.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the tutorial that print what their comments say. */
@Timeout(180)
class TutorialExamplesTest {
    private static final Path SOURCES = Path.of("src/main/java/io/farmhand/examples");

    @Test
    void squaresTenMillionNumbers() throws Exception {
        assertPrints("FrameSquares", () -> FrameSquares.main(new String[0]));
    }

    @Test
    void describesFilesByThresholds() throws Exception {
        assertPrints("DescribeFiles", () -> DescribeFiles.main(new String[0]));
    }

    @Test
    void makesEachCall() throws Exception {
        assertPrints("FramesTour", () -> FramesTour.main(new String[0]));
    }

    @Test
    void sumsInChunks() throws Exception {
        assertPrints("ChunkedSum", () -> ChunkedSum.main(new String[0]));
    }

    @Test
    void mapsFunctionsOfTwoArguments() throws Exception {
        assertPrints("TwoArguments", () -> TwoArguments.main(new String[0]));
    }

    @Test
    void transformsRows() throws Exception {
        assertPrints("RowTransform", () -> RowTransform.main(new String[0]));
    }

    private static void assertPrints(String example, Printed.Code main) throws Exception {
        assertThat(Printed.by(main).lines().toList()).isEqualTo(promised(example));
    }

    /** What the comment of an example says that it prints. */
    private static List<String> promised(String example) throws IOException {
        List<String> lines = Files.readAllLines(SOURCES.resolve(example + ".java"));
        int from = lines.indexOf(" * <pre>");
        return lines.subList(from + 1, lines.indexOf(" * </pre>")).stream().map(line -> line.substring(" * ".length()))
                .toList();
    }
}
