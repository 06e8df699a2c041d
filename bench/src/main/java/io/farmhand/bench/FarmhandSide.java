package io.farmhand.bench;

import com.sun.management.OperatingSystemMXBean;
import io.farmhand.Pool;
import io.farmhand.WorkerInfo;
import io.farmhand.examples.Summary;
import io.farmhand.shared.SharedDoubleArray;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Each case as a user of Farmhand would write it. */
final class FarmhandSide {
    private static final int WARM_UP_ITEMS = 20_000;
    /** So that what is measured is far above the 10 ms in which a process's CPU time is counted. */
    private static final long MEASURED_ITEMS = 100_000;
    private static final long MOST_RUNS = 100;

    private FarmhandSide() {}

    static Outcome run(Load load) throws Exception {
        return switch (load.work()) {
            case "start" -> start(load);
            case "start_shared" -> startShared(load);
            case "tiny_map" -> tinyMap(load);
            case "tiny_imap" -> tinyImap(load);
            case "auto" -> auto(load);
            case "apply" -> apply(load);
            case "bytes_in" -> bytesIn(load);
            case "bytes_in_again" -> load.side() == Side.SHARED ? bytesInShared(load) : bytesInAgain(load);
            case "bytes_out" -> bytesOut(load);
            case "squares_warm" -> squaresWarm(load);
            case "squares_cold" -> squaresCold(load);
            case "describe" -> describe(load);
            case "cpu" -> cpu(load);
            case "memory_worker" -> memoryWorker(load);
            case "memory_imap" -> memoryImap(load);
            case "scale" -> scale(load);
            default -> SyncSide.run(load);
        };
    }

    private static Outcome start(Load load) {
        List<Integer> items = load.ints();
        long start = System.nanoTime();
        List<Integer> results;
        try (Pool pool = Pool.create(load.workers())) {
            results = pool.map(x -> x + 1, items);
        }
        return Outcome.of((System.nanoTime() - start) / 1e9, Work.digest(results));
    }

    private static Outcome startShared(Load load) throws Exception {
        List<Integer> items = load.ints();
        Stopwatch.Timed<List<Integer>> timed = load.watch().time(
                () -> Pool.shared(load.workers()).map(x -> x + 1, items));
        return Outcome.of(timed.seconds(), Work.digest(timed.result()));
    }

