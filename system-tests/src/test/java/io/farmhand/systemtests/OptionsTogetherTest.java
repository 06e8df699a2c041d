package io.farmhand.systemtests;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.ChunkSizing;
import io.farmhand.Pool;
import io.farmhand.PoolClosedException;
import io.farmhand.Result;
import io.farmhand.TaskTimeoutException;
import io.farmhand.WorkerCrashedException;
import io.farmhand.WorkerInfo;
import io.farmhand.task.Broadcast;
import io.farmhand.task.TaskContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Options that meet: what each promises holds beside the others. */
@FarmTest(replacesWorkers = true)
class OptionsTogetherTest {
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

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

    /** Throws at the first attempt. */
    static long throwingFirst(SideLog log, long item) throws IOException {
        log.append(item);
        if (TaskContext.current().attempt() == 1) {
            throw new IOException("the first attempt");
        }
        return item;
    }

    @Test
    void closeWaitsForItemsThatWaitForTheirNextAttempt() throws Exception {
        SideLog begun = log;
        Pool closing = Pools.quick().workers(1).retries(1).retryBackoff(Duration.ofMillis(700)).build();
        CompletableFuture<List<Long>> call = closing.mapAsync(n -> throwingFirst(begun, n), items(3), 3);
        log.awaitSize(3);
        closing.close();
        assertThat(call.get(1, SECONDS)).isEqualTo(items(3));
    }

    @Test
    void shutdownDoesNotWaitForItemsThatWaitForTheirNextAttempt() throws Exception {
        SideLog begun = log;
        Pool ending = Pools.quick().workers(1).retries(1).retryBackoff(Duration.ofMinutes(10)).build();
        CompletableFuture<List<Long>> call = ending.mapAsync(n -> throwingFirst(begun, n), items(3), 3);
        log.awaitSize(3);
        FutureTask<Object> shutdown = new FutureTask<>(Executors.callable(ending::shutdownNow));
        Thread.ofPlatform().daemon().start(shutdown);
        assertThat(shutdown.get(10, SECONDS)).isNull();
        assertThatThrownBy(() -> call.get(10, SECONDS)).hasCauseInstanceOf(PoolClosedException.class);
    }

    @Test
    void cancelEndsItemsThatWaitForTheirNextAttempt() {
        SideLog begun = log;
        CompletableFuture<List<Long>> call = pool
                .with(options -> options.retries(1).retryBackoff(Duration.ofMillis(300)))
                .mapAsync(n -> throwingFirst(begun, n), items(3), 3);
        log.awaitSize(3);
        assertThat(call.cancel(true)).isTrue();
        Waiting.pass(400);
        Pools.pids(pool);
        assertThat(log.size()).isEqualTo(3);
    }

    @Test
    void aWorkerThatIsTooManyStillHasItsDeadline() {
        SideLog begun = log;
        Pool shrinking = Pools.whole(Pools.quick().taskTimeout(Duration.ofSeconds(2)), 2);
        try (shrinking) {
            CompletableFuture<List<Result<Long>>> call = CompletableFuture.supplyAsync(
                    () -> Pools.inChunks(shrinking, 1).mapResults(n -> DeadlineTest.loopingAt(begun, n, n), items(2)));
            log.awaitSize(2);
            shrinking.resize(1);
            List<Result<Long>> results = call.join();
            assertThat(results).allSatisfy(
                    result -> assertThat(Pools.error(result)).isInstanceOf(TaskTimeoutException.class));
            assertThat(log.size()).isEqualTo(2);
            await().atMost(PATIENCE).until(() -> shrinking.workers().size() == 1);
        }
    }

