package io.farmhand.examples;

import io.farmhand.Pool;
import io.farmhand.Progress;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How do I see how far a call is? With a bar on standard error, which what workers print does not break.
 *
 * <pre>
 * 1000 numbers, the longest sequence has 178 steps
 * [0, 1, 7, 2, 5]
 * </pre>
 *
 * <p>On a terminal this is drawn again and again; at its end the first call shows:
 *
 * <pre>
 * 100% [##############################] 1000/1000 | 5.1k/s | took 0:00 | 0 failed
 * Where the workers' time went:
 *   starting       0.0%
 *   initializing   0.0%
 *   waiting       39.1%  ############
 *   serializing   34.7%  ##########
 *   working       26.2%  ########
 * Items done: 1000, sent again: 0
 * Slow: item 396 of call 1 took 19.2 ms on worker 0
 * Shipping an item cost 139 us and computing it 105 us: larger batches, or .backend(THREADS), would be faster.
 * </pre>
 */
public final class ShowProgress {
    private ShowProgress() {}

    /** Maps with a bar and a table, and then with a bar alone. */
    public static void main(String[] args) {
        try (Pool pool = Pool.create(2)) {
            Pool shown = pool.with(options -> options.progress());
            List<Long> steps = shown.map(Tutorial::collatz, LongStream.rangeClosed(1, 1_000).boxed().toList());
            System.out.println(steps.size() + " numbers, the longest sequence has "
                    + steps.stream().mapToLong(Long::longValue).max().getAsLong() + " steps");

            Pool bar = pool.with(options -> options.progress(Progress.BAR)); // of a stream it shows count and rate
            try (Stream<Long> first = bar.imap(Tutorial::collatz, Stream.iterate(1L, n -> n + 1))) {
                System.out.println(first.limit(5).toList());
            }
        }
    }
}
