package io.farmhand.examples;

import static org.dflib.Exp.$double;

import io.farmhand.Partial;
import io.farmhand.Pool;
import io.farmhand.frames.Frames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dflib.DataFrame;
import org.dflib.DoubleSeries;

/**
 * How do I describe many CSV files, all of them by one threshold, or each by its own? A function of the file; of threshold
 * and file, with the threshold fixed; or of two inputs in step.
 *
 * <p>Prints:
 *
 * <pre>
 * all:              4406 numbers, mean 0.499; 4406 numbers, mean 0.495; 4406 numbers, mean 0.494;
 * above 0.5:        2211 numbers, mean 0.747; 2183 numbers, mean 0.744; 2170 numbers, mean 0.748;
 * above each's own: 3330 numbers, mean 0.621; 2183 numbers, mean 0.744; 1081 numbers, mean 0.875;
 * </pre>
 */
public final class DescribeFiles {
    private static final List<String> LABELS = List.of("ab", "cd", "ef");

    private DescribeFiles() {}

    /** Describes the numbers of a file, as {@code pandas.read_csv(file).describe()} does. */
    static DataFrame processFile(Path file) throws IOException {
        return Frames.describe(Frames.readCsv(file));
    }

    /** Describes those numbers of a file that are above a threshold. */
    static DataFrame processFile2(double threshold, Path file) throws IOException {
        DataFrame series = Frames.readCsv(file);
        return Frames.describe(series.rows($double("data").gt(threshold)).select());
    }

    /** Describes three files in three ways. */
    public static void main(String[] args) throws IOException {
        try (ScratchDirectory directory = new ScratchDirectory("describe-files", false); Pool pool = Pool.create(2)) {
            List<Path> files = new ArrayList<>();
            for (String label : LABELS) {
                files.add(Series.write(directory.path(), label));
            }
            print("all:             ", pool.map(DescribeFiles::processFile, files));
            print("above 0.5:       ", pool.map(Partial.of(DescribeFiles::processFile2, 0.5), files));
            List<Double> thresholds = List.of(0.25, 0.5, 0.75);
            print("above each's own:", pool.starMap(DescribeFiles::processFile2, thresholds, files));
        }
    }

    private static void print(String title, List<DataFrame> descriptions) {
        StringBuilder line = new StringBuilder(title);
        for (DataFrame description : descriptions) {
            DoubleSeries data = description.getColumn("data").castAsDouble(); // count, mean, ...
            line.append(" %.0f numbers, mean %.3f;".formatted(data.getDouble(0), data.getDouble(1)));
        }
        System.out.println(line);
    }
}
