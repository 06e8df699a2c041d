package io.farmhand.examples;

import io.farmhand.Pool;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** How to use a pool, call by call. */
public final class Tutorial {
    private Tutorial() {}

    /**
     * The share of a series' numbers that lie above a threshold; a task of two arguments that needs no files.
     *
     * @param label which of the {@linkplain Series series}
     * @param threshold the numbers are uniform in [0, 1), so the answer is near {@code 1 - threshold}
     * @return from 0, none of them, to 1, all of them
     */
    public static double aboveThreshold(String label, double threshold) {
        return Arrays.stream(Series.values(label)).map(value -> value > threshold ? 1 : 0).average().orElseThrow();
    }

    /**
     * A task that takes a while: how many steps a number takes to 1, halved when even, else tripled and one added.
     *
     * @param number 1 or more
     * @return the length of its Collatz sequence, without the number itself
     */
    public static long collatz(long number) {
        return LongStream.iterate(number, n -> n > 1, n -> n % 2 == 0 ? n / 2 : 3 * n + 1).count();
    }

    /**
     * Makes each kind of call once and prints what comes back.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        List<Long> numbers = LongStream.rangeClosed(1, 10).boxed().toList();
        try (Pool pool = Pool.create()) { // one worker JVM for each core
            // Any function over any collection; the results are in the order of the items.
            List<Long> squares = pool.map(n -> n * n, numbers);
            System.out.println("map            " + squares);

            // Small items travel in chunks; here in chunks of five.
            List<Long> steps = pool.map(Tutorial::collatz, numbers, 5);
            System.out.println("map by fives   " + steps);

            // Two inputs in step.
            List<Double> shares = pool.starMap(Tutorial::aboveThreshold, List.of("ab", "cd"), List.of(0.25, 0.5));
            System.out.println("starMap        " + shares);

            // One call, waited for.
            long one = pool.apply(Math::abs, -3L);
            System.out.println("apply          " + one);

            // One call, or many, not waited for.
            CompletableFuture<Long> later = pool.submit(() -> collatz(837_799));
            CompletableFuture<List<Long>> allLater = pool.mapAsync(n -> n + 1, numbers);
            System.out.println("submit         " + later.join());
            System.out.println("mapAsync       " + allLater.join());

            // Results as they come: in order and lazily, so that the input may have no end ...
            try (Stream<Long> lazy = pool.imap(Tutorial::collatz, LongStream.iterate(1, n -> n + 1))) {
                System.out.println("imap           " + lazy.limit(10).toList());
            }
            // ... or whichever is ready first.
            try (Stream<Long> any = pool.imapUnordered(n -> -n, numbers)) {
                System.out.println("imapUnordered  " + any.sorted().toList());
            }
        }
    }
}
