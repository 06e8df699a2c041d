package io.farmhand.examples;

import io.farmhand.Pool;
import io.farmhand.frames.Frames;
import io.farmhand.frames.Split;
import java.util.stream.LongStream;
import org.dflib.DataFrame;
import org.dflib.LongSeries;
import org.dflib.Series;

/**
 * How do I square ten million numbers of a data frame on all cores? Cut the frame into parts, map a function over them, and
 * have the results put together again.
 *
 * <p>Prints:
 *
 * <pre>
 * parts: [2500000, 2500000, 2500000, 2500000]
 * rows: 10000000, columns: [number, square]
 * 9999999 squared is 99999980000001
 * </pre>
 */
public final class FrameSquares {
    private static final int NUMBERS = 10_000_000;

    private FrameSquares() {}

    /** A part of the frame with its squares; runs in the workers. */
    static DataFrame squared(DataFrame part) {
        LongSeries numbers = part.getColumn("number").castAsLong();
        return part.cols("square").merge(numbers.mul(numbers));
    }

    /** Squares ten million numbers with two workers. */
    public static void main(String[] args) {
        DataFrame frame = DataFrame.byColumn("number").of(Series.ofLong(LongStream.range(0, NUMBERS).toArray()));
        Split four = Split.into(4);
        System.out.println("parts: " + Frames.split(frame, four).stream().map(DataFrame::height).toList());
        try (Pool pool = Pool.create(2)) {
            DataFrame squares = Frames.map(pool, frame, four, FrameSquares::squared);
            System.out.printf("rows: %d, columns: %s%n", squares.height(),
                    squares.getColumnsIndex().toSeries().toList());
            int last = squares.height() - 1;
            System.out.printf("%s squared is %s%n", squares.get("number", last), squares.get("square", last));
        }
    }
}
