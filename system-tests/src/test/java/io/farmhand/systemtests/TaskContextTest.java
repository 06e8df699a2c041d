package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.WorkerInfo;
import io.farmhand.task.TaskContext;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a task can know of where it runs, and what its worker keeps for it. */
@FarmTest(replacesWorkers = true)
class TaskContextTest {
    private static final int WORKERS = 3;
    private static final long SEED = 42;

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().seed(SEED), WORKERS);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
    }

    private static List<Long> items(long count) {
        return LongStream.range(0, count).boxed().toList();
    }

    // ---- where a task is ----

    /** Where an item ran. */
    record Seen(long index, int attempt, int worker, long pid) implements Serializable {
        static Seen now(Object unused) {
            TaskContext context = TaskContext.current();
            return new Seen(context.index(), context.attempt(), context.worker(), ProcessHandle.current().pid());
        }
    }

    @Test
    void tellsIndexAndAttemptOfAnItem() {
        List<Seen> seen = pool.map(Seen::now, items(50), 7);
        assertThat(seen).extracting(Seen::index).isEqualTo(items(50));
        assertThat(seen).extracting(Seen::attempt).containsOnly(1);
    }

    @Test
    void tellsTheNumberOfTheWorker() {
        Pools.pids(pool);
        List<Result<Seen>> results = Pools.inChunks(pool, 1).mapResults(Seen::now, items(60));
        assertThat(results).allSatisfy(result -> assertThat(result.get().worker()).isEqualTo(result.worker())
                .isBetween(0, WORKERS - 1));
        List<WorkerInfo> workers = pool.workers();
        assertThat(results).allSatisfy(result -> assertThat(workers).anyMatch(
                worker -> worker.number() == result.worker() && worker.pid() == result.get().pid()));
    }

    @Test
    void tellsWhichAttemptItIs() {
        Seen seen = pool.with(options -> options.retries(3)).apply(TaskContextTest::seenAtTheThirdAttempt, 0L);
        assertThat(seen.attempt()).isEqualTo(3);
        assertThat(seen.index()).isZero();
    }

    static Seen seenAtTheThirdAttempt(long item) {
        Seen seen = Seen.now(item);
        if (seen.attempt() < 3) {
            throw new IllegalStateException("too early");
        }
        return seen;
    }

    @Test
    void isOneForAThreadThatATaskStarts() {
        List<Long> seen = pool.map(n -> onAThread(() -> TaskContext.current().index()), items(10), 5);
        assertThat(seen).isEqualTo(items(10));
    }

    private static long onAThread(Callable<Long> question) throws Exception {
        FutureTask<Long> answer = new FutureTask<>(question);
        Thread.ofPlatform().start(answer);
        return answer.get();
    }

    @Test
    void isNotThereOutsideOfTasks() {
        assertThatThrownBy(TaskContext::current).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no task");
        assertThat(TaskContext.find()).isEmpty();
        boolean inside = pool.apply(n -> TaskContext.find().isPresent(), 0);
        assertThat(inside).isTrue();
    }

    // ---- state ----

    /** How many items a worker has run. */
    static final class Count {
        int items;
    }

    @Test
    void keepsStateFromItemToItemAndFromJobToJob() {
        Pools.pids(pool);
        int before = totalCounted();
        pool.map(TaskContextTest::counting, items(90), 1);
        pool.map(TaskContextTest::counting, items(10), 10);
        assertThat(totalCounted()).isEqualTo(before + 100);
    }

    static long counting(long item) {
        TaskContext.current().state(Count.class, Count::new).items++;
        return item;
    }

    /** The counts of all workers, which asks each at least once and does not count that. */
    private static int totalCounted() {
        AtomicInteger total = new AtomicInteger();
        HashSet<Integer> asked = new HashSet<>();
        await().until(() -> {
            for (List<Integer> answer : pool.map(TaskContextTest::counted, items(12), 1)) {
                if (asked.add(answer.getFirst())) {
                    total.addAndGet(answer.getLast());
                }
            }
            return asked.size() == WORKERS;
        });
        return total.get();
    }

    static List<Integer> counted(long item) {
        return List.of(TaskContext.current().worker(), TaskContext.current().state(Count.class, Count::new).items);
    }

    @Test
    void hasNoStateThatNobodySet() {
        assertThatThrownBy(() -> pool.apply(n -> TaskContext.current().state(StringBuilder.class).length(), 0))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("java.lang.StringBuilder");
    }

    @Test
    void setsStateInPlaceOfWhatThereIs() {
        List<Integer> seen = pool.map(TaskContextTest::replaced, items(30), 1);
        assertThat(seen).isEqualTo(IntStream.range(0, 30).boxed().toList());
    }

    static int replaced(long item) {
        TaskContext.current().setState(Integer.class, (int) item);
        return TaskContext.current().state(Integer.class);
    }

    // ---- progress ----

    @Test
    void countsProgressWhileTheTaskRuns() {
        SideLog begun = log;
        Gate gate = Gate.in(directory, "gate");
        long before = progress();
        CompletableFuture<Long> call = pool.submit(() -> countingTo(begun, gate));
        await().atMost(Duration.ofSeconds(20)).until(() -> progress() - before == 700);
        gate.open();
        assertThat(call.join()).isZero();
        assertThat(progress() - before).isEqualTo(1_000);
    }

    static long countingTo(SideLog log, Gate gate) {
        log.append(0);
        TaskContext.current().progress(700);
        gate.pass();
        for (int i = 0; i < 300; i++) {
            TaskContext.current().progress(1);
        }
        return 0;
    }

    private static long progress() {
        return pool.workers().stream().mapToLong(WorkerInfo::progress).sum();
    }

    // ---- randomness ----

    /** Two draws of an item. */
    static List<Long> drawn(long item) {
        return List.of(TaskContext.current().random().nextLong(), TaskContext.current().random().nextLong());
    }

    @Test
    void drawsTheSameNumbersHoweverTheItemsAreSpread() {
        List<List<Long>> numbers = pool.map(TaskContextTest::drawn, items(100), 1);
        assertThat(pool.map(TaskContextTest::drawn, items(100), 33)).isEqualTo(numbers);
        assertThat(pool.imap(TaskContextTest::drawn, items(100)).toList()).isEqualTo(numbers);
        assertThat(new HashSet<>(numbers)).as("each item has its own").hasSize(100);
        assertThat(numbers).as("one generator goes on").allSatisfy(two -> assertThat(two).doesNotHaveDuplicates());
    }

    @Test
    void drawsTheSameNumbersWithOneWorkerAsWithThree() {
        List<List<Long>> numbers = pool.map(TaskContextTest::drawn, items(100), 1);
        try (Pool single = Pools.quick().seed(SEED).workers(1).build()) {
            assertThat(single.map(TaskContextTest::drawn, items(100), 10)).isEqualTo(numbers);
        }
    }

    @Test
    void drawsTheSameNumbersInEachAttempt() {
        SideLog begun = log;
        List<List<Long>> numbers = pool.map(TaskContextTest::drawn, items(20), 1);
        assertThat(pool.with(options -> options.retries(1).crashRetries(1)).map(n -> drawnAtLast(begun, n), items(20),
                5)).isEqualTo(numbers);
        assertThat(log.runs()).containsEntry(3L, 2).containsEntry(11L, 2);
    }

    /** Item 3 throws after its first draw, item 11 ends its worker. */
    static List<Long> drawnAtLast(SideLog log, long item) {
        log.append(item);
        List<Long> numbers = drawn(item);
        if (TaskContext.current().attempt() == 1) {
            if (item == 3) {
                throw new IllegalStateException("try again");
            }
            if (item == 11) {
                Runtime.getRuntime().halt(1);
            }
        }
        return numbers;
    }

    @Test
    void drawsOtherNumbersFromAnotherSeed() {
        List<List<Long>> numbers = pool.map(TaskContextTest::drawn, items(10));
        List<List<Long>> others = pool.with(options -> options.seed(SEED + 1)).map(TaskContextTest::drawn, items(10));
        assertThat(new ArrayList<>(others)).doesNotContainAnyElementsOf(numbers);
    }
}
