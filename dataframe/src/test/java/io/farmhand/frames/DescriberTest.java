package io.farmhand.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.dflib.DataFrame;
import org.dflib.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DescriberTest {
    /** Shared with the example that reads the same files without frames. */
    private static final Path FILES = Path.of("../examples/src/test/resources/csv");

    static Set<String> files() throws IOException {
        return reference().keySet();
    }

    private static JsonObject reference() throws IOException {
        return JsonParser.parseString(Files.readString(FILES.resolve("describe.json"))).getAsJsonObject();
    }

    @ParameterizedTest
    @MethodSource("files")
    void agreesWithPandas(String file) throws IOException {
        JsonObject expected = reference().getAsJsonObject(file);
        DataFrame described = Frames.describe(Frames.readCsv(FILES.resolve(file)));
        assertThat(described.getColumn("statistic").toList()).containsExactly("count", "mean", "std", "min", "25%",
                "50%", "75%", "max");
        assertThat(described.getColumnsIndex().toArray()).hasSize(1 + expected.size());
        for (String column : expected.keySet()) {
            JsonObject numbers = expected.getAsJsonObject(column);
            for (int row = 0; row < described.height(); row++) {
                assertNear(numbers.get((String) described.get("statistic", row)), (Double) described.get(column, row));
            }
        }
    }

    /** null stands for NaN. */
    private static void assertNear(JsonElement expected, double actual) {
        if (expected.isJsonNull()) {
            assertThat(actual).isNaN();
        } else {
            assertThat(actual).isCloseTo(expected.getAsDouble(), within(Math.abs(expected.getAsDouble()) * 1e-9));
        }
    }

    @Test
    void textIsCountedWhereThereAreNoNumbers() {
        DataFrame frame = DataFrame.byColumn("t", "b").of(Series.of("x", "y", null, "y"),
                Series.ofBool(true, true, false, true));
        DataFrame described = Frames.describe(frame);
        assertThat(described.getColumn("statistic").toList()).containsExactly("count", "unique", "top", "freq");
        assertThat(described.getColumn("t").toList()).containsExactly(3L, 2L, "y", 2L);
        assertThat(described.getColumn("b").toList()).containsExactly(4L, 2L, true, 3L);
    }

    @Test
    void allColumnsHaveAllStatistics() {
        DataFrame frame = DataFrame.byColumn("n", "t").of(Series.ofInt(1, 2, 3), Series.of("x", "y", "x"));
        DataFrame described = Frames.describeAll(frame);
        assertThat(described.getColumn("statistic").toList()).containsExactly("count", "unique", "top", "freq", "mean",
                "std", "min", "25%", "50%", "75%", "max");
        assertThat(described.getColumn("n").toList()).containsExactly(3.0, null, null, null, 2.0, 1.0, 1.0, 1.5, 2.0,
                2.5, 3.0);
        assertThat(described.getColumn("t").toList()).containsExactly(3L, 2L, "x", 2L, null, null, null, null, null,
                null, null);
    }

    @Test
    void missingNumbersAreNotCountedWhateverStandsForThem() {
        DataFrame frame = DataFrame.byColumn("d", "o", "none").of(Series.ofDouble(1, Double.NaN, 3),
                Series.of(1, null, 3L), Series.of(null, null, null));
        DataFrame described = Frames.describe(frame);
        assertThat(described.getColumnsIndex().toArray()).containsExactly("statistic", "d", "o");
        assertThat(described.get("d", 0)).isEqualTo(2.0);
        assertThat(described.get("o", 1)).isEqualTo(2.0);
        assertThat(Frames.describeAll(frame).getColumn("none").head(4).toList()).containsExactly(0L, 0L, null, null);
    }

    @Test
    void framesWithoutRowsOrColumnsAreDescribedToo() {
        DataFrame noRows = DataFrame.byColumn("n").of(Series.ofDouble());
        assertThat(Frames.describe(noRows).get("n", 0)).isEqualTo(0.0);
        assertThat((Double) Frames.describe(noRows).get("n", 1)).isNaN();
        assertThat(Frames.describe(DataFrame.empty()).width()).isEqualTo(1);
    }

    @Test
    void aColumnNamedAsOursIsKept() {
        DataFrame frame = DataFrame.byColumn("statistic").of(Series.ofInt(1, 2));
        assertThat(Frames.describe(frame).getColumnsIndex().toArray()).containsExactly("statistic_", "statistic");
    }
}
