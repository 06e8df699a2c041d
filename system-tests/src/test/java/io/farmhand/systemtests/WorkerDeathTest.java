package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.WorkerCrashedException;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An item that ends its worker fails, and it alone; the worker is replaced. */
@FarmTest(replacesWorkers = true)
class WorkerDeathTest {
    private static final int WORKERS = 2;
    /** The first one and the retries. */
    private static final int ATTEMPTS = 3;

    /** In a worker: what a task fills its heap with. */
    private static final List<byte[]> HOARD = new ArrayList<>();

    private static Pool pool;

    @TempDir
    Path directory;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick(), WORKERS);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    /** Ways for a task to end its worker. */
    enum Death {
        HALT(7, "Runtime.halt") {
            @Override
            void die() {
                Runtime.getRuntime().halt(7);
            }
        },
        LEAVE(0, "System.exit(0)") {
            @Override
            void die() {
                System.exit(0);
            }
        },
        EXIT(7, "System.exit") {
            @Override
            void die() {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> System.err.println("a hook of the task's")));
                System.exit(7);
            }
        },
        KILL(137, "killed") {
            @Override
            void die() throws IOException, InterruptedException {
                Workers.signal("KILL", ProcessHandle.current().pid());
                Waiting.until(() -> false);
            }
        };

        final int exitCode;
        final String hint;

        Death(int exitCode, String hint) {
            this.exitCode = exitCode;
            this.hint = hint;
        }

        abstract void die() throws IOException, InterruptedException;
    }

    @ParameterizedTest
    @EnumSource
    void failsOnlyTheItemThatEndsItsWorker(Death death) throws IOException {
        SideLog log = SideLog.in(directory);
        List<Result<Long>> results = Pools.all(pool.imapResults(n -> dieAt(log, n, 2, death),
                List.of(0L, 1L, 2L, 3L, 4L), 5));
        WorkerCrashedException crash = assertOnlyFailure(results, 2);
        assertThat(crash.exitCode()).isEqualTo(death.exitCode);
        assertThat(crash).hasMessageContaining("exitCode=" + death.exitCode).hasMessageContaining(death.hint);
        assertRuns(log, 5, Map.of(2L, ATTEMPTS));
        assertWhole();
    }

    static long dieAt(SideLog log, long item, long guilty, Death death) throws IOException, InterruptedException {
        log.append(item);
        if (item == guilty) {
            death.die();
        }
        return item;
    }

    private static WorkerCrashedException assertOnlyFailure(List<Result<Long>> results, int guilty) {
        for (int i = 0; i < results.size(); i++) {
            assertThat(results.get(i).index()).isEqualTo(i);
            if (i != guilty) {
                assertThat(results.get(i).get()).isEqualTo(i);
            }
        }
        return assertCrash(Pools.error(results.get(guilty)), guilty);
    }

    private static WorkerCrashedException assertCrash(Throwable thrown, long index) {
        return assertCrash(thrown, index, "Item " + index);
    }

    private static WorkerCrashedException assertCrash(Throwable thrown, long index, String subject) {
        assertThat(thrown).isInstanceOf(WorkerCrashedException.class);
        WorkerCrashedException crash = (WorkerCrashedException) thrown;
        assertThat(crash.index()).isEqualTo(index);
        assertThat(crash.attempts()).isEqualTo(ATTEMPTS);
        assertThat(crash.worker()).isBetween(0, WORKERS - 1);
        assertThat(crash).hasMessageStartingWith(subject).hasMessageContaining("pid");
        return crash;
    }

    /** The guilty ones as often as stated, the others once, and once more at most for each death: results may die, too. */
    private static void assertRuns(SideLog log, int items, Map<Long, Integer> guilty) {
        Map<Long, Integer> runs = log.runs();
        assertThat(runs).hasSize(items).containsAllEntriesOf(guilty);
        runs.forEach((item, count) -> {
            if (!guilty.containsKey(item)) {
                assertThat(count).as("runs of item %d", item).isBetween(1, ATTEMPTS + 1);
            }
        });
    }

    private static void assertWhole() {
        assertThat(Pools.pids(pool)).hasSize(WORKERS);
    }

    // ---- who is to blame ----

    @Test
    void failsOnlyTheItemThatHaltsInTheMiddleOfAChunkOfAThousand() throws IOException {
        SideLog log = SideLog.in(directory);
        List<Long> items = LongStream.range(0, 1000).boxed().toList();
        List<Result<Long>> results = Pools.all(pool.imapResults(n -> dieAt(log, n, 500, Death.HALT), items, 1000));
        assertThat(results).hasSize(1000);
        assertThat(assertOnlyFailure(results, 500).preview()).isEqualTo("500");
        assertRuns(log, 1000, Map.of(500L, ATTEMPTS));
        assertWhole();
    }

    @Test
    void failsEachOfSeveralGuiltyItemsAndNoOther() throws IOException {
        SideLog log = SideLog.in(directory);
        List<Long> items = LongStream.range(0, 100).boxed().toList();
        List<Result<Long>> results = Pools.all(pool.imapResults(n -> dieAt(log, n, n % 99 == 0 ? n : -1, Death.HALT),
                items, 100));
        for (int i = 0; i < 100; i++) {
            if (i % 99 == 0) {
                assertCrash(Pools.error(results.get(i)), i);
            } else {
                assertThat(results.get(i).get()).isEqualTo(i);
            }
        }
        assertRuns(log, 100, Map.of(0L, ATTEMPTS, 99L, ATTEMPTS));
        assertWhole();
    }

    @Test
    void failsAllItemsWhenAllOfThemEndTheirWorkers() throws IOException {
        SideLog log = SideLog.in(directory);
        List<Result<Long>> results = Pools.all(pool.imapResults(n -> dieAt(log, n, n, Death.HALT),
                List.of(0L, 1L), 2));
        for (int i = 0; i < 2; i++) {
            assertCrash(Pools.error(results.get(i)), i);
        }
        assertRuns(log, 2, Map.of(0L, ATTEMPTS, 1L, ATTEMPTS));
        assertWhole();
    }

    @Test
    void recoversAnItemThatEndsItsWorkerOnlyOnce() throws IOException {
        SideLog log = SideLog.in(directory);
        List<Result<Long>> results = Pools.all(pool.imapResults(n -> haltTheFirstTime(log, n),
                List.of(0L, 1L, 2L), 3));
        assertThat(results).extracting(Result::get).containsExactly(0L, 1L, 2L);
        assertThat(results.get(1).attempts()).isEqualTo(2);
        assertThat(log.runs()).containsEntry(1L, 2);
        assertWhole();
    }

    static long haltTheFirstTime(SideLog log, long item) {
        log.append(item);
        if (item == 1 && log.runs().get(1L) == 1) {
            Runtime.getRuntime().halt(1);
        }
        return item;
    }

    // ---- each kind of call, and others beside it ----

    @Test
    void throwsFromMapAndDropsTheRest() throws IOException {
        SideLog log = SideLog.in(directory);
        List<Long> items = LongStream.range(0, 1000).boxed().toList();
        assertCrash(catchThrowable(() -> pool.map(n -> dieAt(log, n, 30, Death.HALT), items, 20)), 30);
        assertWhole();
    }

    @Test
    void throwsFromLazyStreamsAfterWhatCameBefore() throws IOException {
        SideLog log = SideLog.in(directory);
        try (Stream<Long> results = pool.imap(n -> dieAt(log, n, 3, Death.HALT), List.of(0L, 1L, 2L, 3L, 4L))) {
            Iterator<Long> iterator = results.iterator();
            assertThat(List.of(iterator.next(), iterator.next(), iterator.next())).containsExactly(0L, 1L, 2L);
            assertCrash(catchThrowable(iterator::next), 3);
        }
        assertWhole();
    }

    @Test
    void failsASubmittedTaskAndLeavesOtherJobsAlone() throws Exception {
        SideLog log = SideLog.in(directory);
        SideLog others = SideLog.in(directory);
        List<Long> items = LongStream.range(0, 20_000).boxed().toList();
        CompletableFuture<List<Long>> beside = pool.mapAsync(n -> dieAt(others, n, -1, Death.HALT), items, 100);
        CompletableFuture<Long> guilty = pool.submit(() -> dieAt(log, 0, 0, Death.HALT));
        Throwable thrown = catchThrowable(guilty::get);
        assertThat(thrown).isInstanceOf(ExecutionException.class).cause()
                .asInstanceOf(InstanceOfAssertFactories.THROWABLE).satisfies(
                        cause -> assertCrash(cause, 0, "The task failed"));
        assertThat(beside.get()).isEqualTo(items);
        assertRuns(others, 20_000, Map.of());
        assertRuns(log, 1, Map.of(0L, ATTEMPTS));
        assertWhole();
    }

    // ---- what the error tells ----

    @Test
    void givesTheLastLinesOfStderr() {
        RemoteFunction<Integer, Integer> f = item -> {
            System.err.println("about to halt on " + item);
            System.err.print("without an end");
            Runtime.getRuntime().halt(3 + item);
            return item;
        };
        WorkerCrashedException crash = assertCrash(catchThrowable(() -> pool.apply(f, 40)), 0);
        assertThat(crash).hasMessageContaining("about to halt on 40").hasMessageContaining("without an end");
        assertThat(crash.exitCode()).isEqualTo(43);
        assertThat(crash.preview()).isEqualTo("40");
        assertWhole();
    }

    @Test
    void namesTheReportOfANativeCrash() throws IOException {
        SideLog log = SideLog.in(directory);
        List<Result<Long>> results = Pools.all(pool.imapResults(n -> segfaultAt1(log, n), List.of(0L, 1L, 2L), 3));
        List<Path> reports = log.pids().stream().flatMap(pid -> Workers.crashReports(pid).stream()).toList();
        try {
            WorkerCrashedException crash = assertOnlyFailure(results, 1);
            assertThat(reports).hasSize(ATTEMPTS);
            assertThat(reports).anySatisfy(report -> assertThat(crash).hasMessageContaining(report.toString()));
            assertThat(crash).hasMessageContaining("native library crashed");
        } finally {
            for (Path report : reports) {
                Files.delete(report);
            }
        }
        assertWhole();
    }

    @SuppressWarnings("restricted")
    static long segfaultAt1(SideLog log, long item) {
        log.append(item);
        if (item == 1) {
            MemorySegment.NULL.reinterpret(8).set(ValueLayout.JAVA_LONG, 0, item);
        }
        return item;
    }

    @Test
    void saysThatAWorkerProbablyRanOutOfMemory() throws IOException {
        SideLog log = SideLog.in(directory);
        try (Pool small = Pools.quick().workers(1).maxHeap("32m").build()) {
            List<Result<Long>> results = Pools.all(small.imapResults(n -> hoardAt1(log, n), List.of(0L, 1L, 2L), 3));
            assertThat(assertOnlyFailure(results, 1)).hasMessageContainingAll("robably out of memory", "maxHeap");
            assertRuns(log, 3, Map.of(1L, ATTEMPTS));
        }
    }

    static long hoardAt1(SideLog log, long item) {
        log.append(item);
        while (item == 1) {
            HOARD.add(new byte[1 << 20]);
        }
        return item;
    }
}
