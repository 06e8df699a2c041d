package io.farmhand.bench;

import java.util.ArrayList;
import java.util.List;

/** The median of many calls, one after the other. */
final class RoundTrips {
    private RoundTrips() {}

    /** A call whose result is waited for. */
    @FunctionalInterface
    interface Call {
        int call(int item) throws Exception;
    }

    static Outcome measure(Stopwatch watch, List<Integer> items, Call call) throws Exception {
        List<Double> took = new ArrayList<>();
        Stopwatch.Timed<List<Integer>> timed = watch.time(() -> {
            took.clear();
            List<Integer> results = new ArrayList<>();
            for (int item : items) {
                long start = System.nanoTime();
                results.add(call.call(item));
                took.add((System.nanoTime() - start) / 1e9);
            }
            return results;
        });
        return Outcome.of(new Sample(took).median(), Work.digest(timed.result()));
    }
}