    @Test
    void recyclingBearsCrashesAndRetries() {
        SideLog begun = log;
        try (Pool recycling = Pools.quick().workers(2).maxTasksPerWorker(8).retries(1).build()) {
            assertThat(recycling.map(n -> troubled(begun, n), items(24), 5)).isEqualTo(items(24));
        }
        Map<Long, Integer> byWorker = new HashMap<>();
        log.entries().forEach(entry -> byWorker.merge(entry.pid(), 1, Integer::sum));
        assertThat(byWorker.values()).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(8));
        // Item 7 may have ended on the worker that item 13 then ended, before its result had come back.
        assertThat(log.runs()).hasSize(24).containsEntry(13L, 2).hasEntrySatisfying(7L,
                runs -> assertThat(runs).isBetween(2, 3));
    }

    /** Item 7 throws, item 13 ends its worker. */
    static long troubled(SideLog log, long item) throws IOException {
        log.append(item);
        if (TaskContext.current().attempt() == 1) {
            if (item == 7) {
                throw new IOException("item 7");
            }
            if (item == 13) {
                Runtime.getRuntime().halt(1);
            }
        }
        return item;
    }

    @Test
    void aWorkerForEachItemRunsThemAll() {
        SideLog begun = log;
        try (Pool single = Pools.quick().workers(2).maxTasksPerWorker(1).build()) {
            assertThat(single.map(n -> StragglerTest.lasting(begun, n, 0), items(4), 4)).isEqualTo(items(4));
        }
        assertThat(log.pids()).hasSize(4);
    }

    @Test
    void atMostOnceHoldsForAWorkerThatIsTerminatedAndDoesNotEnd() throws Exception {
        SideLog begun = log;
        CompletableFuture<Long> call = pool.with(options -> options.atMostOnce()).submit(
                () -> DeadlineTest.loopingAt(begun, 0, 0));
        log.awaitSize(1);
        Workers.signal("TERM", log.pidsOf(0).get(0));
        assertThatThrownBy(call::get).hasCauseInstanceOf(WorkerCrashedException.class);
        assertThat(log.size()).isEqualTo(1);
    }

    @Test
    void atMostOnceHoldsForItemsThatAreTakenBack() {
        SideLog begun = log;
        Gate open = gate;
        CompletableFuture<List<Long>> call = pool.with(options -> options.atMostOnce()).mapAsync(
                n -> StragglerTest.waitingAt(begun, open, n, 0), items(50), 50);
        log.awaitSize(50);
        long other = log.entries().getLast().pid();
        Workers.kill(other); // it has nothing that is not answered, or only what it has begun
        gate.open();
        Throwable _ = call.handle((values, error) -> error).join();
        assertThat(log.runs()).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
    }

    @Test
    void aBroadcastReachesEachWorkerThatComesLater() {
        SideLog begun = log;
        try (Pool recycling = Pools.quick().workers(1).maxTasksPerWorker(2).build();
                Broadcast<List<Integer>> numbers = recycling.broadcast(List.of(1, 2, 3))) {
            List<Long> sums = recycling.map(n -> n + logged(begun, numbers.get()), items(5), 1);
            assertThat(sums).isEqualTo(items(5).stream().map(n -> n + 3).toList());
        }
        assertThat(log.pids()).hasSize(3);
    }

    static int logged(SideLog log, List<Integer> numbers) {
        log.append(0);
        return numbers.size();
    }

    @Test
    void deadlinesAndRetriesOfOneCallAreApart() {
        SideLog begun = log;
        List<Result<Long>> results = pool
                .with(options -> options.taskTimeout(Duration.ofMillis(700)).retries(1)
                        .chunkSizing(ChunkSizing.fixed(4)))
                .mapResults(n -> throwingFirstThenLooping(begun, n), items(4));
        assertThat(results.subList(0, 3)).extracting(Result::get).containsExactly(0L, 1L, 2L);
        assertThat(Pools.error(results.get(3))).isInstanceOf(TaskTimeoutException.class);
        assertThat(results.get(3).attempts()).isEqualTo(2);
        assertThat(log.runs()).containsEntry(3L, 2);
    }

    static long throwingFirstThenLooping(SideLog log, long item) throws IOException {
        throwingFirst(log, item);
        Waiting.until(() -> item < 3);
        return item;
    }

    @Test
    void anIdlePoolWhoseWorkersHaveGoneCanBeResizedAndUsed() {
        try (Pool parked = Pools.quick().workers(1).keepAlive(Duration.ofMillis(200)).build()) {
            await().atMost(PATIENCE).until(() -> parked.workers().isEmpty());
            parked.resize(2);
            assertThat(Pools.pids(parked)).hasSize(2);
            await().atMost(PATIENCE).until(() -> parked.workers().isEmpty());
            assertThat(parked.map(n -> n + 1, List.of(1, 2, 3))).containsExactly(2, 3, 4);
            assertThat(parked.workers()).extracting(WorkerInfo::number).isSubsetOf(0, 1);
        }
    }

    @Test
    void anIdlePoolWhoseWorkersHaveGoneCanBeClosed() throws Exception {
        Pool parked = Pools.quick().workers(1).keepAlive(Duration.ofMillis(200)).build();
        await().atMost(PATIENCE).until(() -> parked.workers().isEmpty());
        FutureTask<Object> close = new FutureTask<>(Executors.callable(parked::close));
        Thread.ofPlatform().daemon().start(close);
        assertThat(close.get(10, SECONDS)).isNull();
    }

    @Test
    void aCallSurvivesAWorkerThatIsKilledWhileItLeaves() {
        SideLog begun = log;
        Gate open = gate;
        Pool shrinking = Pools.whole(Pools.quick(), 2);
        try (shrinking) {
            CompletableFuture<List<Long>> call = shrinking.mapAsync(
                    n -> n < 2 ? StragglerTest.waitingAt(begun, open, n, n) : n, items(30), 1);
            log.awaitSize(2);
            shrinking.resize(1);
            await().atMost(PATIENCE).until(() -> shrinking.workers().stream().anyMatch(
                    worker -> worker.state() == WorkerInfo.State.LEAVING));
            long leaving = shrinking.workers().stream().filter(
                    worker -> worker.state() == WorkerInfo.State.LEAVING).findFirst().orElseThrow().pid();
            Workers.kill(leaving);
            gate.open();
            assertThat(call.join()).isEqualTo(items(30));
            await().atMost(PATIENCE).until(() -> shrinking.workers().size() == 1);
        }
    }
}
