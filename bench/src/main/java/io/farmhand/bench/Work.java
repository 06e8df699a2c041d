package io.farmhand.bench;

import io.farmhand.examples.Describe;
import io.farmhand.examples.Series;
import io.farmhand.examples.Summary;
import io.farmhand.shared.SharedDoubleArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The work itself, which all sides in Java share, and the digests of its results. {@code peers.py} has the same. */
final class Work {
    /** Of 16 MiB. */
    static final int ARRAY_LENGTH = 1 << 21;
    static final int CHUNKS = 8;
    static final int SPINS = 16;
    private static final int NUMBERS = 1000;
    private static final int WEIGHTS = 7;

    private Work() {}

    /** Whole numbers, so that their sum is exact in whatever order it is made. */
    static double[] array(int seed) {
        double[] array = new double[ARRAY_LENGTH];
        for (int i = 0; i < array.length; i++) {
            array[i] = i % NUMBERS + seed;
        }
        return array;
    }

    static List<double[]> arrays(long count) {
        return IntStream.range(0, (int) count).mapToObj(Work::array).toList();
    }

    /** In four sums, since an addition waits for the one before; NumPy's has eight. The length is a multiple of four. */
    static double sum(double[] array) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        for (int i = 0; i < array.length; i += 4) {
            first += array[i];
            second += array[i + 1];
            third += array[i + 2];
            fourth += array[i + 3];
        }
        return first + second + third + fourth;
    }

    static double sum(SharedDoubleArray array) {
        MemorySegment numbers = array.segment();
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        for (int i = 0; i < ARRAY_LENGTH; i += 4) {
            first += numbers.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
            second += numbers.getAtIndex(ValueLayout.JAVA_DOUBLE, i + 1);
            third += numbers.getAtIndex(ValueLayout.JAVA_DOUBLE, i + 2);
            fourth += numbers.getAtIndex(ValueLayout.JAVA_DOUBLE, i + 3);
        }
        return first + second + third + fourth;
    }

    static double[] numbers(long count) {
        return IntStream.range(0, (int) count).mapToDouble(i -> i % NUMBERS).toArray();
    }

    static List<double[]> chunks(double[] numbers) {
        return IntStream.range(0, CHUNKS).mapToObj(i -> Arrays.copyOfRange(numbers,
                (int) ((long) numbers.length * i / CHUNKS), (int) ((long) numbers.length * (i + 1) / CHUNKS))).toList();
    }

    static double[] squares(double[] numbers) {
        double[] squares = new double[numbers.length];
        for (int i = 0; i < squares.length; i++) {
            squares[i] = numbers[i] * numbers[i];
        }
        return squares;
    }

    static double[] concatenated(List<double[]> chunks) {
        double[] all = new double[chunks.stream().mapToInt(chunk -> chunk.length).sum()];
        int at = 0;
        for (double[] chunk : chunks) {
            System.arraycopy(chunk, 0, all, at, chunk.length);
            at += chunk.length;
        }
        return all;
    }

    /** Computes and does nothing else: steps of Marsaglia's xorshift. */
    static long spin(long steps) {
        long state = 1;
        for (long i = 0; i < steps; i++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
        }
        return state;
    }

    static List<Path> files(Load load) {
        return Series.labels().stream().limit(load.size()).map(label -> load.directory().resolve(label + ".csv"))
                .toList();
    }

    static Summary describe(Path file) {
        try {
            return Describe.file(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- digests, which tell apart what comes in another order, too ----

    static long next(long digest, long number) {
        return (31 * digest + number) & 0xffff_ffffL;
    }

    static String digest(List<? extends Number> numbers) {
        long digest = 0;
        for (Number number : numbers) {
            digest = next(digest, number.longValue());
        }
        return Long.toString(digest);
    }

    static String digest(double[] numbers) {
        double digest = 0;
        for (int i = 0; i < numbers.length; i++) {
            digest += numbers[i] * (i % WEIGHTS + 1);
        }
        return Long.toString((long) digest);
    }

    static String digestOfArrays(List<double[]> arrays) {
        return digest(arrays.stream().mapToDouble(Work::sum).toArray());
    }

    /** Sums of each of the eight numbers, of which the last digits may differ between Java and numpy. */
    static String digestOfSummaries(List<Summary> summaries) {
        Stream<ToDoubleFunction<Summary.Column>> numbers = Stream.of(Summary.Column::count, Summary.Column::mean,
                Summary.Column::std, Summary.Column::min, Summary.Column::q25, Summary.Column::q50, Summary.Column::q75,
                Summary.Column::max);
        return numbers.map(number -> {
            double sum = 0;
            for (int i = 0; i < summaries.size(); i++) {
                sum += number.applyAsDouble(summaries.get(i).column("data")) * (i % WEIGHTS + 1);
            }
            return String.format(Locale.ROOT, "%.6f", sum);
        }).collect(Collectors.joining(" "));
    }
}
