package io.farmhand.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Times work that is done again and again: for some seconds to warm up, and for as many seconds for the figure; at least
 * once each. {@code timed} in {@code peers.py} does the same.
 *
 * @param seconds how long each of the two lasts
 */
record Stopwatch(double seconds) {
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
        Timed<T> _ = stretch(prepare, work);
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
