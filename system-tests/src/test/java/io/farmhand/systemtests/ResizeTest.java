package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.WorkerInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool grows and shrinks while it works, and drops nothing. */
@FarmTest(replacesWorkers = true)
class ResizeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;

    /** Each test begins, and ends, with one worker. */
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

    private static void shrinkToOne() {
        pool.resize(1);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> Workers.live().size() == 1);
        assertThat(pool.size()).isEqualTo(1);
    }

    private static List<Long> items(long count) {
        return LongStream.range(0, count).boxed().toList();
    }

    static long lasting(SideLog log, long item, long millis) {
        log.append(item);
        Waiting.pass(millis);
        return item;
    }

    private void assertEachRanOnce(int items) {
        assertThat(log.runs()).hasSize(items).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
    }

    @Test
    void growsWhileACallRuns() {
        SideLog begun = log;
        Gate gate = Gate.in(directory, "gate");
        CompletableFuture<List<Long>> call = pool.mapAsync(n -> waiting(begun, gate, n), items(2), 1);
        log.awaitSize(1);
        pool.resize(2);
        assertThat(pool.size()).isEqualTo(2);
        log.awaitSize(2); // while the first still waits
        gate.open();
        assertThat(call.join()).containsExactly(0L, 1L);
        assertThat(log.pids()).hasSize(2);
        shrinkToOne();
    }

    static long waiting(SideLog log, Gate gate, long item) {
        log.append(item);
        gate.pass();
        return item;
    }

    @Test
    void takesWhatHasNotBegunFromAWorkerThatWasAloneWhenItGrows() {
        SideLog begun = log;
        Gate gate = Gate.in(directory, "gate");
        CompletableFuture<List<Long>> call = pool.mapAsync(
                n -> n == 0 ? waiting(begun, gate, n) : lasting(begun, n, 0), items(50), 50);
        log.awaitSize(1);
        pool.resize(2);
        log.awaitSize(50); // all others, while the first still waits
        gate.open();
        assertThat(call.join()).isEqualTo(items(50));
        assertEachRanOnce(50);
        shrinkToOne();
    }

    @Test
    void dropsNothingWhenItShrinks() {
        SideLog begun = log;
        pool.resize(3);
        Pools.pids(pool);
        CompletableFuture<List<Long>> call = pool.mapAsync(n -> lasting(begun, n, 2), items(300), 10);
        log.awaitSize(100);
        shrinkToOne();
        assertThat(call.join()).isEqualTo(items(300));
        assertEachRanOnce(300);
        assertThat(log.pids()).hasSize(3);
    }

    @Test
    void letsAWorkerThatIsTooManyFinishWhatItHasBegun() {
        SideLog begun = log;
        Gate gate = Gate.in(directory, "gate");
        pool.resize(2);
        Pools.pids(pool);
        CompletableFuture<List<Long>> call = pool.mapAsync(
                n -> n < 2 ? waiting(begun, gate, n) : lasting(begun, n, 0), items(40), 1);
        log.awaitSize(2);
        pool.resize(1);
        await().atMost(PATIENCE).until(() -> pool.workers().stream().anyMatch(
                worker -> worker.state() == WorkerInfo.State.LEAVING));
        gate.open();
        assertThat(call.join()).isEqualTo(items(40));
        assertEachRanOnce(40);
        shrinkToOne();
    }

    @Test
    void endsWithTheNumberThatWasAskedForLast() {
        SideLog begun = log;
        Random random = new Random(11);
        CompletableFuture<List<Long>> call = pool.mapAsync(n -> lasting(begun, n, 2), items(400), 7);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            long seed = random.nextLong();
            threads.add(Thread.ofPlatform().start(() -> {
                Random own = new Random(seed);
                for (int i = 0; i < 5; i++) {
                    pool.resize(1 + own.nextInt(3));
                }
            }));
        }
        threads.forEach(ResizeTest::join);
        pool.resize(2);
        assertThat(call.join()).isEqualTo(items(400));
        assertEachRanOnce(400);
        assertThat(Pools.pids(pool)).hasSize(2);
        await().atMost(PATIENCE).until(() -> Workers.live().size() == 2);
        shrinkToOne();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusesToHaveNoWorker() {
        assertThatThrownBy(() -> pool.resize(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("workers=0");
        assertThat(pool.size()).isEqualTo(1);
    }
}
