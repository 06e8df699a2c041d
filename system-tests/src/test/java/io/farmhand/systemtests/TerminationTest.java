package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that is sent SIGTERM hands back what it has not begun, finishes what it has, and leaves. */
@FarmTest(replacesWorkers = true)
class TerminationTest {
    private static final int WORKERS = 2;
    private static final long FINALIZER = -1;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final List<PoolEvent> EVENTS = new CopyOnWriteArrayList<>();
    private static Pool pool;
    private static SideLog finalized;

    @TempDir
    static Path poolDirectory;
    @TempDir
    Path directory;

    private SideLog log;
    private Gate gate;

    @BeforeAll
    static void makePool() throws IOException {
        finalized = SideLog.in(poolDirectory);
        SideLog finalizers = finalized;
        pool = Pools.whole(Pools.quick().listener(EVENTS::add).finalizer(() -> finalizers.append(FINALIZER)), WORKERS);
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

    private long workerOf(long item) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> !log.pidsOf(item).isEmpty());
        return log.pidsOf(item).get(0);
    }

    private static PoolEvent.WorkerEnded awaitEnd(long pid) {
        await().atMost(PATIENCE).until(() -> EVENTS.stream().anyMatch(event -> isEnd(event, pid)));
        return (PoolEvent.WorkerEnded) EVENTS.stream().filter(event -> isEnd(event, pid)).findFirst().orElseThrow();
    }

    private static boolean isEnd(PoolEvent event, long pid) {
        return event instanceof PoolEvent.WorkerEnded end && end.pid() == pid;
    }

    @Test
    void handsBackWhatHasNotBegunAndFinishesWhatHas() throws Exception {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<Long>> call = pool.mapAsync(n -> waitingAt(begun, open, n, 0), items(40), 20);
        long leaving = workerOf(0);
        Workers.signal("TERM", leaving);
        log.awaitSize(40); // all the others, while it is still at its first
        gate.open();
        assertThat(call.join()).isEqualTo(items(40));
        assertThat(log.runs()).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
        assertThat(log.pidsOf(0)).containsExactly(leaving);
        await().atMost(PATIENCE).until(() -> !Workers.isRunning(leaving));
        assertThat(Pools.pids(pool)).hasSize(WORKERS).doesNotContain(leaving);
    }

    @Test
    void leavesWithStatusZero() throws Exception {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<Long> call = pool.submit(() -> waitingAt(begun, open, 0, 0));
        long leaving = workerOf(0);
        Workers.signal("TERM", leaving);
        gate.open();
        assertThat(call.join()).isZero();
        PoolEvent.WorkerEnded end = awaitEnd(leaving);
        assertThat(end.diagnosis()).contains("exitCode=0");
        assertThat(end.expected()).isTrue();
        assertThat(end.itemsRepeated()).isZero();
    }

    @Test
    void leavesWhenItIsIdleAndIsReplaced() throws Exception {
        long leaving = Pools.pids(pool).iterator().next();
        Workers.signal("TERM", leaving);
        assertThat(awaitEnd(leaving).diagnosis()).contains("exitCode=0");
        assertThat(Pools.pids(pool)).hasSize(WORKERS).doesNotContain(leaving);
    }

    @Test
    void runsTheFinalizerBeforeItLeaves() throws Exception {
        long leaving = Pools.pids(pool).iterator().next();
        Workers.signal("TERM", leaving);
        PoolEvent.WorkerEnded _ = awaitEnd(leaving);
        assertThat(finalized.pids()).contains(leaving);
    }

    @Test
    void isKilledWithATaskThatGoesOnForTooLong() throws Exception {
        SideLog begun = log;
        CompletableFuture<Long> call = pool.submit(() -> endlessTheFirstTime(begun));
        long leaving = workerOf(0);
        Workers.signal("TERM", leaving);
        assertThat(call.join()).isEqualTo(2);
        assertThat(log.pidsOf(0)).hasSize(2).doesNotHaveDuplicates();
        assertThat(Workers.isRunning(leaving)).isFalse();
    }

    static long endlessTheFirstTime(SideLog log) {
        log.append(0);
        Waiting.until(() -> log.size() > 1);
        return log.size();
    }

    @Test
    void losesNothingWhenAllAreTerminatedAtOnce() throws Exception {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<Long>> call = pool.mapAsync(n -> waitingAt(begun, open, n, -1), items(20_000), 100);
        log.awaitSize(1_000);
        for (long pid : Workers.livePids()) {
            Workers.signal("TERM", pid);
        }
        assertThat(call.join()).isEqualTo(items(20_000));
        assertThat(log.runs()).hasSize(20_000).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
    }
}
