package io.farmhand.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.Pool;
import io.farmhand.TaskSerializationException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dflib.DataFrame;
import org.dflib.DoubleSeries;
import org.dflib.IntSeries;
import org.dflib.Series;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a pool of real workers does with frames. */
@Timeout(120)
@NullUnmarked
class FramesTest {
    private static final int ROWS = 1000;

    private static Pool pool;

    @TempDir
    Path directory;

    @BeforeAll
    static void open() {
        pool = Pool.builder().workers(2).jvmArgs("-XX:TieredStopAtLevel=1").build();
    }

    @AfterAll
    static void close() {
        pool.close();
    }

    private static DataFrame frame() {
        return DataFrame.byColumn("id", "value", "name").of(Series.ofInt(IntStream.range(0, ROWS).toArray()),
                Series.ofDouble(IntStream.range(0, ROWS).mapToDouble(i -> i / 2.0).toArray()),
                Series.of(IntStream.range(0, ROWS).mapToObj(i -> i % 10 == 0 ? null : "n" + i % 3).toArray()));
    }

    // ---- map ----

    @Test
    void mapsPartsAndPutsThemTogetherInOrder() {
        DataFrame frame = frame();
        for (Split split : List.of(Split.into(1), Split.into(7), Split.byRows(300))) {
            DataFrame mapped = Frames.map(pool, frame, split, part -> part.cols("double").merge(
                    part.getColumn("value").castAsDouble().mul(part.getColumn("value").castAsDouble())));
            assertThat(mapped.getColumnsIndex().toArray()).containsExactly("id", "value", "name", "double");
            Same.assertSame(mapped.cols("id", "value", "name").select(), frame, split.toString());
            assertThat(mapped.get("double", 999)).isEqualTo(499.5 * 499.5);
            assertThat((Object) mapped.getColumn("id")).isInstanceOf(IntSeries.class);
            assertThat((Object) mapped.getColumn("double")).isInstanceOf(DoubleSeries.class);
        }
        Same.assertSame(Frames.map(pool, frame, part -> part), frame, "four for each worker");
    }

    @Test
    void mapsPartsToSeriesAndToAnything() {
        Series<Double> halves = Frames.mapToSeries(pool, frame(), part -> part.<Double>getColumn("value"));
        Same.assertSame(halves, frame().getColumn("value"), "series");
        List<Integer> heights = Frames.mapToList(pool, frame(), Split.byRows(400), part -> part.height());
        assertThat(heights).containsExactly(400, 400, 200);
        List<DataFrame> firsts = Frames.mapToList(pool, frame(), Split.into(2), part -> part.head(1));
        assertThat(firsts).extracting(first -> first.get("id", 0)).containsExactly(0, 500);
    }

    @Test
    void mapsRowsAndColumns() {
        Series<Integer> rows = Frames.mapRows(pool, frame(), row -> row.getInt("id") + 1);
        assertThat((Object) rows).isInstanceOf(IntSeries.class);
        assertThat(rows.get(999)).isEqualTo(1000);
        Series<String> names = Frames.mapColumn(pool, frame(), "name",
                (String name) -> name == null ? null : name + "!");
        assertThat(names.head(3).toList()).containsExactly(null, "n1!", "n2!");
        Series<Double> doubles = Frames.mapColumn(pool, frame(), "id", Split.into(3), (Integer id) -> id / 4.0);
        assertThat((Object) doubles).isInstanceOf(DoubleSeries.class);
        assertThatThrownBy(() -> Frames.mapColumn(pool, frame(), "nobody", name -> name))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("nobody");
    }

    @Test
    void aFrameWithoutRowsKeepsTheColumnsThatTheFunctionGives() {
        DataFrame none = DataFrame.byColumn("id").of(Series.ofInt());
        DataFrame mapped = Frames.map(pool, none, Split.into(5), part -> DataFrame.byColumn("id", "x").of(
                part.getColumn("id"), Series.ofDouble()));
        assertThat(mapped.getColumnsIndex().toArray()).containsExactly("id", "x");
        assertThat(mapped.height()).isZero();
        assertThat(Frames.mapRows(pool, none, row -> 1).size()).isZero();
    }

    @Test
    void aFunctionThatGivesNothingIsAnErrorThatNamesThePart() {
        assertThatThrownBy(() -> Frames.map(pool, frame(), Split.into(2), FramesTest::nothingForTheSecond))
                .isInstanceOf(NullPointerException.class).hasMessageContaining("part=1");
    }

