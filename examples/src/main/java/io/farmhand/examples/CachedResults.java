package io.farmhand.examples;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.farmhand.Pool;
import io.farmhand.cache.CachedFunction;
import io.farmhand.cache.Memory;
import io.farmhand.cache.Shelved;
import java.io.Serializable;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How do I keep results, so that the next run does not compute them again? With a cache on disk, which workers use, too.
 *
 * <pre>
 * 6171
 * kept: true
 * [871, 6171, 77031]
 * from disk: 871
 * verbose or not: true
 * the tenth prime: 29
 * results dropped: 3
 * kept: false
 * </pre>
 */
public final class CachedResults {
    private CachedResults() {}

    /** Looks for numbers with long Collatz sequences. */
    public static void main(String[] args) throws Exception {
        try (ScratchDirectory scratch = new ScratchDirectory("cached-results", false)) {
            Path directory = scratch.path().resolve("cache"); // a real program names one that stays
            Memory memory = Memory.at(directory);
            CachedFunction<Integer, Integer> longest = memory.cache(CachedResults::longest);
            System.out.println(longest.apply(10_000)); // computed, and kept
            System.out.println("kept: " + longest.contains(10_000));

            try (Pool pool = Pool.create(2)) {
                // The workers read and write the same directory; each result is computed once.
                System.out.println(pool.map(longest, List.of(1_000, 10_000, 100_000)));

                // A reference travels, and the result stays on disk until it is asked for.
                List<Shelved<Integer>> shelved = pool.map(longest::callAndShelve, List.of(1_000));
                System.out.println("from disk: " + shelved.get(0).get());
            }

            CachedFunction<Query, String> search = memory.ignore("verbose").expiresAfter(Duration.ofDays(1))
                    .cache(Query::answer);
            search.apply(new Query("pi", false));
            System.out.println("verbose or not: " + search.contains(new Query("pi", true)));

            // Large arrays are mapped: no copy on the heap, and all processes share the memory.
            CachedFunction<Integer, MemorySegment> primes = memory.cacheMapped(CachedResults::primes);
            System.out.println("the tenth prime: " + primes.apply(1_000).getAtIndex(JAVA_INT, 9));

            long dropped = memory.reduceSize(limits -> limits.items(2).bytes(10_000_000));
            System.out.println("results dropped: " + dropped);
            memory.clear();
            System.out.println("kept: " + longest.contains(10_000));
        }
    }

    /** The number with the longest sequence below a limit. */
    private static int longest(int limit) {
        long most = -1;
        int best = 0;
        for (int n = 1; n < limit; n++) {
            long steps = Tutorial.collatz(n);
            if (steps > most) {
                most = steps;
                best = n;
            }
        }
        return best;
    }

    /** Several arguments, one of which makes no difference to the answer. */
    private record Query(String text, boolean verbose) implements Serializable {
        String answer() {
            return text + "?";
        }
    }

    private static int[] primes(int limit) {
        return IntStream.range(2, limit).filter(n -> IntStream.rangeClosed(2, (int) Math.sqrt(n))
                .allMatch(d -> n % d != 0)).toArray();
    }
}
