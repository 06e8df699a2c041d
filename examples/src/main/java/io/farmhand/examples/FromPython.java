package io.farmhand.examples;

import static io.farmhand.Parallel.AUTO;
import static io.farmhand.Parallel.Backend.PROCESSES;
import static io.farmhand.Parallel.Backend.SEQUENTIAL;
import static io.farmhand.Parallel.Backend.THREADS;
import static io.farmhand.Parallel.Eagerly.LIST;
import static io.farmhand.Parallel.Lazily.GENERATOR;
import static io.farmhand.Parallel.Lazily.GENERATOR_UNORDERED;
import static io.farmhand.Parallel.delayed;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.farmhand.ChunkSizing;
import io.farmhand.Insights;
import io.farmhand.Parallel;
import io.farmhand.Partial;
import io.farmhand.Pool;
import io.farmhand.PoolEvent;
import io.farmhand.Result;
import io.farmhand.WorkerInfo;
import io.farmhand.task.Broadcast;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.TaskContext;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** How is this called that I know from Python? Every snippet of {@code docs/from-python.md}, section by section. */
public final class FromPython {
    private static final List<Integer> xs = List.of(1, 2, 3);
    private static final List<Integer> ys = List.of(10, 20, 30);

    private FromPython() {}

    private static int f(int x) {
        return x * x;
    }

    private static int g(int x, int y) {
        return x + y;
    }

    private static void connect(String name) {
        TaskContext.current().setState(Connection.class, new Connection(name));
    }

    private record Connection(String name) {
        void close() {
            // it is open no longer
        }
    }

    private record Two(int x, int y) implements Serializable {}

    /** Runs all of it. */
    public static void main(String[] args) throws Exception {
        pools();
        try (Pool pool = Pool.create(2)) {
            calls(pool);
            futures(pool);
            executors(pool);
        }
        parallel();
        sharedPools();
        workerPools();
    }

    /** {@code multiprocessing.Pool}: how it is made and ended. */
    private static void pools() {
        try (Pool pool = Pool.create(2)) {
            say("two workers", pool.map(FromPython::f, xs));
        }
        try (Pool pool = Pool.builder().workers(2).initializer(() -> connect("db")).maxTasksPerWorker(100).build()) {
            say("initializer", pool.apply(_ -> TaskContext.current().state(Connection.class).name(), 0));
        }
        Pool pool = Pool.create();
        say("a worker for each core", pool.size() == Runtime.getRuntime().availableProcessors());
        pool.close();
        pool.shutdownNow();
    }

    /** {@code multiprocessing.Pool}: its calls. */
    private static void calls(Pool pool) {
        int nine = pool.apply(FromPython::f, 3);
        say("apply", nine);
        say("map", pool.map(FromPython::f, xs));
        say("map in chunks", pool.map(FromPython::f, xs, 10));
        say("starMap", pool.starMap(FromPython::g, xs, ys));
        try (Stream<Integer> results = pool.imap(FromPython::f, xs)) {
            say("imap", results.toList());
        }
        try (Stream<Integer> results = pool.imap(FromPython::f, xs, 10)) {
            say("imap in chunks", results.toList());
        }
        try (Stream<Integer> results = pool.imapUnordered(FromPython::f, xs)) {
            say("imapUnordered", results.sorted().toList());
        }
        List<Result<Integer>> results = pool.mapResults(FromPython::f, xs);
        say("mapResults", results.stream().map(Result::get).toList());
        int worker = pool.apply(_ -> TaskContext.current().worker(), 0);
        say("worker", worker < 2);
    }

    /** {@code AsyncResult} and {@code concurrent.futures.Future}. */
    private static void futures(Pool pool) throws Exception {
        CompletableFuture<Integer> future = pool.submit(() -> f(3));
        say("submit", future.get());
        say("get", future.get(1, SECONDS));
        say("done", future.isDone() + " " + future.state());
        pool.submit(() -> f(4)).thenAccept(value -> say("callback", value)).join();
        pool.submit(() -> f(5)).whenComplete((value, error) -> say("callbacks", value + " " + error)).join();
        say("mapAsync", pool.mapAsync(FromPython::f, xs).join());
        List<Two> pairs = List.of(new Two(1, 10), new Two(2, 20));
        say("mapAsync of pairs", pool.mapAsync(two -> g(two.x(), two.y()), pairs).join());

        List<CompletableFuture<Integer>> futures = xs.stream().map(x -> pool.submit(() -> f(x))).toList();
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
        CompletableFuture.anyOf(futures.toArray(CompletableFuture[]::new)).join();

        CompletableFuture<Integer> endless = pool.submit(FromPython::endless);
        endless.cancel(true);
        say("cancel", endless.isCancelled());

        Pool hasty = pool.with(options -> options.taskTimeout(Duration.ofSeconds(5)));
        Pool careful = pool.with(options -> options.maxInFlight(100));
        Pool stubborn = pool.with(options -> options.retries(3).crashRetries(1));
        Pool once = pool.with(options -> options.atMostOnce());
        say("options", Stream.of(hasty, careful, stubborn, once).map(view -> view.map(FromPython::f, xs)).distinct()
                .toList());
    }

