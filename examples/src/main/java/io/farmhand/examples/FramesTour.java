package io.farmhand.examples;

import static org.dflib.Exp.$double;
import static org.dflib.Exp.$int;

import io.farmhand.Chunks;
import io.farmhand.Pool;
import io.farmhand.frames.ColumnType;
import io.farmhand.frames.CsvOptions;
import io.farmhand.frames.Frames;
import io.farmhand.frames.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.dflib.DataFrame;
import org.dflib.Series;

/**
 * What can a pool do with data frames? Each call once, in the words of {@code docs/frames.md}.
 *
 * <p>Prints:
 *
 * <pre>
 * map: [10.0, 24.0, 4.5]
 * mapToSeries: [10.0, 24.0, 4.5]
 * mapToList: [34.0, 4.5]
 * mapRows: [ann: 4, bob: 3, ann: 9]
 * mapColumn: [3, 3, 3]
 * parts: [2, 1]
 * groups: {ann=14.5, bob=24.0}
 * firsts: [ann, bob]
 * rows read: 3, 3
 * files read: [3, 3]
 * types: [long, String]
 * mean: 12.833333
 * top: ann
 * chunks: [[1, 2, 3], [4, 5]]
 * split: [2, 2, 1]
 * </pre>
 */
public final class FramesTour {
    private FramesTour() {}

    /** Makes each call. */
    public static void main(String[] args) throws IOException {
        DataFrame orders = DataFrame.byColumn("name", "price", "quantity").of(Series.of("ann", "bob", "ann"),
                Series.ofDouble(2.5, 8, 0.5), Series.ofInt(4, 3, 9));
        try (Pool pool = Pool.create(2)) {
            showMaps(pool, orders);
            showGroups(pool, orders);
        }
        try (Pool pool = Pool.create(2); ScratchDirectory directory = new ScratchDirectory("frames-tour", false)) {
            showCsv(pool, directory.path());
        }
        DataFrame frame = orders.cols("total").merge(totals(orders));
        DataFrame described = Frames.describe(frame);
        say("mean", "%.6f".formatted(described.getColumn("total").castAsDouble().getDouble(1)));
        DataFrame all = Frames.describeAll(frame);
        say("top", all.get("name", 2));
        List<List<Integer>> lists = Chunks.of(List.of(1, 2, 3, 4, 5), 3);
        say("chunks", lists);
        List<double[]> parts = Chunks.split(new double[]{1, 2, 3, 4, 5}, 3);
        say("split", parts.stream().map(part -> part.length).toList());
    }

    private static void showMaps(Pool pool, DataFrame orders) {
        DataFrame priced = Frames.map(pool, orders, part -> part.cols("total").merge(totals(part)));
        say("map", priced.getColumn("total").toList());

        Series<Double> totals = Frames.mapToSeries(pool, orders, FramesTour::totals);
        say("mapToSeries", totals.toList());

        List<Double> sums = Frames.mapToList(pool, orders, Split.byRows(2), part -> sum(totals(part)));
        say("mapToList", sums);

        Series<String> rows = Frames.mapRows(pool, orders, row -> row.get("name") + ": " + row.get("quantity"));
        say("mapRows", rows.toList());

        Series<Integer> lengths = Frames.mapColumn(pool, orders, "name", String::length);
        say("mapColumn", lengths.toList());

        List<DataFrame> parts = Frames.split(orders, Split.into(2));
        DataFrame again = Frames.concat(parts);
        say("parts", parts.stream().map(DataFrame::height).toList());
        assert again.height() == orders.height();
    }

    private static void showGroups(Pool pool, DataFrame orders) {
        Map<Object, Double> byName = Frames.groupBy(orders, "name").applyToMap(pool, group -> sum(totals(group)));
        say("groups", byName);

        DataFrame firsts = Frames.groupBy(orders, "name").apply(pool, group -> group.head(1));
        say("firsts", firsts.getColumn("name").toList());
    }

    private static void showCsv(Pool pool, Path directory) throws IOException {
        Path path = Files.writeString(directory.resolve("a.csv"),
                "zip,city\n01067,Dresden\n,\"Jena, \nThuringia\"\n10115,Berlin\n");
        DataFrame here = Frames.readCsv(path);
        DataFrame parallel = Frames.readCsv(pool, path);
        say("rows read", here.height() + ", " + parallel.height());

        List<Path> paths = List.of(path, path);
        List<DataFrame> many = Frames.readCsv(pool, paths);
        say("files read", many.stream().map(DataFrame::height).toList());

        CsvOptions options = CsvOptions.defaults().separator(';').charset(StandardCharsets.ISO_8859_1)
                .columns("id", "zip").type("zip", ColumnType.TEXT);
        Path other = Files.writeString(directory.resolve("b.csv"), "id;zip;city\n1;01067;Köln\n",
                StandardCharsets.ISO_8859_1);
        DataFrame frame = Frames.readCsv(pool, other, options);
        say("types",
                IntStream.range(0, 2).mapToObj(i -> frame.getColumn(i).getInferredType().getSimpleName()).toList());
    }

    private static Series<Double> totals(DataFrame part) {
        return part.cols("total").select($double("price").mul($int("quantity"))).<Double>getColumn(0);
    }

    private static double sum(Series<Double> numbers) {
        return numbers.reduce(0.0, Double::sum);
    }

    private static void say(String call, Object result) {
        System.out.println(call + ": " + result);
    }
}
