package io.farmhand.systemtests;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolClosedException;
import io.farmhand.TaskSerializationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** A pool is closed at every moment and from everywhere: both ways to end it return, always. */
@FarmTest(seconds = 40)
class CloseTest {
    private static final int WORKERS = 2;
    private static final long PATIENCE_SECONDS = 15;

    @TempDir
    Path directory;

    private SideLog log;
    /** When this exists, tasks that wait go on. */
    private String gate;

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
        gate = directory.resolve("open").toString();
    }

    private void openGate() throws IOException {
        Files.createFile(Path.of(gate));
    }

    private static int waiting(SideLog log, String gate, int item) {
        log.append(item);
        Waiting.untilExists(gate);
        return item + 1;
    }

    private static int spinning(SideLog log, int item) {
        log.append(item);
        Waiting.spin(Long.MAX_VALUE);
        return item;
    }

    private void awaitBegun(int items) {
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).pollInterval(Duration.ofMillis(5))
                .until(() -> log.size() >= items);
    }

    /** Runs on a thread of its own. */
    private static <R> FutureTask<R> inParallel(Callable<R> action) {
        FutureTask<R> task = new FutureTask<>(action);
        Thread.ofPlatform().name("test-parallel").daemon().start(task);
        return task;
    }

    private static <R> R get(Future<R> future) throws Exception {
        return future.get(PATIENCE_SECONDS, SECONDS);
    }

    @Test
    void closeWaitsForAMapOfAnotherThread() throws Exception {
        List<Integer> items = IntStream.range(0, 20).boxed().toList();
        SideLog begun = log;
        String open = gate;
        Pool pool = Pool.create(WORKERS);
        Future<List<Integer>> map = inParallel(() -> pool.map(n -> waiting(begun, open, n), items, 1));
        awaitBegun(1);
        Future<?> close = inParallel(Executors.callable(pool::close));
        await().until(() -> catchThrowable(() -> pool.submit(() -> 1).get()) != null); // it takes no more
        assertThat(close.isDone()).isFalse();
        openGate();
        assertThat(get(map)).isEqualTo(items.stream().map(n -> n + 1).toList());
        get(close);
        assertThat(Workers.live()).isEmpty();
    }

    @Test
    void closeWaitsForSubmittedTasksAndAsynchronousMaps() throws Exception {
        SideLog begun = log;
        String open = gate;
        Pool pool = Pool.create(WORKERS);
        List<CompletableFuture<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int task = i;
            tasks.add(pool.submit(() -> waiting(begun, open, task)));
        }
        CompletableFuture<List<Integer>> map = pool.mapAsync(n -> n + 1, List.of(1, 2, 3), 1);
        awaitBegun(1);
        Future<?> close = inParallel(Executors.callable(pool::close));
        openGate();
        get(close);
        for (int i = 0; i < 10; i++) {
            assertThat(get(tasks.get(i))).isEqualTo(i + 1);
        }
        assertThat(get(map)).containsExactly(2, 3, 4);
    }

    @Test
    void closesTwiceAndFromTwoThreadsAtOnce() throws Exception {
        Pool pool = Pool.create(WORKERS);
        assertThat(pool.map(n -> n, List.of(1, 2))).containsExactly(1, 2);
        CyclicBarrier start = new CyclicBarrier(2);
        List<Future<Integer>> closes = Stream.generate(() -> inParallel(() -> {
            int _ = start.await();
            pool.close();
            return Workers.live().size();
        })).limit(2).map(task -> (Future<Integer>) task).toList();
        for (Future<Integer> close : closes) {
            assertThat(get(close)).as("workers when close() returned").isZero();
        }
        pool.close();
        pool.shutdownNow();
    }

    @Test
    void refusesToCloseFromTheInputOfAMap() {
        try (Pool pool = Pool.create(WORKERS)) {
            assertThatThrownBy(() -> pool.map(n -> n, closing(pool))).isInstanceOf(IllegalStateException.class)
                    .isNotInstanceOf(PoolClosedException.class).hasMessageContaining("close()");
            assertThatThrownBy(() -> pool.map(n -> n, closing(pool), 1)).isInstanceOf(IllegalStateException.class)
                    .isNotInstanceOf(PoolClosedException.class).hasMessageContaining("close()");
            Iterable<Integer> input = () -> closing(pool);
            assertThatThrownBy(() -> pool.starMap((a, b) -> a, input, input, 1))
                    .isInstanceOf(IllegalStateException.class).isNotInstanceOf(PoolClosedException.class)
                    .hasMessageContaining("close()");
            assertThat(pool.map(n -> n + 1, List.of(1))).containsExactly(2);
        }
    }

    /** Closes the pool in the place of its fourth item. */
    private static Iterator<Integer> closing(Pool pool) {
        return IntStream.range(0, 10).mapToObj(n -> {
            if (n == 3) {
                pool.close();
            }
            return n;
        }).iterator();
    }

    @Test
    void doesNotDeadlockWhenTheInputOfAnAsynchronousMapClosesThePool() throws Exception {
        Pool pool = Pool.create(WORKERS);
        try {
            CompletableFuture<List<Integer>> map = pool.mapAsync(n -> n, closing(pool), 1);
            assertThat(catchThrowable(() -> get(map))).cause().isInstanceOf(IllegalStateException.class);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void doesNotDeadlockWhenALazyInputClosesThePool() throws Exception {
        Pool pool = Pool.create(WORKERS);
        try (Stream<Integer> results = pool.imap(n -> n, closing(pool))) {
            List<Integer> yielded = new ArrayList<>();
            Future<Throwable> end = inParallel(() -> catchThrowable(() -> results.forEachOrdered(yielded::add)));
            assertThat(get(end)).isInstanceOf(IllegalStateException.class);
            assertThat(yielded).containsExactly(0, 1, 2);
        } finally {
            pool.close();
        }
    }

    @Test
    void closesFromACallbackOfAFuture() throws Exception {
        Pool pool = Pool.create(WORKERS);
        CompletableFuture<Void> closed = pool.submit(() -> 1).thenRun(pool::close);
        get(closed);
        assertThat(Workers.live()).isEmpty();
    }

    @Test
    void closesPromptlyWithAbandonedLazyStreams() throws Exception {
        Pool pool = Pool.create(WORKERS);
        Iterator<Integer> ordered = pool.imap(n -> n, Stream.iterate(0, n -> n + 1)).iterator();
        Iterator<Integer> unordered = pool.imapUnordered(n -> n, Stream.iterate(0, n -> n + 1)).iterator();
        assertThat(ordered.next()).isZero();
        assertThat(unordered.next()).isNotNegative();
        get(inParallel(Executors.callable(pool::close)));
        // What was under way is there, in order, and then the reason why it ends.
        List<Integer> rest = new ArrayList<>();
        assertThat(catchThrowable(() -> ordered.forEachRemaining(rest::add))).isInstanceOf(PoolClosedException.class);
        assertThat(rest).isEqualTo(IntStream.rangeClosed(1, rest.size()).boxed().toList());
    }

    @Test
    void shutdownFailsWhatIsUnderWayThoughTasksSpinForEver() throws Exception {
        SideLog begun = log;
        Pool pool = Pool.create(WORKERS);
        List<Integer> items = IntStream.range(0, 100).boxed().toList();
        Future<Throwable> map = inParallel(() -> catchThrowable(() -> pool.map(n -> spinning(begun, n), items, 1)));
        CompletableFuture<Integer> task = pool.submit(() -> spinning(begun, 7));
        CompletableFuture<List<Integer>> async = pool.mapAsync(n -> spinning(begun, n), items);
        Future<Throwable> lazy = inParallel(() -> catchThrowable(
                () -> pool.imap(n -> spinning(begun, n), Stream.iterate(0, n -> n + 1)).forEach(n -> {})));
        awaitBegun(WORKERS);
        long start = System.nanoTime();
        pool.shutdownNow();
        assertThat(get(map)).isInstanceOf(PoolClosedException.class);
        assertThat(get(lazy)).isInstanceOf(PoolClosedException.class);
        assertThat(catchThrowable(() -> get(task))).hasCauseInstanceOf(PoolClosedException.class);
        assertThat(catchThrowable(() -> get(async))).hasCauseInstanceOf(PoolClosedException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        assertThat(Workers.live()).isEmpty();
        pool.close();
    }

    @Test
    void refusesCallsAfterTheClose() {
        for (boolean now : List.of(true, false)) {
            Pool pool = Pool.create(1);
            if (now) {
                pool.shutdownNow();
            } else {
                pool.close();
            }
            List<Integer> items = List.of(1, 2);
            assertThatThrownBy(() -> pool.map(n -> n, items)).isInstanceOf(PoolClosedException.class);
            assertThatThrownBy(() -> pool.map(n -> n, List.<Integer>of())).isInstanceOf(PoolClosedException.class);
            assertThatThrownBy(() -> pool.apply(n -> n, 1)).isInstanceOf(PoolClosedException.class);
            assertThatThrownBy(() -> pool.starMap((a, b) -> a, items, items)).isInstanceOf(PoolClosedException.class);
            assertThatThrownBy(() -> pool.imap(n -> n, items).toList()).isInstanceOf(PoolClosedException.class);
            assertThatThrownBy(() -> pool.imapUnordered(n -> n, items).toList())
                    .isInstanceOf(PoolClosedException.class);
            assertThatThrownBy(() -> get(pool.submit(() -> 1))).hasCauseInstanceOf(PoolClosedException.class);
            assertThatThrownBy(() -> get(pool.mapAsync(n -> n, items))).hasCauseInstanceOf(PoolClosedException.class);
        }
    }

    @Test
    void cancelsTheMapOfAnInterruptedThreadAndStaysUsable() throws Exception {
        SideLog begun = log;
        String open = gate;
        try (Pool pool = Pool.create(WORKERS)) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            FutureTask<Boolean> map = new FutureTask<>(() -> {
                thrown.set(catchThrowable(
                        () -> pool.map(n -> waiting(begun, open, n), IntStream.range(0, 1_000).boxed(), 1)));
                return Thread.currentThread().isInterrupted();
            });
            Thread caller = Thread.ofPlatform().daemon().start(map);
            awaitBegun(WORKERS);
            caller.interrupt();
            assertThat(get(map)).as("the interrupt flag").isTrue();
            assertThat(thrown.get()).isInstanceOf(CancellationException.class);
            openGate();
            assertThat(pool.map(n -> n + 1, List.of(1, 2, 3))).containsExactly(2, 3, 4);
            assertThat(log.size()).as("no item was begun after the cancel").isLessThanOrEqualTo(2 * WORKERS);
        }
    }

    @Test
    void shutsDownWhenCloseIsInterrupted() throws Exception {
        SideLog begun = log;
        Pool pool = Pool.create(WORKERS);
        Future<Throwable> map = inParallel(
                () -> catchThrowable(() -> pool.map(n -> spinning(begun, n), List.of(1, 2, 3), 1)));
        awaitBegun(WORKERS);
        FutureTask<Boolean> close = new FutureTask<>(() -> {
            pool.close();
            return Thread.currentThread().isInterrupted();
        });
        Thread closer = Thread.ofPlatform().daemon().start(close);
        await().until(() -> catchThrowable(() -> pool.submit(() -> 1).get()) != null); // the close has begun
        closer.interrupt();
        assertThat(get(close)).as("the interrupt flag").isTrue();
        assertThat(get(map)).isInstanceOf(PoolClosedException.class);
        assertThat(Workers.live()).isEmpty();
    }

    @Test
    void saysThatAPoolCannotBeCapturedByAFunction() {
        try (Pool pool = Pool.create(1)) {
            assertThatThrownBy(() -> pool.map(n -> n + pool.size(), List.of(1)))
                    .isInstanceOf(TaskSerializationException.class).hasMessageContaining("captured")
                    .hasMessageContaining("io.farmhand.Pool").hasMessageContaining("CloseTest.java");
        }
    }

    @Test
    void killsAnIdleWorkerThatSomebodyHasStopped() throws Exception {
        Pool pool = Pool.create(1);
        long stopped = pool.submit(() -> ProcessHandle.current().pid()).get();
        Workers.signal("STOP", stopped);
        try {
            pool.close();
            assertThat(Workers.isRunning(stopped)).isFalse();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    @FarmTest(seconds = 1_800)
    void keepsDescriptorsThreadsMemoryAndDirectoriesLevelOverManyPools(TestReporter reporter) throws Exception {
        int pools = Integer.getInteger("farmhand.test.pools", 20);
        int warm = 5;
        Level before = null;
        long closingNanos = 0;
        for (int i = 0; i < pools; i++) {
            if (i == warm) {
                before = Level.now();
            }
            Pool pool = Pool.create(1);
            int result = pool.apply(n -> n + 1, i);
            assertThat(result).isEqualTo(i + 1);
            long start = System.nanoTime();
            pool.close();
            closingNanos += System.nanoTime() - start;
        }
        reporter.publishEntry("mean close of an idle pool, ms", Long.toString(closingNanos / pools / 1_000_000));
        Level level = before;
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            Level now = Level.now();
            assertThat(now.descriptors()).as("descriptors").isLessThanOrEqualTo(level.descriptors() + 2);
            assertThat(now.threads()).as("threads").isLessThanOrEqualTo(level.threads() + 2);
            assertThat(now.directories()).as("directories").isEqualTo(level.directories());
            assertThat(now.heapBytes()).as("heap").isLessThan(level.heapBytes() + (8 << 20));
        });
    }

    /** What this JVM uses. */
    private record Level(int descriptors, int threads, int directories, long heapBytes) {
        static Level now() throws IOException {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"));
                    Stream<Path> temporary = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
                String ours = "farmhand-" + ProcessHandle.current().pid() + "-";
                return new Level((int) descriptors.count(), Thread.getAllStackTraces().size(),
                        (int) temporary.filter(file -> file.getFileName().toString().startsWith(ours)).count(),
                        runtime.totalMemory() - runtime.freeMemory());
            }
        }
    }
}
