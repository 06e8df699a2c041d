package io.farmhand.examples;

import io.farmhand.Pool;
import java.io.Serializable;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Can one step of a stream run in worker JVMs? Yes, as a gatherer, and endless streams stay lazy. */
public final class Gathering {
    private Gathering() {}

    /** Finds the first numbers whose Collatz sequences are long. */
    public static void main(String[] args) {
        try (Pool pool = Pool.create(2)) {
            List<Long> found = Stream.iterate(1L, n -> n + 1) // endless
                    .gather(pool.mapping(n -> new Steps(n, Tutorial.collatz(n)))) // in the workers, in order
                    .filter(steps -> steps.count() >= 110)
                    .map(Steps::number)
                    .limit(5) // then the rest is cancelled
                    .toList();
            System.out.println(found);

            List<Long> divisors = Stream.of(6L, 28L)
                    .gather(pool.<Long, Long>flatMapping(n -> LongStream.rangeClosed(1, n).filter(d -> n % d == 0)
                            .boxed().toList()))
                    .toList();
            System.out.println(divisors);
        }
    }

    private record Steps(long number, long count) implements Serializable {}
}
