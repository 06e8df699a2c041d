package io.farmhand.bench;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The same work in this JVM alone: by one thread, or by a parallel stream. */
final class InProcessSide {
    private InProcessSide() {}

    static Outcome run(Load load) throws Exception {
        return switch (load.work()) {
            case "auto" -> auto(load);
            case "squares_warm" -> squaresWarm(load);
            case "describe" -> Outcome.of(0, Work.digestOfSummaries(
                    stream(load, Work.files(load)).map(Work::describe).toList()));
            case "cpu" -> cpu(load);
            default -> throw load.unknown();
        };
    }

    private static <T> Stream<T> stream(Load load, List<T> items) {
        return load.side() == Side.SERIAL ? items.stream() : items.parallelStream();
    }

    private static Outcome auto(Load load) throws Exception {
        List<Integer> items = load.ints();
        Stopwatch.Timed<List<Integer>> timed = load.watch().time(() -> stream(load, items).map(x -> x + 1).toList());
        return Outcome.of(load.size() / timed.seconds(), Work.digest(timed.result()));
    }

    private static Outcome squaresWarm(Load load) throws Exception {
        double[] numbers = Work.numbers(load.size());
        Stopwatch.Timed<double[]> timed = load.watch().time(
                () -> Work.concatenated(stream(load, Work.chunks(numbers)).map(Work::squares).toList()));
        return Outcome.of(timed.seconds(), Work.digest(timed.result()));
    }

    private static Outcome cpu(Load load) throws Exception {
        List<Long> steps = Collections.nCopies(Work.SPINS, load.size());
        Stopwatch.Timed<List<Long>> timed = load.watch().time(() -> stream(load, steps).map(Work::spin).toList());
        return Outcome.of(timed.seconds(), Work.digest(timed.result()));
    }
}