    private static int endless() throws InterruptedException {
        new CountDownLatch(1).await();
        return 0;
    }

    /** {@code ProcessPoolExecutor}. */
    private static void executors(Pool pool) throws Exception {
        ExecutorService executor = pool.asExecutorService();
        Future<Integer> future = executor.submit((Callable<Integer> & Serializable) () -> f(3));
        say("executor", future.get());
        executor.close();
        say("not begun", executor.shutdownNow());
    }

    /** {@code joblib.Parallel}. */
    private static void parallel() {
        say("Parallel", Parallel.jobs(2).run(xs.stream().map(x -> delayed(FromPython::f, x))));
        for (Parallel each : List.of(
                Parallel.jobs(null),
                Parallel.jobs(-2),
                Parallel.jobs(2).backend(PROCESSES),
                Parallel.jobs(2).backend(THREADS),
                Parallel.jobs(2).backend(SEQUENTIAL),
                Parallel.jobs(2).batchSize(10),
                Parallel.jobs(2).batchSize(AUTO),
                Parallel.jobs(2).preDispatch("2*n_jobs"),
                Parallel.jobs(2).preDispatch("all"),
                Parallel.jobs(2).timeout(Duration.ofSeconds(5)),
                Parallel.jobs(2).verbose(0),
                Parallel.jobs(2).returnAs(LIST))) {
            say("each", each.run(xs.stream().map(x -> delayed(FromPython::f, x))));
        }
        try (Stream<Integer> results = Parallel.jobs(2).returnAs(GENERATOR)
                .run(xs.stream().map(x -> delayed(FromPython::f, x)))) {
            say("GENERATOR", results.toList());
        }
        try (Stream<Integer> results = Parallel.jobs(2).returnAs(GENERATOR_UNORDERED)
                .run(xs.stream().map(x -> delayed(FromPython::f, x)))) {
            say("GENERATOR_UNORDERED", results.sorted().toList());
        }
        Parallel.config(Parallel.jobs(2).backend(THREADS)).run(() -> say("config",
                Parallel.create().run(xs.stream().map(x -> delayed(FromPython::f, x)))));
        RemoteFunction<Integer, Integer> plusOne = Partial.of(FromPython::g, 1);
        say("partial", Parallel.jobs(2).run(xs.stream().map(x -> delayed(plusOne, x))));
    }

    /** {@code loky}. */
    private static void sharedPools() {
        Pool pool = Pool.shared(2);
        say("shared", pool.map(FromPython::f, xs));
        pool.resize(3);
        say("resized", Pool.shared().size() + " " + Pool.shared(3).size());
        Pool own = Pool.builder().workers(1).keepAlive(Duration.ofSeconds(10)).maxWorkerMemory("1g").shared();
        say("keepAlive", own.map(FromPython::f, xs));
    }

    /** {@code mpire.WorkerPool}. */
    private static void workerPools() {
        List<Integer> table = LongStream.range(0, 1000).mapToObj(n -> (int) n).toList();
        Queue<PoolEvent> events = new ConcurrentLinkedQueue<>();
        try (Pool pool = Pool.builder().workers(2)
                .initializer(() -> TaskContext.current().setState(Connection.class, new Connection("db")))
                .finalizer(() -> TaskContext.current().state(Connection.class).close())
                .listener(event -> events.add(event)).build()) {
            say("state", pool.apply(_ -> TaskContext.current().state(Connection.class).name(), 0));
            try (Broadcast<List<Integer>> shared = pool.broadcast(table)) {
                say("broadcast", pool.map(x -> shared.get().get(x), xs));
            }
            Pool adaptive = pool.with(options -> options.chunkSizing(ChunkSizing.adaptive()));
            say("progress", adaptive.map(x -> {
                TaskContext.current().progress(1);
                return f(x);
            }, xs));
            List<WorkerInfo> workers = pool.workers();
            say("workers", workers.size());
            Insights insights = pool.insights();
            say("insights", insights.itemsDone() + " " + insights.slowest().isEmpty());
        }
        say("events", !events.isEmpty());
    }

    private static void say(String what, Object value) {
        System.out.println(what + ": " + value);
    }
}
