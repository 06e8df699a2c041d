package io.farmhand.examples;

import static io.farmhand.Parallel.Backend.THREADS;
import static io.farmhand.Parallel.Lazily.GENERATOR;
import static io.farmhand.Parallel.delayed;

import io.farmhand.Parallel;
import io.farmhand.Partial;
import io.farmhand.task.RemoteFunction;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** How does a loop with joblib's {@code Parallel} and {@code delayed} look here? */
public final class ParallelLoop {
    private ParallelLoop() {}

    /**
     * Runs a loop in processes and on threads, lazily, with defaults of a block, and with a bound argument.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) throws Exception {
        // Parallel(n_jobs=2)(delayed(collatz)(n) for n in range(1, 11))
        List<Long> steps = Parallel.jobs(2)
                .run(LongStream.rangeClosed(1, 10).mapToObj(n -> delayed(Tutorial::collatz, n)));
        System.out.println("processes  " + steps);

        // Where processes do not pay: nothing is serialized, and nothing can be killed.
        List<Integer> larger = Parallel.jobs(-1).backend(THREADS)
                .run(Stream.of(delayed(Math::max, 1, 2), delayed(Math::max, 4, 3)));
        System.out.println("threads    " + larger);

        // return_as="generator": results while tasks run; the input may have no end.
        try (Stream<Long> lazy = Parallel.jobs(2).backend(THREADS).preDispatch("2*n_jobs").returnAs(GENERATOR)
                .run(LongStream.iterate(1, n -> n + 1).mapToObj(n -> delayed(Tutorial::collatz, n)))) {
            System.out.println("generator  " + lazy.limit(5).toList());
        }

        // with parallel_config(n_jobs=2, backend="threading"): ...
        Parallel.config(Parallel.jobs(2).backend(THREADS)).run(() -> System.out.println("config     "
                + Parallel.create().run(Stream.of(delayed(Math::abs, -1), delayed(Math::abs, -2)))));

        // functools.partial(above_threshold, "ab")
        RemoteFunction<Double, Double> share = Partial.of(Tutorial::aboveThreshold, "ab");
        System.out.println("partial    " + (share.apply(-1.0) + share.bind(1.0).call()));
    }
}
