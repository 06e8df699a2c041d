package io.farmhand.examples;

import io.farmhand.Pool;
import io.farmhand.task.Broadcast;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** How does a table of megabytes get to the workers? As a broadcast: once to each, however many calls use it. */
public final class BigConstant {
    private BigConstant() {}

    /** Counts primes below some bounds with a sieve that is made here and read there. */
    public static void main(String[] args) {
        boolean[] isPrime = sieve(2_000_000);
        try (Pool pool = Pool.create(2); Broadcast<boolean[]> sieve = pool.broadcast(isPrime)) {
            List<Integer> bounds = List.of(10, 1_000, 1_000_000);
            System.out.println(pool.map(bound -> primesBelow(bound, sieve.get()), bounds));
            System.out.println(pool.map(number -> sieve.get()[number], List.of(91, 97))); // it is there already
        }
    }

    private static boolean[] sieve(int size) {
        boolean[] isPrime = new boolean[size];
        Arrays.fill(isPrime, 2, size, true);
        for (int n = 2; (long) n * n < size; n++) {
            if (isPrime[n]) {
                for (int multiple = n * n; multiple < size; multiple += n) {
                    isPrime[multiple] = false;
                }
            }
        }
        return isPrime;
    }

    private static int primesBelow(int bound, boolean[] isPrime) {
        return (int) IntStream.range(0, bound).filter(n -> isPrime[n]).count();
    }
}
