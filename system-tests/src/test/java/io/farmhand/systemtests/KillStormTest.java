package io.farmhand.systemtests;

import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers are killed at every stage of their lives, while results must come whole, in order and once. */
@FarmTest(seconds = 120)
class KillStormTest {
    private static final int WORKERS = 2;
    private static final int LARGE_BYTES = 64 << 20;
    /** So much of a large payload has passed when its worker is killed. */
    private static final long MIDDLE_BYTES = LARGE_BYTES / 4;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "50, 3", "1000, 4", "30000, 5"})
    void deliversEveryResultOnceAndInOrderWhileRandomWorkersAreKilled(int chunkSize, long seed) throws Exception {
        int items = 200_000;
        SideLog log = SideLog.in(directory);
        List<Long> inputs = LongStream.range(0, items).boxed().toList();
        try (Pool pool = Pools.quick().workers(WORKERS).build(); KillStorm storm = new KillStorm(log, seed, 4)) {
            List<Long> results = chunkSize == 0
                    ? pool.map(n -> logged(log, n), inputs)
                    : pool.map(n -> logged(log, n), inputs, chunkSize);
            storm.stop();
            assertThat(results).isEqualTo(inputs.stream().map(KillStormTest::expected).toList());
            assertThat(storm.kills()).as("kills").isGreaterThanOrEqualTo(3);
            assertExecutions(log, items);
        }
    }

    @Test
    void completesAMapWhenAllWorkersAreKilledAtOnce() throws Exception {
        int items = 100_000;
        SideLog log = SideLog.in(directory);
        List<Long> inputs = LongStream.range(0, items).boxed().toList();
        try (Pool pool = Pools.quick().workers(WORKERS).build()) {
            CompletableFuture<List<Long>> results = pool.mapAsync(n -> logged(log, n), inputs, 500);
            Set<Long> killed = new HashSet<>();
            for (int massacre = 0; massacre < 2; massacre++) {
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> atWork(log, killed) == WORKERS);
                List<ProcessHandle> all = Workers.live();
                all.forEach(worker -> killed.add(worker.pid()));
                all.forEach(ProcessHandle::destroyForcibly);
            }
            assertThat(results.get()).isEqualTo(inputs.stream().map(KillStormTest::expected).toList());
            assertThat(killed).hasSize(2 * WORKERS);
            assertExecutions(log, items);
            assertAllPlacesWork(pool);
        }
    }

    /** How many of the live workers have begun an item, not counting those that were killed. */
    private static long atWork(SideLog log, Set<Long> killed) {
        Set<Long> begun = log.pids();
        return Workers.livePids().stream().filter(pid -> begun.contains(pid) && !killed.contains(pid)).count();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 250, 500})
    void replacesWorkersThatAreKilledDuringTheHandshakeWithoutAGhost(int latestMillis) throws Exception {
        try (HandshakeKiller killer = new HandshakeKiller(2 * WORKERS, latestMillis);
                Pool pool = Pools.quick().workers(WORKERS).build()) {
            List<Long> inputs = LongStream.range(0, 2_000).boxed().toList();
            assertThat(pool.map(n -> expected(n), inputs, 10))
                    .isEqualTo(inputs.stream().map(KillStormTest::expected).toList());
            await().atMost(PATIENCE).until(() -> killer.killed() == 2 * WORKERS);
            assertAllPlacesWork(pool);
        }
    }

    @Test
    void dropsALargeResultThatIsCutOffAndRunsItsItemAgain() throws Exception {
        SideLog log = SideLog.in(directory);
        try (Pool pool = Pools.quick().workers(WORKERS).build()) {
            Map<Long, Long> before = counters(Workers::bytesWritten);
            CompletableFuture<List<byte[]>> results = pool.mapAsync(seed -> {
                log.append(seed);
                return large(seed);
            }, List.of(1, 2), 1);
            killOneThat(pid -> Workers.bytesWritten(pid) - before.getOrDefault(pid, Long.MAX_VALUE) > MIDDLE_BYTES);
            assertLarge(results.get(), 2);
            assertThat(log.entries()).as("runs").hasSizeGreaterThanOrEqualTo(3);
            assertAllPlacesWork(pool);
        }
    }

    @Test
    void sendsALargeArgumentAgainWhenItsWorkerIsKilledInTheMiddleOfIt() throws Exception {
        SideLog log = SideLog.in(directory);
        List<byte[]> items = List.of(large(1), large(2));
        // What is shared does not come bit by bit.
        try (Property _ = Property.set(SharedPayloadTest.PROPERTY, "false");
                Pool pool = Pools.quick().workers(WORKERS).build()) {
            Map<Long, Long> before = counters(Workers::bytesRead);
            CompletableFuture<List<Integer>> results = pool.mapAsync(array -> {
                log.append(array[0]);
                return Arrays.hashCode(array);
            }, items, 1);
            killOneThat(pid -> Workers.bytesRead(pid) - before.getOrDefault(pid, Long.MAX_VALUE) > MIDDLE_BYTES);
            assertThat(results.get()).isEqualTo(items.stream().map(Arrays::hashCode).toList());
            // What had not arrived whole had not begun, so that it was not charged with the death.
            assertThat(log.runs()).isEqualTo(Map.of(1L, 1, 2L, 1));
            assertAllPlacesWork(pool);
        }
    }

    @Test
    void yieldsLazyResultsInOrderUnderKills() throws Exception {
        int items = 30_000;
        SideLog log = SideLog.in(directory);
        try (Pool pool = Pools.quick().workers(WORKERS).build();
                KillStorm storm = new KillStorm(log, 6, 3);
                Stream<Long> results = pool.imap(n -> logged(log, n), LongStream.range(0, items).boxed(), 10)) {
            assertThat(results.toList())
                    .isEqualTo(LongStream.range(0, items).mapToObj(KillStormTest::expected).toList());
            storm.stop();
            assertThat(storm.kills()).as("kills").isPositive();
            assertExecutions(log, items);
        }
    }

    @Test
    void yieldsUnorderedResultsOnceUnderKills() throws Exception {
        int items = 30_000;
        SideLog log = SideLog.in(directory);
        try (Pool pool = Pools.quick().workers(WORKERS).build();
                KillStorm storm = new KillStorm(log, 7, 3);
                Stream<Long> results = pool.imapUnordered(n -> logged(log, n), LongStream.range(0, items).boxed(),
                        10)) {
            assertThat(results.toList())
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.range(0, items).mapToObj(KillStormTest::expected).toList());
            storm.stop();
            assertThat(storm.kills()).as("kills").isPositive();
            assertExecutions(log, items);
        }
    }

    @Test
    void completesEverySubmittedTaskUnderKills() throws Exception {
        int tasks = 500;
        SideLog log = SideLog.in(directory);
        try (Pool pool = Pools.quick().workers(WORKERS).build(); KillStorm storm = new KillStorm(log, 8, 3)) {
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            for (long n = 0; n < tasks; n++) {
                long task = n;
                futures.add(pool.submit(() -> {
                    log.append(task);
                    Waiting.spin(MILLISECONDS.toNanos(4));
                    return expected(task);
                }));
            }
            for (int n = 0; n < tasks; n++) {
                assertThat(futures.get(n).get()).isEqualTo(expected(n));
            }
            storm.stop();
            assertThat(storm.kills()).as("kills").isPositive();
            assertExecutions(log, tasks);
        }
    }

    @Test
    void survivesWorkersThatAreAskedToTerminate() throws Exception {
        int items = 20_000;
        SideLog log = SideLog.in(directory);
        List<Long> inputs = LongStream.range(0, items).boxed().toList();
        try (Pool pool = Pools.quick().workers(WORKERS).build()) {
            CompletableFuture<List<Long>> results = pool.mapAsync(n -> logged(log, n), inputs, 100);
            await().atMost(PATIENCE).until(() -> log.pids().size() == WORKERS);
            assertThat(Workers.live().getFirst().destroy()).isTrue();
            assertThat(results.get()).isEqualTo(inputs.stream().map(KillStormTest::expected).toList());
            assertAllPlacesWork(pool);
        }
    }

    private static long logged(SideLog log, long n) {
        log.append(n);
        Waiting.spin(MICROSECONDS.toNanos(10));
        return expected(n);
    }

    private static long expected(long n) {
        return 31 * n + 7;
    }

    /** Every item has begun, and none more often than an item that is charged with deaths may. */
    private static void assertExecutions(SideLog log, int items) {
        Map<Long, Integer> runs = log.runs();
        assertThat(runs.keySet()).hasSize(items);
        assertThat(runs.values()).allMatch(times -> times <= 20, "not run again and again");
    }

    /** The pool has as many live processes as workers, no more, and all of them do work. */
    private static void assertAllPlacesWork(Pool pool) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Set<Long> working = new HashSet<>(pool.map(n -> {
                Waiting.spin(MILLISECONDS.toNanos(5));
                return ProcessHandle.current().pid();
            }, IntStream.range(0, 8 * WORKERS).boxed(), 1));
            assertThat(working).hasSize(WORKERS);
            assertThat(Workers.livePids()).containsExactlyInAnyOrderElementsOf(working);
        });
    }

    private static Map<Long, Long> counters(ToLongFunction<Long> counter) {
        await().atMost(PATIENCE).until(() -> Workers.livePids().size() == WORKERS);
        Map<Long, Long> counters = new ConcurrentHashMap<>();
        Workers.livePids().forEach(pid -> counters.put(pid, counter.applyAsLong(pid)));
        return counters;
    }

    private static void killOneThat(Predicate<Long> condition) {
        Waiting.until(() -> {
            for (long pid : Workers.livePids()) {
                if (condition.test(pid)) {
                    Workers.kill(pid);
                    return true;
                }
            }
            return false;
        });
    }

    private static byte[] large(int seed) {
        byte[] bytes = new byte[LARGE_BYTES];
        new Random(seed).nextBytes(bytes);
        bytes[0] = (byte) seed;
        return bytes;
    }

    private static void assertLarge(List<byte[]> results, int count) {
        assertThat(results).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(Arrays.equals(results.get(i), large(i + 1))).as("content of " + i).isTrue();
        }
    }

    /** Kills the first so many worker processes that appear, each up to some milliseconds after it did. */
    private static final class HandshakeKiller implements AutoCloseable {
        private final AtomicBoolean over = new AtomicBoolean();
        private final Set<Long> seen = ConcurrentHashMap.newKeySet();
        private final Set<Long> killed = ConcurrentHashMap.newKeySet();
        private final Random random = new Random(9);
        private final int victims;
        private final int latestMillis;
        private final Thread thread;

        HandshakeKiller(int victims, int latestMillis) {
            this.victims = victims;
            this.latestMillis = latestMillis;
            this.thread = Thread.ofPlatform().daemon().name("handshake-killer").start(this::watch);
        }

        int killed() {
            return killed.size();
        }

        private void watch() {
            Waiting.until(() -> {
                for (long pid : Workers.livePids()) {
                    if (seen.size() < victims && seen.add(pid)) {
                        long delay = latestMillis == 0 ? 0 : random.nextInt(latestMillis);
                        Thread.ofVirtual().start(() -> kill(pid, delay));
                    }
                }
                return over.get() || killed.size() == victims;
            });
        }

        private void kill(long pid, long delayMillis) {
            long start = System.nanoTime();
            Waiting.until(() -> System.nanoTime() - start >= MILLISECONDS.toNanos(delayMillis));
            Workers.kill(pid);
            killed.add(pid);
        }

        @Override
        public void close() {
            over.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
