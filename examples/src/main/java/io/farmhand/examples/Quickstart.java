package io.farmhand.examples;

import io.farmhand.Pool;
import io.farmhand.Result;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What does a pool look like in ten lines? The README's first example. */
public final class Quickstart {
    private Quickstart() {}

    /** Maps, calls once, reads lazily, and survives a task that ends its JVM. */
    public static void main(String[] args) {
        // [quickstart]
        try (Pool pool = Pool.create(2)) { // two worker JVMs
            System.out.println(pool.map(n -> n * n, List.of(1, 2, 3, 4)));
            long one = pool.apply(Math::abs, -3L);
            System.out.println(one);
            try (Stream<Long> lazy = pool.imap(n -> n * n, LongStream.iterate(1, n -> n + 1))) { // endless
                System.out.println(lazy.limit(5).toList());
            }
            try (Stream<Result<Integer>> results = pool.imapResults(Quickstart::risky, List.of(1, 2, 3))) {
                results.forEach(result -> System.out.println(
                        result instanceof Result.Failure<?> failure ? failure.error().getClass() : result.get()));
            }
        }
        // [/quickstart]
    }

    private static int risky(int n) {
        if (n == 2) {
            Runtime.getRuntime().halt(7); // ends its worker JVM, as a native crash would
        }
        return n * 10;
    }
}
