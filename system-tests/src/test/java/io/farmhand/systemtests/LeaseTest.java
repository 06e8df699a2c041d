package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.WorkerCrashedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that gives no sign of life is taken for lost when its lease runs out. */
@FarmTest(replacesWorkers = true)
class LeaseTest {
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;
    private Gate gate;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().lease(Duration.ofSeconds(2)), WORKERS);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
        gate = Gate.in(directory, "gate");
    }

    private static List<Long> items(long count) {
        return LongStream.range(0, count).boxed().toList();
    }

    static long waitingAt(SideLog log, Gate gate, long item, long slow) {
        log.append(item);
        if (item == slow) {
            gate.pass();
        }
        return item;
    }

    @Test
    void runsTheItemsOfAStoppedWorkerElsewhere() throws Exception {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<Result<Long>>> call = CompletableFuture.supplyAsync(
                () -> Pools.inChunks(pool, 10).mapResults(n -> waitingAt(begun, open, n, 3), items(20)));
        await().atMost(PATIENCE).until(() -> !log.pidsOf(3).isEmpty());
        long stopped = log.pidsOf(3).get(0);
        Workers.signal("STOP", stopped);
        gate.open();
        List<Result<Long>> results = call.join();
        assertThat(results).extracting(Result::get).isEqualTo(items(20));
        assertThat(results.get(3).attempts()).isEqualTo(2);
        assertThat(log.pidsOf(3)).hasSize(2).doesNotHaveDuplicates();
        assertThat(Workers.isRunning(stopped)).isFalse();
        assertThat(Pools.pids(pool)).hasSize(WORKERS).doesNotContain(stopped);
    }

    @Test
    void givesEachResultOnceThoughAWorkerIsStoppedInTheMiddleOfItsAnswers() throws Exception {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<Long>> call = CompletableFuture.supplyAsync(
                () -> pool.imapUnordered(n -> waitingAt(begun, open, n, -1), items(20_000), 50).toList());
        log.awaitSize(2_000);
        long stopped = log.last(1).get(0).pid();
        Workers.signal("STOP", stopped);
        assertThat(call.join()).containsExactlyInAnyOrderElementsOf(items(20_000));
    }

    @Test
    void chargesTheItemThatAStoppedWorkerWasAt() throws Exception {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<Long> call = pool.with(options -> options.crashRetries(0)).submit(
                () -> waitingAt(begun, open, 0, 0));
        log.awaitSize(1);
        Workers.signal("STOP", log.pidsOf(0).get(0));
        assertThatThrownBy(call::get).cause().isInstanceOf(WorkerCrashedException.class)
                .hasMessageContaining("no sign of life");
        assertThat(log.size()).isEqualTo(1);
    }

    @Test
    void replacesAStoppedWorkerThatWasIdle() throws Exception {
        long stopped = Pools.pids(pool).iterator().next();
        Workers.signal("STOP", stopped);
        await().atMost(PATIENCE).until(() -> !Workers.isRunning(stopped));
        assertThat(Pools.pids(pool)).hasSize(WORKERS).doesNotContain(stopped);
    }

    @Test
    void keepsAWorkerWhoseTaskIsLongerThanTheLease() {
        SideLog begun = log;
        long item = pool.apply(n -> lasting(begun, n), 4L);
        assertThat(item).isEqualTo(4);
        assertThat(log.runs()).containsEntry(4L, 1);
    }

    static long lasting(SideLog log, long item) {
        log.append(item);
        Waiting.pass(3_000);
        return item;
    }

    @Test
    void bearsASilenceThatEndsInTime() throws Exception {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<Long>> call = pool.mapAsync(n -> waitingAt(begun, open, n, 0), items(10), 1);
        log.awaitSize(10);
        long stopped = log.pidsOf(0).get(0);
        Workers.signal("STOP", stopped);
        assertThat(pool.map(n -> n + 1, List.of(1, 2, 3))).containsExactly(2, 3, 4);
        Workers.signal("CONT", stopped);
        gate.open();
        assertThat(call.join()).isEqualTo(items(10));
        assertThat(log.pidsOf(0)).containsExactly(stopped);
    }
}
