package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.ChunkSizing;
import io.farmhand.Pool;
import io.farmhand.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No worker is idle while another holds items that have not begun. */
@FarmTest
class StragglerTest {
    private static final int WORKERS = 2;

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;
    private Gate gate;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick(), WORKERS);
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

    private void assertEachRanOnce(int items) {
        assertThat(log.runs()).hasSize(items).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
    }

    static long lasting(SideLog log, long item, long millis) {
        log.append(item);
        Waiting.pass(millis);
        return item;
    }

    /** Waits at one item. */
    static long waitingAt(SideLog log, Gate gate, long item, long slow) {
        log.append(item);
        if (item == slow) {
            gate.pass();
        }
        return item;
    }

    @Test
    void splitsALongChunkBetweenTheWorkers() {
        SideLog begun = log;
        assertThat(pool.map(n -> lasting(begun, n, 20), items(100), 100)).isEqualTo(items(100));
        assertEachRanOnce(100);
        assertThat(log.entries().stream().collect(Collectors.groupingBy(SideLog.Entry::pid, Collectors.counting())))
                .hasSize(WORKERS).allSatisfy((pid, count) -> assertThat(count).isGreaterThan(20L));
    }

    @Test
    void takesTheRestOfItsChunkFromASlowWorker() {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<Long>> call = pool.mapAsync(n -> waitingAt(begun, open, n, 0), items(50), 50);
        log.awaitSize(50); // all the others, while the first waits
        gate.open();
        assertThat(call.join()).isEqualTo(items(50));
        assertEachRanOnce(50);
        long slow = log.pidsOf(0).get(0);
        assertThat(log.entries().stream().filter(entry -> entry.pid() == slow)).hasSize(1);
    }

    @Test
    void takesWholeChunksFromASlowWorker() {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<Long>> call = pool.mapAsync(n -> waitingAt(begun, open, n, 30), items(200), 5);
        log.awaitSize(200);
        gate.open();
        assertThat(call.join()).isEqualTo(items(200));
        assertEachRanOnce(200);
    }

    @Test
    void takesItemsOfALazyCallFromASlowWorker() {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<Long>> call = CompletableFuture.supplyAsync(
                () -> pool.imap(n -> waitingAt(begun, open, n, 3), items(60), 20).toList());
        log.awaitSize(60);
        gate.open();
        assertThat(call.join()).isEqualTo(items(60));
        assertEachRanOnce(60);
    }

    @Test
    void keepsTheErrorAtItsItemWhereverThatRuns() {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<String>> call = CompletableFuture.supplyAsync(() -> Pools.inChunks(pool, 30).mapResults(
                n -> failingAfter(begun, open, n), items(30)).stream().map(
                        result -> result.index() + ":"
                                + (result instanceof Result.Success<Long>))
                .toList());
        log.awaitSize(30);
        gate.open();
        assertThat(call.join()).isEqualTo(items(30).stream().map(n -> n + ":" + (n != 20)).toList());
    }

    static long failingAfter(SideLog log, Gate gate, long item) {
        waitingAt(log, gate, item, 1);
        if (item == 20) {
            throw new IllegalStateException("item 20");
        }
        return item;
    }

    // ---- sizes that follow the time ----

    @Test
    void sizesChunksByHowLongTheyTake() {
        SideLog begun = log;
        Pool adaptive = pool.with(options -> options.chunkSizing(ChunkSizing.adaptive()));
        assertThat(adaptive.map(n -> lasting(begun, n, 0), items(20_000))).isEqualTo(items(20_000));
        assertThat(adaptive.imap(n -> n + 1, items(2_000)).toList())
                .isEqualTo(LongStream.range(1, 2_001).boxed().toList());
        assertEachRanOnce(20_000);
    }

    @Test
    void leavesNobodyIdleAtTheEndOfAdaptiveChunks() {
        SideLog begun = log;
        Gate open = gate;
        Pool adaptive = pool.with(options -> options.chunkSizing(ChunkSizing.adaptive()));
        CompletableFuture<List<Long>> call = adaptive.mapAsync(n -> waitingAt(begun, open, n, 4_000), items(5_000));
        log.awaitSize(5_000);
        gate.open();
        assertThat(call.join()).isEqualTo(items(5_000));
        assertEachRanOnce(5_000);
    }
}