    private static Outcome tinyMap(Load load) throws Exception {
        List<Integer> items = load.ints();
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<List<Integer>> timed = load.watch().time(() -> pool.map(x -> x, items, 1));
            return Outcome.of(load.size() / timed.seconds(), Work.digest(timed.result()));
        }
    }

    private static Outcome tinyImap(Load load) throws Exception {
        List<Integer> items = load.ints();
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<List<Integer>> timed = load.watch().time(() -> {
                try (Stream<Integer> results = pool.imap(x -> x, items, 1)) {
                    return results.toList();
                }
            });
            return Outcome.of(load.size() / timed.seconds(), Work.digest(timed.result()));
        }
    }

    private static Outcome auto(Load load) throws Exception {
        List<Integer> items = load.ints();
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<List<Integer>> timed = load.watch().time(() -> pool.map(x -> x + 1, items));
            return Outcome.of(load.size() / timed.seconds(), Work.digest(timed.result()));
        }
    }

    private static Outcome apply(Load load) throws Exception {
        List<Integer> items = load.ints();
        try (Pool pool = Pool.create(load.workers())) {
            return RoundTrips.measure(load.watch(), items, item -> pool.apply(x -> x + 1, item));
        }
    }

    private static Outcome bytesIn(Load load) throws Exception {
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<List<Double>> timed = load.watch().time(() -> Work.arrays(load.size()),
                    arrays -> pool.map((double[] array) -> Work.sum(array), arrays, 1));
            return bytes(load, timed.seconds(), Work.digest(timed.result()));
        }
    }

    private static Outcome bytesInAgain(Load load) throws Exception {
        List<double[]> arrays = Work.arrays(load.size());
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<List<Double>> timed = load.watch().time(
                    () -> pool.map((double[] array) -> Work.sum(array), arrays, 1));
            return bytes(load, timed.seconds(), Work.digest(timed.result()));
        }
    }

    private static Outcome bytesInShared(Load load) throws Exception {
        List<SharedDoubleArray> arrays = new ArrayList<>();
        for (double[] array : Work.arrays(load.size())) {
            arrays.add(SharedDoubleArray.of(array));
        }
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<List<Double>> timed = load.watch().time(
                    () -> pool.map((SharedDoubleArray array) -> Work.sum(array), arrays, 1));
            return bytes(load, timed.seconds(), Work.digest(timed.result()));
        } finally {
            arrays.forEach(SharedDoubleArray::close);
        }
    }

    private static Outcome bytesOut(Load load) throws Exception {
        List<Integer> seeds = load.ints();
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<List<double[]>> timed = load.watch().time(() -> pool.map(Work::array, seeds, 1));
            return bytes(load, timed.seconds(), Work.digestOfArrays(timed.result()));
        }
    }

    private static Outcome bytes(Load load, double seconds, String digest) {
        return Outcome.of(load.size() * Work.ARRAY_LENGTH * Double.BYTES / seconds, digest);
    }

    private static Outcome squaresWarm(Load load) throws Exception {
        double[] numbers = Work.numbers(load.size());
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<double[]> timed = load.watch().time(() -> squares(pool, numbers));
            return Outcome.of(timed.seconds(), Work.digest(timed.result()));
        }
    }

    private static Outcome squaresCold(Load load) {
        double[] numbers = Work.numbers(load.size());
        try (Pool pool = Pool.create(load.workers())) {
            return Outcome.of(0, Work.digest(squares(pool, numbers)));
        }
    }

    private static double[] squares(Pool pool, double[] numbers) {
        return Work.concatenated(pool.map(Work::squares, Work.chunks(numbers), 1));
    }

    private static Outcome describe(Load load) {
        List<Summary> summaries;
        try (Pool pool = Pool.create(load.workers())) {
            summaries = pool.map(Work::describe, Work.files(load));
        }
        return Outcome.of(0, Work.digestOfSummaries(summaries));
    }

    private static Outcome cpu(Load load) throws Exception {
        List<Long> steps = Collections.nCopies(Work.SPINS, load.size());
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<List<Long>> timed = load.watch().time(() -> pool.map(Work::spin, steps, 1));
            return Outcome.of(timed.seconds(), Work.digest(timed.result()));
        }
    }

    private static Outcome memoryWorker(Load load) {
        try (Pool pool = Pool.create(load.workers())) {
            String digest = Work.digest(pool.map(x -> x + 1, load.ints(), 1));
            double[] resident = pool.workers().stream().map(WorkerInfo::pid).mapToDouble(Memory::residentBytes)
                    .toArray();
            return Outcome.of(DoubleStream.of(resident).average().orElseThrow(), digest);
        }
    }

    private static Outcome memoryImap(Load load) {
        try (Pool pool = Pool.create(load.workers())) {
            long digest = drain(pool, load.size());
            return Outcome.of((double) Memory.peakBytes(), Long.toString(digest));
        }
    }

    private static Outcome scale(Load load) throws Exception {
        OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        try (Pool pool = Pool.create(load.workers())) {
            Stopwatch.Timed<Long> _ = load.watch().time(() -> drain(pool, WARM_UP_ITEMS));
            long runs = Math.clamp(MEASURED_ITEMS / load.size(), 1, MOST_RUNS);
            long before = process.getProcessCpuTime();
            long digest = 0;
            for (long run = 0; run < runs; run++) {
                digest = drain(pool, load.size());
            }
            double seconds = (process.getProcessCpuTime() - before) / 1e9;
            return Outcome.of(seconds / (runs * load.size()), Long.toString(digest));
        }
    }

    private static long drain(Pool pool, long items) {
        long digest = 0;
        try (Stream<Long> results = pool.imap(x -> x, LongStream.range(0, items))) {
            for (long result : (Iterable<Long>) results::iterator) {
                digest = Work.next(digest, result);
            }
        }
        return digest;
    }
}
