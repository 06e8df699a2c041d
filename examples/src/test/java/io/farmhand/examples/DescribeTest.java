package io.farmhand.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DescribeTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("referenceFiles")
    void agreesWithPandas(String file) throws Exception {
        JsonObject expected = reference().getAsJsonObject(file);
        Summary summary = Describe.file(resource(file));
        assertThat(summary.file()).isEqualTo(file);
        assertThat(summary.columns()).extracting(Summary.Column::name).containsExactlyElementsOf(expected.keySet());
        for (Summary.Column column : summary.columns()) {
            JsonObject numbers = expected.getAsJsonObject(column.name());
            assertNear(numbers.get("count"), (double) column.count());
            assertNear(numbers.get("mean"), column.mean());
            assertNear(numbers.get("std"), column.std());
            assertNear(numbers.get("min"), column.min());
            assertNear(numbers.get("25%"), column.q25());
            assertNear(numbers.get("50%"), column.q50());
            assertNear(numbers.get("75%"), column.q75());
            assertNear(numbers.get("max"), column.max());
        }
    }

    @Test
    void travelsAsItIs() throws Exception {
        Summary summary = Describe.file(resource("one-row.csv"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(summary);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(summary);
        }
    }

    @Test
    void readsAsATable() throws IOException {
        assertThat(describe("x,y\n1,-2\n2,1e9\n").toString().lines()).hasSize(10).contains(
                "                  x             y", "count       2.00000       2.00000",
                "max         2.00000   1.00000e+09");
        assertThat(describe("x\na\n")).hasToString("data.csv: no numeric columns");
    }

    @Test
    void aColumnWithOneWordInItIsNotNumeric() throws IOException {
        assertThat(describe("a,b\n1,1\n2,two\n3,3\n").columns()).extracting(Summary.Column::name).containsExactly("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"True", "1.5f", "1d", "0x1p3", "1_000", "\"1,000\"", ".", "1e", "--1", "1 2", "' '",
            " NaN"})
    void whatPandasTakesForAWordIsOne(String word) throws IOException {
        assertThat(describe("a\n1\n" + word.replace('\'', '"') + "\n").columns()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "5.", "+5", "005", " 5 ", "\"5\"", ".5e1", "5E0", "50e-1"})
    void whatPandasTakesForANumberIsOne(String number) throws IOException {
        assertThat(describe("a\n" + number + "\n").column("a").mean()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
            "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"})
    void missingCellsAreNotCounted(String missing) throws IOException {
        Summary.Column column = describe("a\n1\n" + missing + "\n4\n").column("a");
        assertThat(column.count()).isEqualTo(2);
        assertThat(column.mean()).isEqualTo(2.5);
    }

    @Test
    void aColumnOfMissingCellsIsNumericWithoutNumbers() throws IOException {
        double none = Double.NaN;
        assertThat(describe("a,b\n1,\n2,NA\n").column("b")).isEqualTo(
                new Summary.Column("b", 0, none, none, none, none, none, none, none));
    }

    @Test
    void infinityIsANumber() throws IOException {
        Summary.Column column = describe("a\n1\ninf\n2\n").column("a");
        assertThat(column.mean()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(column.std()).isNaN();
        assertThat(column.q50()).isEqualTo(2);
        assertThat(column.max()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void theSpreadOfLargeNumbersIsNotLostInThem() throws IOException {
        // 4, 7, 13 and 16 have the variance 30; naive sums of squares of these give 0 or less.
        Summary.Column column = describe("""
                a
                1000000000000004
                1000000000000007
                1000000000000013
                1000000000000016
                """).column("a");
        assertThat(column.std()).isCloseTo(Math.sqrt(30), within(1e-12));
    }

    @Test
    void aConstantColumnHasNoSpread() throws IOException {
        Summary.Column column = describe("a\n" + "0.1\n".repeat(1001)).column("a");
        assertThat(column.mean()).isEqualTo(0.1);
        assertThat(column.std()).isZero();
    }

    @Test
    void theIndexIsNoDataButOtherNamelessColumnsAre() throws IOException {
        assertThat(describe(",a,,a\n1,2,3,4\n").columns()).extracting(Summary.Column::name).containsExactly("a",
                "Unnamed: 2", "a.1");
    }

    @Test
    void aByteOrderMarkIsNotPartOfTheHeader() throws IOException {
        assertThat(describe("\uFEFFa\n1\n").columns()).extracting(Summary.Column::name).containsExactly("a");
        assertThat(describe("\uFEFF,a\n7,1\n").columns()).extracting(Summary.Column::name).containsExactly("a");
    }

    @Test
    void lineEndsMayBeOfAnyKindAndTheLastMayLack() throws IOException {
        Summary expected = describe("a,b\n1,2\n3,4\n");
        assertThat(describe("a,b\r\n1,2\r\n3,4\r\n")).isEqualTo(expected);
        assertThat(describe("a,b\n1,2\n\n3,4")).isEqualTo(expected);
    }

    @Test
    void quotedCellsMayHoldCommasQuotesAndNewlines() throws IOException {
        Summary summary = describe("\"a, \"\"b\"\"\nc\",d\n1,\"x\ny, \"\"z\"\"\"\n2,w\n");
        assertThat(summary.columns()).hasSize(1);
        assertThat(summary.column("a, \"b\"\nc").mean()).isEqualTo(1.5);
    }

    @Test
    void aFileWithoutRowsHasNoNumericColumns() throws IOException {
        assertThat(describe("a,b\n").columns()).isEmpty();
        assertThat(describe("a,b").columns()).isEmpty();
    }

    @Test
    void anEmptyFileIsAnError() {
        assertThatThrownBy(() -> describe("")).isInstanceOf(IOException.class).hasMessageContaining("data.csv")
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> describe("\n\n")).isInstanceOf(IOException.class).hasMessageContaining("empty");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3,4,5", "3"})
    void aRaggedRowIsNamedByFileAndLine(String row) {
        assertThatThrownBy(() -> describe("a,b\n\n\"1\n1\",2\n" + row + "\n5,6\n")).isInstanceOf(IOException.class)
                .hasMessageContaining(directory.resolve("data.csv").toString()).hasMessageContaining("line 5")
                .hasMessageContaining("cells=" + row.split(",").length).hasMessageContaining("cells=2");
    }

    @Test
    void aQuoteThatIsNeverClosedIsAnError() {
        assertThatThrownBy(() -> describe("a,b\n1,2\n3,\"4\n5,6\n")).isInstanceOf(IOException.class)
                .hasMessageContaining("data.csv").hasMessageContaining("3");
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = directory.resolve("missing.csv");
        assertThatThrownBy(() -> Describe.file(missing)).isInstanceOf(NoSuchFileException.class).hasMessage(
                missing.toString());
        assertThatThrownBy(() -> Describe.file(directory)).isInstanceOf(IOException.class).hasMessageContaining(
                directory.toString());
    }

    static Set<String> referenceFiles() throws Exception {
        return reference().keySet();
    }

    private static JsonObject reference() throws Exception {
        return JsonParser.parseString(Files.readString(resource("describe.json"))).getAsJsonObject();
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(DescribeTest.class.getResource("/csv/" + name).toURI());
    }

    private Summary describe(String text) throws IOException {
        return Describe.file(Files.write(directory.resolve("data.csv"), text.getBytes(StandardCharsets.UTF_8)));
    }

    /** null stands for NaN. */
    private static void assertNear(JsonElement expected, double actual) {
        if (expected.isJsonNull()) {
            assertThat(actual).isNaN();
        } else {
            double number = expected.getAsDouble();
            assertThat(actual).isCloseTo(number, within(Math.abs(number) * 1e-9));
        }
    }
}
