package io.farmhand.examples;

import io.farmhand.Chunks;
import io.farmhand.Pool;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How is a long list summed on all cores? In chunks: a task for each number would cost more than the sum.
 *
 * <p>Prints:
 *
 * <pre>
 * chunks: 8, of 125000 numbers
 * sums: [7812562500, 23437562500, 39062562500, 54687562500, 70312562500, 85937562500, 101562562500, 117187562500]
 * sum: 500000500000
 * </pre>
 */
public final class ChunkedSum {
    private ChunkedSum() {}

    /** Sums a million numbers in eight chunks. */
    public static void main(String[] args) {
        long[] numbers = LongStream.rangeClosed(1, 1_000_000).toArray();
        List<long[]> chunks = Chunks.split(numbers, 8);
        System.out.println("chunks: " + chunks.size() + ", of " + chunks.getFirst().length + " numbers");
        try (Pool pool = Pool.create(2)) {
            List<Long> sums = pool.map(chunk -> LongStream.of(chunk).sum(), chunks);
            System.out.println("sums: " + sums);
            System.out.println("sum: " + sums.stream().mapToLong(sum -> sum).sum());
        }
    }
}
