package io.farmhand.bench;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.viktorc.pp4j.api.JavaProcessExecutorService;
import net.viktorc.pp4j.impl.JavaProcessPoolExecutor;
import net.viktorc.pp4j.impl.SimpleJavaProcessOptions;

/** The cases that PP4J has calls for: it knows single tasks. */
final class Pp4jSide {
    private static final long NEVER_IDLE = 0;

    private Pp4jSide() {}

    /** A task that PP4J can send. */
    @FunctionalInterface
    private interface Task<T> extends Callable<T>, Serializable {}

    static Outcome run(Load load) throws Exception {
        if (load.work().equals("start")) {
            return start(load);
        }
        JavaProcessExecutorService pool = pool(load);
        try {
            return switch (load.work()) {
                case "tiny_map" -> tinyMap(load, pool);
                case "apply" -> RoundTrips.measure(load.watch(), load.ints(), item -> pool.submit(plusOne(item)).get());
                case "cpu" -> cpu(load, pool);
                default -> throw load.unknown();
            };
        } finally {
            close(pool);
        }
    }

    private static JavaProcessExecutorService pool(Load load) throws InterruptedException {
        return new JavaProcessPoolExecutor(new SimpleJavaProcessOptions(NEVER_IDLE), load.workers(), load.workers(), 0,
                null, false);
    }

    private static void close(JavaProcessExecutorService pool) throws InterruptedException {
        pool.shutdown();
        if (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("PP4J's pool does not end");
        }
    }

    private static Task<Integer> identity(int item) {
        return () -> item;
    }

    private static Task<Integer> plusOne(int item) {
        return () -> item + 1;
    }

    private static Task<Long> spin(long steps) {
        return () -> Work.spin(steps);
    }

    private static <T> List<T> all(JavaProcessExecutorService pool, List<? extends Callable<T>> tasks)
            throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> future : pool.invokeAll(tasks)) {
            results.add(future.get());
        }
        return results;
    }

    private static Outcome start(Load load) throws Exception {
        List<Task<Integer>> tasks = load.ints().stream().map(Pp4jSide::plusOne).toList();
        long start = System.nanoTime();
        JavaProcessExecutorService pool = pool(load);
        List<Integer> results = all(pool, tasks);
        close(pool);
        return Outcome.of((System.nanoTime() - start) / 1e9, Work.digest(results));
    }

    private static Outcome tinyMap(Load load, JavaProcessExecutorService pool) throws Exception {
        List<Integer> items = load.ints();
        Stopwatch.Timed<List<Integer>> timed = load.watch().time(
                () -> all(pool, items.stream().map(Pp4jSide::identity).toList()));
        return Outcome.of(load.size() / timed.seconds(), Work.digest(timed.result()));
    }

    private static Outcome cpu(Load load, JavaProcessExecutorService pool) throws Exception {
        List<Task<Long>> tasks = Collections.nCopies(Work.SPINS, spin(load.size()));
        Stopwatch.Timed<List<Long>> timed = load.watch().time(() -> all(pool, tasks));
        return Outcome.of(timed.seconds(), Work.digest(timed.result()));
    }
}
