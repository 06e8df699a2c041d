package io.farmhand;

import io.farmhand.internal.process.AotMaker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The main class of the process that makes AOT caches. For one of workers, a worker of a real pool is recorded while it
 * does some of what workers do; for that of the command line, a run of that. The process ends after {@value #MINUTES} minutes at the latest.
 */
final class AotTraining {
    private static final int MINUTES = 3;
    /** Batches of results need some, the compiler's profile some more. */
    private static final int ITEMS = 2_000;

    private AotTraining() {}

    /**
     * Makes them.
     *
     * @param arguments the names of the workers' cache and of the command line's, of which either may be empty, and
     *     what the worker's JVM is started with
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        CompletableFuture.delayedExecutor(MINUTES, TimeUnit.MINUTES).execute(() -> Runtime.getRuntime().halt(1));
        List<String> jvmArgs = Arrays.asList(arguments).subList(2, arguments.length);
        if (!arguments[0].isEmpty()) {
            AotMaker.make(Path.of(arguments[0]), jvmArgs, recording -> train(jvmArgs, recording));
        }
        if (!arguments[1].isEmpty()) {
            AotMaker.makeForCommand(Path.of(arguments[1]));
        }
    }

    private static void train(List<String> jvmArgs, List<String> recording) {
        List<String> args = new ArrayList<>(jvmArgs);
        args.addAll(recording);
        List<Integer> numbers = IntStream.range(0, ITEMS).boxed().toList();
        try (Pool pool = Pool.builder().workers(1).jvmArgs(args.toArray(String[]::new)).output((_, _, _) -> {})
                .lease(Duration.ofMinutes(MINUTES)).crashRetries(0).build()) {
            List<Integer> _ = pool.map((Integer n) -> n + 1, numbers);
            List<Integer> _ = pool.map((Integer n) -> n, numbers.subList(0, 200), 1);
            List<String> _ = pool.map(AotTraining::text, List.of("a,b,c", "1,2", ""));
            List<double[]> _ = pool.map((double[] values) -> values.clone(), List.of(new double[10]));
            List<Map<String, Integer>> _ = pool.map((Integer n) -> Map.of("n", n), numbers.subList(0, 10));
            Integer _ = pool.apply(AotTraining::otherMain, 0);
            leave(pool);
        }
    }

    private static String text(String line) {
        return Arrays.stream(line.split(",", -1)).map("<%s>"::formatted).collect(Collectors.joining("\n"));
    }

    /**
     * Ends the worker, which then writes down what was recorded. The pool is closing by then: a worker in its place would
     * begin the same file anew, empty.
     */
    private static void leave(Pool pool) {
        CompletableFuture<Integer> _ = pool.submit(() -> {
            System.exit(0);
            return 0;
        });
        pool.close();
    }

    /** Children that are no workers have the same cache: loads what those run. */
    private static int otherMain(int n) throws ClassNotFoundException {
        for (String name : List.of("worker.ProcessMain", "worker.Lifeline", "jvm.Launch")) {
            Class<?> _ = Class.forName("io.farmhand.internal." + name);
        }
        return n;
    }
}
