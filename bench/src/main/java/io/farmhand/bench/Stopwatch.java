package io.farmhand.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Times work that is done again and again: in some stretches to warm up, and in one for the figure; at least once each.
 * {@code timed} in {@code peers.py} does the same, but for fewer stretches to warm up.
 *
 * @param seconds how long a stretch lasts
 */
record Stopwatch(double seconds) {
    /** Fewer measure the compiler: a pool has three JVMs with one each, which share the cores with the work. */
    private static final int WARM_UPS = 3;

    /**
     * What was timed.
     *
     * @param seconds the median
     * @param result of the last time
     */
    record Timed<T>(double seconds, T result) {}

    /** Work on what was prepared for it. */
    @FunctionalInterface
    interface Work<I, T> {
        T apply(I input) throws Exception;
    }

    <T> Timed<T> time(Callable<T> work) throws Exception {
        return time(() -> 0, _ -> work.call());
    }

    /** Prepares what is needed before each time, which is not counted. */
    <I, T> Timed<T> time(Callable<I> prepare, Work<I, T> work) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            Timed<T> _ = stretch(prepare, work);
        }
        return stretch(prepare, work);
    }

    private <I, T> Timed<T> stretch(Callable<I> prepare, Work<I, T> work) throws Exception {
        List<Double> took = new ArrayList<>();
        double sum = 0;
        T result;
        do {
            I input = prepare.call();
            long start = System.nanoTime();
            result = work.apply(input);
            took.add((System.nanoTime() - start) / 1e9);
            sum += took.getLast();
        } while (sum < seconds);
        return new Timed<>(new Sample(took).median(), result);
    }
}