    static DataFrame nothingForTheSecond(DataFrame part) {
        return part.get("id", 0).equals(0) ? part : null;
    }

    @Test
    void exceptionsOfTheFunctionComeOut() {
        assertThatThrownBy(() -> Frames.map(pool, frame(), part -> {
            throw new IOException("no " + part.height());
        })).isInstanceOf(IOException.class).hasMessage("no 125");
    }

    // ---- groups ----

    @Test
    void mapsGroupsInTheOrderInWhichTheyCome() {
        FrameGroups groups = Frames.groupBy(frame(), "name");
        assertThat(groups.size()).isEqualTo(3); // without those that have none
        Map<Object, Integer> heights = groups.applyToMap(pool, group -> group.height());
        assertThat(heights).containsExactly(Map.entry("n1", 300), Map.entry("n2", 300), Map.entry("n0", 300));
        DataFrame largest = groups.apply(pool, group -> group.tail(1));
        assertThat(largest.getColumn("id").toList()).containsExactly(997, 998, 999);
        assertThat(Frames.groupBy(frame(), "name", "id").applyToMap(pool, group -> group.height())).hasSize(900)
                .containsEntry(List.of("n1", 7), 1);
        assertThat(Frames.groupBy(frame().head(0), "name").apply(pool, group -> group).getColumnsIndex().toArray())
                .containsExactly("id", "value", "name");
        assertThatThrownBy(() -> Frames.groupBy(frame())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("value");
    }

    /** The groups are those of pandas, whose order is that of the keys. */
    @Test
    void rowsWithoutAKeyAreInNoGroupHoweverManyColumnsThereAre() {
        DataFrame frame = DataFrame.byColumn("k", "n", "f", "v").of(Series.of("a", null, "b", null, "a", ""),
                Series.ofDouble(Double.NaN, 0.0, -0.0, Double.NaN, 1, 1),
                Series.ofFloat(-0.0f, 0.0f, Float.NaN, 2, 2, 2), Series.ofInt(0, 1, 2, 3, 4, 5));
        assertThat(members(frame, "k")).isEqualTo(
                Map.of("a", List.of(0, 4), "b", List.of(2), "", List.of(5)));
        assertThat(members(frame, "n")).isEqualTo(Map.of(0.0, List.of(1, 2), 1.0, List.of(4, 5)));
        assertThat(members(frame, "f")).isEqualTo(Map.of(0.0f, List.of(0, 1), 2.0f, List.of(3, 4, 5)));
        assertThat(members(frame, "k", "n")).isEqualTo(Map.of(List.of("b", 0.0), List.of(2), List.of("a", 1.0),
                List.of(4), List.of("", 1.0), List.of(5)));
        FrameGroups none = Frames.groupBy(frame.rows(1, 3).select(), "k");
        assertThat(none.size()).isZero();
        assertThat(none.apply(pool, group -> group).getColumnsIndex().toArray()).containsExactly("k", "n", "f", "v");
        FrameGroups twice = Frames.groupBy(frame, "k");
        assertThat(twice.apply(pool, group -> group).height()).isEqualTo(twice.apply(pool, group -> group).height());
    }

    private static Map<Object, List<Integer>> members(DataFrame frame, String... columns) {
        return Frames.groupBy(frame, columns).applyToMap(pool, group -> group.<Integer>getColumn("v").toList());
    }

    // ---- errors ----

    static final class NotThis extends IOException {
        private static final long serialVersionUID = 1;

        NotThis(String message) {
            super(message);
        }
    }

    static <T> T refuse(T value, T wrong) throws NotThis {
        if (value.equals(wrong)) {
            throw new NotThis("not this: " + wrong);
        }
        return value;
    }

    private static void assertTold(ThrowingCallable call, String where) {
        assertThatThrownBy(call).isInstanceOf(NotThis.class).hasMessageStartingWith("not this: ")
                .satisfies(thrown -> assertThat(thrown.getSuppressed()).extracting(Throwable::getMessage)
                        .contains("The function failed at " + where + "."));
    }

    @Test
    void whatAFunctionThrowsNamesTheRowOrTheGroup() {
        assertTold(() -> Frames.mapRows(pool, frame(), row -> refuse(row.getInt("id"), 777)), "row=777");
        assertTold(() -> Frames.mapRows(pool, frame(), Split.byRows(300), row -> refuse(row.getInt("id"), 300)),
                "row=300");
        assertTold(
                () -> Frames.mapColumn(pool, frame(), "value", Split.into(7), (Double value) -> refuse(value, 499.5)),
                "row=999 value=499.5");
        assertTold(() -> Frames.groupBy(frame(), "name").apply(pool, group -> refuse(group, group)), "group=n1");
        assertTold(() -> Frames.groupBy(frame(), "name", "id").applyToMap(pool,
                group -> refuse(group.get("id", 0), (Object) 7)), "group=[n1, 7]");
    }

    @Test
    void aColumnThatIsNotThereIsNamedBesideThoseThatAre() {
        assertThatThrownBy(() -> Frames.mapColumn(pool, frame(), "nmae", name -> name))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("column=nmae; did you mean name?")
                .hasMessageContaining("[id, value, name]");
        assertThatThrownBy(() -> Frames.groupBy(frame(), "id", "zz")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("column=zz").hasMessageContaining("[id, value, name]");
    }

    @Test
    void anArgumentThatIsNullIsNamed() {
        DataFrame frame = frame();
        assertThatThrownBy(() -> Frames.map(pool, null, part -> part)).hasMessage("frame");
        assertThatThrownBy(() -> Frames.map(null, frame, part -> part)).hasMessage("pool");
        assertThatThrownBy(() -> Frames.map(pool, frame, null, part -> part)).hasMessage("split");
        assertThatThrownBy(() -> Frames.mapToList(pool, frame, null)).hasMessage("function");
        assertThatThrownBy(() -> Frames.mapColumn(pool, frame, null, value -> value)).hasMessage("column");
        assertThatThrownBy(() -> Frames.groupBy(null, "id")).hasMessage("frame");
        assertThatThrownBy(() -> Frames.groupBy(frame, "id").apply(null, part -> part)).hasMessage("pool");
        assertThatThrownBy(() -> Frames.describe(null)).hasMessage("frame");
        assertThatThrownBy(() -> Frames.readCsv((Path) null)).hasMessage("path");
        assertThatThrownBy(() -> Frames.readCsv(pool, (List<Path>) null)).hasMessage("paths");
    }

    // ---- travel ----

    record Labelled(String label, DataFrame frame) implements Serializable {}

    @Test
    void framesTravelInAllCallsOfAPool() {
        DataFrame frame = frame();
        DataFrame lookup = DataFrame.byColumn("n").of(Series.of("zero", "one"));
        assertThat(pool.map(i -> lookup.get("n", i), List.of(0, 1))).containsExactly("zero", "one");
        List<DataFrame> described = pool.map(Frames::describe, List.of(frame, frame));
        assertThat(described.get(1).get("value", 0)).isEqualTo(1000.0);
        Labelled labelled = pool.apply(item -> new Labelled(item.label() + "!", item.frame().head(1)),
                new Labelled("a", frame));
        assertThat(labelled.label()).isEqualTo("a!");
        assertThat(labelled.frame().height()).isEqualTo(1);
        Series<Object> series = pool.apply(values -> values.head(2), frame.getColumn("name"));
        assertThat(series.toList()).containsExactly(null, "n1");
    }

    @Test
    void bigColumnsTravelThroughSharedMemory() {
        int size = 2_000_000;
        DataFrame big = DataFrame.byColumn("x")
                .of(Series.ofDouble(IntStream.range(0, size).mapToDouble(i -> i).toArray()));
        DataFrame squares = Frames.map(pool, big, Split.into(3), FramesTest::squared);
        assertThat(squares.height()).isEqualTo(size);
        assertThat((Object) squares.getColumn("y")).isInstanceOf(DoubleSeries.class);
        assertThat(squares.getColumn("y").castAsDouble().getDouble(size - 1)).isEqualTo((size - 1.0) * (size - 1.0));
    }

    static DataFrame squared(DataFrame part) {
        DoubleSeries x = part.getColumn("x").castAsDouble();
        return DataFrame.byColumn("y").of(x.mul(x));
    }

    @Test
    void aColumnThatCannotTravelIsExplained() {
        DataFrame frame = DataFrame.byColumn("a").of(Series.of(new Object(), new Object()));
        assertThatThrownBy(() -> Frames.map(pool, frame, part -> part)).isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("java.lang.Object");
    }

    // ---- CSV ----

    @Test
    void aFileReadByWorkersIsTheFileReadHere() throws IOException {
        StringBuilder text = new StringBuilder("id,value,note\r\n");
        for (int i = 0; i < 100_000; i++) {
            text.append(i).append(',').append(i / 3.0).append(i % 7 == 0 ? ",\"line\r\nbreak \"\"" + i + "\"\"\"" : ",")
                    .append("\r\n");
        }
        Path file = Files.writeString(directory.resolve("big.csv"), text);
        assertThat(Files.size(file)).isGreaterThan(2 << 20); // more than one range
        DataFrame expected = Frames.readCsv(file);
        assertThat(expected.height()).isEqualTo(100_000);
        Same.assertSame(Frames.readCsv(pool, file), expected, "in ranges");
        List<DataFrame> many = Frames.readCsv(pool, List.of(file, file));
        assertThat(many).hasSize(2).allSatisfy(frame -> Same.assertSame(frame, expected, "as one of many"));
        Files.writeString(file, text + "1,2,\"never closed\r\n");
        assertThatThrownBy(() -> Frames.readCsv(pool, file)).isInstanceOf(IOException.class).hasMessageContaining(
                "big.csv").hasMessageContaining("never closed");
    }

    /** The messages and limits of one call are those of all. */
    @Test
    void whatIsWrongWithAFileIsToldTheSameWayByAllCalls() throws IOException {
        CsvOptions short10 = CsvOptions.defaults().maxRecordBytes(10);
        assertRefused("a,b\n1,\"" + "x".repeat(44) + "\"\n2,3\n", short10,
                "line=2 is longer than maxRecordBytes=10. Mend");
        assertRefused("a,b\n1,\"" + "x\n".repeat(400_000), CsvOptions.defaults().maxRecordBytes(100_000),
                "line=2 is longer than maxRecordBytes=100000. Its last field is still within quotes");
        assertRefused("a,b\n1,\"x\n2,3\n", CsvOptions.defaults(),
                "line=2 has a quote that is never closed. Often the file was cut off");
        assertRefused("a,b\n1,2\n3,\"x\"y\n", CsvOptions.defaults(),
                "line=3 column=b cannot be read: Unexpected character after closing quote: 'y' (0x79)."
                        + " A quote within a quoted cell is written twice");
        assertRefused("a,\"b\"c\n1,2\n", CsvOptions.defaults(), "line=1 cell=2 of the header cannot be read");
        assertRefused("a,b\n1\n", CsvOptions.defaults(),
                "line=2 has cells=1 where the header has cells=2: column=b is the first without one.");
        assertRefused("a,b\n1,2,x,y\n", CsvOptions.defaults(),
                "line=2 has cells=4 where the header has cells=2: the first behind column=b is cell=x.");
        Files.delete(directory.resolve("wrong.csv"));
        assertRefused(CsvOptions.defaults(), "there is no such file");
    }

    private void assertRefused(String text, CsvOptions options, String why) throws IOException {
        Files.writeString(directory.resolve("wrong.csv"), text);
        assertRefused(options, why);
    }

    private void assertRefused(CsvOptions options, String why) {
        Path file = directory.resolve("wrong.csv");
        for (ThrowingCallable call : List.<ThrowingCallable>of(() -> Frames.readCsv(file, options),
                () -> Frames.readCsv(pool, file, options), () -> Frames.readCsv(pool, List.of(file), options))) {
            assertThatThrownBy(call).isInstanceOf(IOException.class)
                    .hasMessageStartingWith("Cannot read file=" + file + ": ").hasMessageContaining(why);
        }
    }

    @Test
    void aFileMayHaveManyColumns() throws IOException {
        int width = 20_000;
        String header = IntStream.range(0, width).mapToObj(i -> "c" + i).collect(Collectors.joining(","));
        String row = IntStream.range(0, width).mapToObj(Integer::toString).collect(Collectors.joining(","));
        Path file = Files.writeString(directory.resolve("wide.csv"), header + "\n" + row + "\n");
        for (DataFrame frame : List.of(Frames.readCsv(file), Frames.readCsv(pool, file),
                Frames.readCsv(pool, List.of(file)).getFirst())) {
            assertThat(frame.width()).isEqualTo(width);
            assertThat(frame.get("c19999", 0)).isEqualTo(19_999L);
        }
    }

    @Test
    void manyFilesComeBackInTheirOrder() throws IOException {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            files.add(Files.writeString(directory.resolve(i + ".csv"), "a\n" + i + "\n"));
        }
        List<DataFrame> frames = Frames.readCsv(pool, files);
        assertThat(frames).extracting(frame -> frame.get("a", 0)).containsExactly(0L, 1L, 2L, 3L);
        files.add(directory.resolve("missing.csv"));
        assertThatThrownBy(() -> Frames.readCsv(pool, files)).isInstanceOf(IOException.class).hasMessageContaining(
                "missing.csv");
    }
}
