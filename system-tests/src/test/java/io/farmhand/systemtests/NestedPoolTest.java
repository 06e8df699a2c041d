package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers share the machine's cores, and a task that makes a pool of its own shares those of its worker. */
@FarmTest(replacesWorkers = true)
class NestedPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick(), 1);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
    }

    @Test
    void dividesTheCoresAmongTheWorkers() {
        int cores = Runtime.getRuntime().availableProcessors();
        assertThat(pool.apply(NestedPoolTest::cores, 0)).isEqualTo(cores);
        try (Pool two = Pools.quick().workers(2).build()) {
            assertThat(two.apply(NestedPoolTest::cores, 0)).isEqualTo(Math.max(1, cores / 2));
        }
    }

    static int cores(int unused) {
        return Runtime.getRuntime().availableProcessors();
    }

    @Test
    void letsTheUserSayHowManyCoresAWorkerHas() {
        try (Pool own = Pool.builder().workers(1).jvmArgs("-XX:TieredStopAtLevel=1", "-XX:ActiveProcessorCount=3")
                .build()) {
            assertThat(own.apply(NestedPoolTest::cores, 0)).isEqualTo(3);
        }
    }

    @Test
    void letsATaskMakeAPool() {
        List<Integer> squares = pool.apply(NestedPoolTest::squares, List.of(1, 2, 3));
        assertThat(squares).containsExactly(1, 4, 9);
    }

    static List<Integer> squares(List<Integer> numbers) {
        try (Pool inner = Pools.quick().workers(1).build()) {
            return inner.map(n -> n * n, numbers);
        }
    }

    @Test
    void hasByDefaultAsManyWorkersInATaskAsTheTaskHasCores() {
        try (Pool own = Pool.builder().workers(1).jvmArgs("-XX:TieredStopAtLevel=1", "-XX:ActiveProcessorCount=1")
                .build()) {
            assertThat(own.apply(NestedPoolTest::defaultSize, 0)).isEqualTo(1);
        }
    }

    static int defaultSize(int unused) {
        try (Pool inner = Pool.create()) {
            return inner.size();
        }
    }

    @Test
    void refusesAPoolBeyondTheDepthAndSaysSo() {
        String message = deeper(1);
        assertThat(message).startsWith("at depth 3: java.lang.IllegalStateException").contains("depth=3",
                "maxDepth=3", "farmhand.maxDepth");
    }

    /** Makes a pool, in a task of which it makes a pool, until that is refused; tells where that was. */
    static String deeper(int depth) {
        try (Pool inner = Pools.quick().workers(1).build()) {
            return inner.apply(NestedPoolTest::deeper, depth + 1);
        } catch (IllegalStateException e) {
            return "at depth " + (depth - 1) + ": " + e;
        }
    }

    @Test
    void goesAsDeepAsItIsTold() {
        try (Pool flat = Pools.quick().workers(1).jvmArgs("-XX:TieredStopAtLevel=1", "-Dfarmhand.maxDepth=1")
                .build()) {
            assertThat(flat.apply(NestedPoolTest::deeper, 2)).startsWith(
                    "at depth 1: java.lang.IllegalStateException").contains("maxDepth=1");
        }
    }

    @Test
    void leavesNoWorkerOfAWorkerThatDied() {
        SideLog begun = log;
        CompletableFuture<Long> call = pool.with(options -> options.crashRetries(0)).submit(() -> holding(begun));
        log.awaitSize(2);
        List<Long> pids = log.entries().stream().map(SideLog.Entry::pid).toList();
        Workers.kill(pids.get(0));
        await().atMost(PATIENCE).until(() -> pids.stream().noneMatch(Workers::isRunning));
        assertThat(call).failsWithin(PATIENCE);
    }

    /** Logs itself and then a worker of its own, which it has when it is killed. */
    static long holding(SideLog log) {
        log.append(0);
        try (Pool inner = Pools.quick().workers(1).build()) {
            return inner.apply(n -> {
                log.append(n);
                Waiting.until(() -> false);
                return n;
            }, 1L);
        }
    }
}
