package io.farmhand.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dflib.BooleanSeries;
import org.dflib.DataFrame;
import org.dflib.DoubleSeries;
import org.dflib.LongSeries;
import org.dflib.Series;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
    private static final List<String> ENDS = List.of("\n", "\r\n", "\r");
    private static final CsvOptions DEFAULTS = CsvOptions.defaults();

    @TempDir
    Path directory;

    private DataFrame read(String text) throws IOException {
        return read(text, DEFAULTS);
    }

    private DataFrame read(String text, CsvOptions options) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8), options);
    }

    private DataFrame read(byte[] text, CsvOptions options) throws IOException {
        return Frames.readCsv(Files.write(directory.resolve("data.csv"), text), options);
    }

    private DataFrame inRanges(String text, CsvOptions options, long rangeBytes) throws IOException {
        Path file = Files.writeString(directory.resolve("data.csv"), text);
        return CsvFile.read(file, options, rangeBytes, new CsvFile.Here());
    }

    private Series<?> column(String... cells) throws IOException {
        return read("a\n" + String.join("\n", cells) + "\n").getColumn("a");
    }

    // ---- types ----

    @Test
    void wholeNumbersAreLongs() throws IOException {
        Same.assertSame(column("1", "-2", "+3", "005", " 6 ", "9223372036854775807", "-9223372036854775808", "\"7\""),
                Series.ofLong(1, -2, 3, 5, 6, Long.MAX_VALUE, Long.MIN_VALUE, 7), "longs");
    }

    @Test
    void numbersAreDoublesAndSoAreWholeOnesWithGaps() throws IOException {
        Same.assertSame(column("1", "2.5", "1e3", ".5", "5.", "-inf", "Infinity"),
                Series.ofDouble(1, 2.5, 1000, 0.5, 5, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY), "doubles");
        Same.assertSame(read("a,b\n1,\n,2\n3,4\n"), DataFrame.byColumn("a", "b").of(
                Series.ofDouble(1, Double.NaN, 3), Series.ofDouble(Double.NaN, 2, 4)), "gaps");
        Same.assertSame(read("a,b\n,x\nNA,y\n").getColumn("a"), Series.ofDouble(Double.NaN, Double.NaN), "nothing");
    }

    @Test
    void truthIsBoolean() throws IOException {
        Same.assertSame(column("True", "false", "TRUE", "False"), Series.ofBool(true, false, true, false), "booleans");
        Same.assertSame(read("a,b\nTrue,1\n,2\nfalse,3\n").getColumn("a"), Series.of(true, null, false), "with gaps");
    }

    @Test
    void allElseIsTextAsItStandsThere() throws IOException {
        Same.assertSame(column("007", "x", "true", "1.50"), Series.of("007", "x", "true", "1.50"), "mixed");
        Same.assertSame(column("True", "1"), Series.of("True", "1"), "booleans and numbers");
        Same.assertSame(column("1", "True"), Series.of("1", "True"), "numbers and booleans");
        Same.assertSame(column("x", "n/a", "\"y \"\"z\"\"\""), Series.of("x", null, "y \"z\""), "texts");
        Same.assertSame(column("1", "12345678901234567890"), Series.of("1", "12345678901234567890"), "too large");
        Same.assertSame(column("0.5", "12345678901234567890"),
                Series.ofDouble(0.5, Double.parseDouble("12345678901234567890")), "large");
        Same.assertSame(column("2010-01-01", "2010-01-02"), Series.of("2010-01-01", "2010-01-02"), "dates");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5f", "1d", "0x1p3", "1_000", "\"1,000\"", ".", "1e", "--1", "1 2", "\" \"", " NaN"})
    void whatPandasTakesForAWordIsOne(String word) throws IOException {
        assertThat(column("1", word).get(0)).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
            "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"})
    void whatPandasTakesForMissingIs(String missing) throws IOException {
        Same.assertSame(column("1", missing), Series.ofDouble(1, Double.NaN), missing);
        Same.assertSame(column("a", missing), Series.of("a", null), missing);
    }

    /** The order in which cells come must not matter: ranges come in any. */
    @ParameterizedTest
    @CsvSource({"1,2.5,x", "1,'',12345678901234567890", "1,true,''", "1,2.5,12345678901234567890", "true,'',x",
            "1,'',2.5"})
    void theTypeOfAColumnDoesNotDependOnTheOrderOfItsCells(String one, String two, String three) throws IOException {
        List<Class<?>> types = new ArrayList<>();
        for (List<String> cells : List.of(List.of(one, two, three), List.of(one, three, two), List.of(two, one, three),
                List.of(two, three, one), List.of(three, one, two), List.of(three, two, one))) {
            types.add(read("a,b\n" + String.join(",0\n", cells) + ",0\n").getColumn("a").getInferredType());
        }
        assertThat(types).allMatch(types.getFirst()::equals);
    }

    // ---- options ----

    @Test
    void optionsChangeWhatIsRead() throws IOException {
        DataFrame frame = read("id;zip;city\n1;01067;'a;b'\n2;;c\n", DEFAULTS.separator(';').quote('\'')
                .columns("zip", "city").type("zip", ColumnType.TEXT).missing("c"));
        Same.assertSame(frame, DataFrame.byColumn("zip", "city").of(Series.of("01067", ""), Series.of("a;b", null)),
                "options");
        Same.assertSame(read("a\n-1\n1\n\"\"\n", DEFAULTS.missing("-1", "")).getColumn("a"),
                Series.ofDouble(Double.NaN, 1, Double.NaN), "a number for missing");
        Same.assertSame(read("1,2\n3,4\n", DEFAULTS.names("x", "y")), DataFrame.byColumn("x", "y").of(
                Series.ofLong(1, 3), Series.ofLong(2, 4)), "names");
        Same.assertSame(read("a\n1\n2\n", DEFAULTS.type("a", ColumnType.DOUBLE)).getColumn("a"), Series.ofDouble(1, 2),
                "doubles");
        assertThatThrownBy(() -> read("a,b\n1,2\n", DEFAULTS.columns("c"))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("column=c").hasMessageContaining("[a, b]");
    }

    @Test
    void aCellThatIsNotWhatWasAskedForIsNamed() {
        for (ColumnType type : List.of(ColumnType.LONG, ColumnType.DOUBLE, ColumnType.BOOLEAN)) {
            assertThatThrownBy(() -> read("a,b\n\"\n\",1\n1,word\n", DEFAULTS.columns("b").type("b", type)))
                    .isInstanceOf(IOException.class).hasMessageContaining("data.csv").hasMessageContaining("column=b");
        }
        assertThatThrownBy(() -> read("a,b\n\"\n\",1\n1,word\n", DEFAULTS.type("b", ColumnType.LONG)))
                .hasMessageContaining("line=4").hasMessageContaining("cell=word");
        assertThatThrownBy(() -> read("a,b\n1,\n", DEFAULTS.type("b", ColumnType.LONG))).hasMessageContaining("line=2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ISO-8859-1", "windows-1252", "UTF-16LE", "UTF-16BE", "UTF-16"})
    void charsetsAreReadAsTheyAreNamedOrMarked(String charset) throws IOException {
        DataFrame expected = DataFrame.byColumn("ä", "b").of(Series.of("é"), Series.ofLong(1));
        Charset named = Charset.forName(charset);
        Same.assertSame(read("ä,b\né,1\n".getBytes(named), DEFAULTS.charset(named)), expected, charset);
        if (charset.startsWith("UTF-16") && charset.length() > 6) {
            Same.assertSame(read("\uFEFFä,b\né,1\n".getBytes(named), DEFAULTS), expected, "marked " + charset);
        }
        Same.assertSame(read("\uFEFFä,b\né,1\n", DEFAULTS.charset(named)), expected, "marked UTF-8");
    }

    // ---- the header ----

    @Test
    void headersGetTheNamesOfPandas() throws IOException {
        assertThat(read(",a,,a\n1,2,3,4\n").getColumnsIndex().toArray()).containsExactly("Unnamed: 0", "a",
                "Unnamed: 2", "a.1");
        assertThat(read("\r\n\r\n\"a, \"\"b\"\"\nc\",d\r\n1,2\r\n").getColumnsIndex().toArray()).containsExactly(
                "a, \"b\"\nc", "d");
    }

    @Test
    void aFileWithoutRowsHasColumnsAndOneWithoutAnythingIsAnError() throws IOException {
        assertThat(read("a,b\n").getColumnsIndex().toArray()).containsExactly("a", "b");
        assertThat(read("a,b").height()).isZero();
        assertThat(read("", DEFAULTS.names("x")).height()).isZero();
        assertThatThrownBy(() -> read("")).isInstanceOf(IOException.class).hasMessageContaining("data.csv")
                .hasMessageContaining("empty");
        assertThatThrownBy(() -> read("\n\n")).hasMessageContaining("empty");
    }

    // ---- errors ----

    @ParameterizedTest
    @ValueSource(longs = {1, 5, 1 << 20})
    void badRowsAreNamedByFileAndLine(long rangeBytes) {
        for (String row : List.of("3,4,5", "3")) {
            assertThatThrownBy(() -> inRanges("a,b\n\n\"1\n1\",2\n" + row + "\n5,6\n", DEFAULTS, rangeBytes))
                    .isInstanceOf(IOException.class).hasMessageContaining(directory.resolve("data.csv").toString())
                    .hasMessageContaining("line=5").hasMessageContaining("cells=" + row.split(",").length)
                    .hasMessageContaining("cells=2");
        }
        assertThatThrownBy(() -> inRanges("a,b\n1,2\n3,\"4\n5,6\n", DEFAULTS, rangeBytes))
                .isInstanceOf(IOException.class).hasMessageContaining("data.csv").hasMessageContaining("line=3");
        assertThatThrownBy(() -> inRanges("a,b\n1,2\n3,\"4\"x\n5,6\n", DEFAULTS, rangeBytes))
                .isInstanceOf(IOException.class).hasMessageContaining("line=3").hasMessageContaining("closing quote")
                .message().doesNotContain("record starting");
    }

    @Test
    void whatCannotBeReadAtAllIsNamed() throws IOException {
        Path missing = directory.resolve("missing.csv");
        assertThatThrownBy(() -> Frames.readCsv(missing)).isInstanceOf(IOException.class).hasMessageContaining(
                missing.toString()).hasCauseInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> Frames.readCsv(directory)).isInstanceOf(IOException.class).hasMessageContaining(
                directory.toString());
        assertThatThrownBy(() -> read("a\n1\n2\né\n4\n".getBytes(StandardCharsets.ISO_8859_1), DEFAULTS))
                .isInstanceOf(IOException.class).hasMessageContaining("line=4").hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> read("a\n1\n\"" + "x".repeat(300), DEFAULTS.maxRecordBytes(200)))
                .isInstanceOf(IOException.class).hasMessageContaining("line=3");
    }

    // ---- ranges ----

    @Test
    void rangesOfAnySizeGiveTheSameFrame() throws IOException {
        for (int seed = 0; seed < 200; seed++) {
            String text = random(new Random(seed));
            DataFrame expected = read(text);
            for (long rangeBytes : new long[]{1, 7, 30, 200}) {
                Same.assertSame(inRanges(text, DEFAULTS, rangeBytes), expected,
                        "seed=" + seed + " rangeBytes=" + rangeBytes);
            }
        }
    }

    private static String random(Random random) {
        int columns = 1 + random.nextInt(4);
        int rows = random.nextInt(30);
        String end = ENDS.get(random.nextInt(ENDS.size()));
        StringBuilder text = new StringBuilder();
        int[] kinds = random.ints(columns, 0, 6).toArray();
        for (int i = 0; i < columns; i++) {
            text.append(i == 0 ? "" : ",").append("c").append(i);
        }
        text.append(end);
        for (int row = 0; row < rows; row++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(i == 0 ? "" : ",").append(cell(random, kinds[i]));
            }
            text.append(line).append(end);
        }
        return text.toString();
    }

    /** Mostly of one kind, and sometimes of the next. */
    private static String cell(Random random, int kind) {
        return switch (random.nextInt(25) == 0 ? kind + 1 : kind) {
            case 0 -> Integer.toString(random.nextInt(1000) - 500);
            case 1 -> "00" + random.nextInt(100);
            case 2 -> Double.toString(random.nextGaussian());
            case 3 -> random.nextBoolean() ? "True" : "false";
            case 4 -> "\"NA\"";
            case 5 -> "\"a,\"\"\nb" + random.nextInt(3) + "\"";
            default -> random.nextInt(10) + "2345678901234567890";
        };
    }

    @Test
    void theColumnsAreOfPrimitives() throws IOException {
        DataFrame frame = inRanges("a,b,c\n1,0.5,true\n2,1.5,false\n3,2.5,true\n", DEFAULTS, 10);
        assertThat((Object) frame.getColumn("a")).isInstanceOf(LongSeries.class);
        assertThat((Object) frame.getColumn("b")).isInstanceOf(DoubleSeries.class);
        assertThat((Object) frame.getColumn("c")).isInstanceOf(BooleanSeries.class);
    }
}
