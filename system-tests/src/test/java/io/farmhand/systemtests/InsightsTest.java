package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.farmhand.Insights;
import io.farmhand.Pool;
import io.farmhand.WorkerInfo;
import io.farmhand.WorkerInfo.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pool tells of its workers, and of where their time went. */
@FarmTest(replacesWorkers = true)
class InsightsTest {
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;
    private Gate gate;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().lease(Duration.ofSeconds(3)).initializer(() -> Waiting.pass(100)), WORKERS);
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

    static long waiting(SideLog log, Gate gate, long item) {
        log.append(item);
        gate.pass();
        return item;
    }

    static long lasting(long item, long millis) {
        Waiting.pass(millis);
        return item;
    }

    // ---- workers ----

    @Test
    void tellsNumbersAndProcessesOfTheWorkers() {
        List<Long> pids = List.copyOf(Pools.pids(pool));
        assertThat(pool.workers()).extracting(WorkerInfo::number).containsExactly(0, 1);
        assertThat(pool.workers()).extracting(WorkerInfo::pid).containsExactlyInAnyOrderElementsOf(pids);
    }

    @Test
    void tellsWhoIsBusy() {
        SideLog begun = log;
        Gate open = gate;
        await().atMost(PATIENCE).untilAsserted(
                () -> assertThat(pool.workers()).extracting(WorkerInfo::state).containsOnly(State.IDLE));
        CompletableFuture<Long> call = pool.submit(() -> waiting(begun, open, 0));
        log.awaitSize(1);
        long busy = log.pidsOf(0).get(0);
        assertThat(pool.workers()).allSatisfy(worker -> assertThat(worker.state()).isEqualTo(
                worker.pid() == busy ? State.BUSY : State.IDLE));
        gate.open();
        call.join();
    }

    @Test
    void countsWhatEachWorkerHasDone() {
        long before = tasksDone();
        pool.map(n -> n, IntStream.range(0, 100).boxed().toList(), 3);
        assertThat(tasksDone()).isEqualTo(before + 100);
    }

    private static long tasksDone() {
        return pool.workers().stream().mapToLong(WorkerInfo::tasksDone).sum();
    }

    @Test
    void tellsTheMemoryOfEachWorker() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(pool.workers()).allSatisfy(worker -> {
            assertThat(worker.rssBytes()).isBetween(10L << 20, 4L << 30);
            assertThat(worker.heapBytes()).isBetween(1L << 16, 4L << 30);
        }));
    }

    @Test
    void tellsOfAWorkerThatIsReplaced() {
        long pid = Pools.pids(pool).iterator().next();
        int number = pool.workers().stream().filter(worker -> worker.pid() == pid).findFirst().orElseThrow().number();
        Workers.kill(pid);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(pool.workers()).hasSize(WORKERS).anySatisfy(worker -> {
            assertThat(worker.number()).isEqualTo(number);
            assertThat(worker.pid()).isNotEqualTo(pid);
            assertThat(worker.state()).isEqualTo(State.IDLE);
        }));
    }

    @Test
    void knowsNoWorkersOfAPoolThatHasEnded() {
        Pool ended = Pools.quick().workers(1).build();
        ended.close();
        assertThat(ended.workers()).isEmpty();
        assertThat(ended.insights().itemsDone()).isZero();
    }

    // ---- shares ----

    @Test
    void dividesTheWholeTimeIntoShares() {
        pool.map(n -> lasting(n, 1), LongStream.range(0, 100).boxed().toList());
        Insights insights = pool.insights();
        assertThat(insights.start() + insights.init() + insights.waiting() + insights.serializing()
                + insights.working()).isCloseTo(1, within(1e-6));
        assertThat(List.of(insights.start(), insights.init(), insights.waiting(), insights.serializing(),
                insights.working())).allSatisfy(share -> assertThat(share).isBetween(0.0, 1.0));
        assertThat(insights.start()).as("starting").isPositive();
        assertThat(insights.init()).as("the initializer").isPositive();
        assertThat(insights.working()).as("the functions").isPositive();
    }

    @Test
    void countsItemsThatAreDoneAndItemsThatAreRepeated() {
        Insights before = pool.insights();
        pool.with(options -> options.retries(1)).map(ListenerTest::failingOnce,
                LongStream.range(0, 10).boxed().toList(), 5);
        Insights after = pool.insights();
        assertThat(after.itemsRepeated() - before.itemsRepeated()).isEqualTo(10);
        assertThat(after.itemsDone() - before.itemsDone()).isBetween(10L, 20L);
    }

    @Test
    void namesTheSlowestItems() {
        pool.map(n -> lasting(n, n == 7 ? 400 : 0), LongStream.range(0, 20).boxed().toList(), 1);
        List<Insights.SlowItem> slowest = pool.insights().slowest();
        assertThat(slowest.get(0).index()).isEqualTo(7);
        assertThat(slowest.get(0).took()).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        assertThat(slowest).isSortedAccordingTo((a, b) -> b.took().compareTo(a.took()));
    }

    // ---- advice ----

    @Test
    void saysWhenShippingCostsMoreThanComputing() {
        try (Pool shipping = Pools.quick().workers(1).build()) {
            byte[] large = new byte[1 << 20];
            shipping.map(array -> array, Collections.nCopies(200, large), 1);
            assertThat(shipping.insights().advice()).as("%s", shipping.insights()).isPresent();
        }
    }

    @Test
    void saysNothingWhenComputingIsWhatTakesTheTime() {
        try (Pool computing = Pools.quick().workers(1).build()) {
            computing.map(n -> lasting(n, 50), LongStream.range(0, 20).boxed().toList(), 1);
            assertThat(computing.insights().advice()).as("%s", computing.insights()).isEmpty();
        }
    }
}
