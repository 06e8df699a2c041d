package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolEvent;
import io.farmhand.Result;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers make room for fresh ones: after so many items, or when they hold too much memory. */
@FarmTest
class RecyclingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** In a worker: what its tasks leave behind. */
    private static final List<byte[]> LEAKED = new ArrayList<>();

    @TempDir
    Path directory;

    private SideLog log;

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
    }

    private static List<Long> items(long count) {
        return LongStream.range(0, count).boxed().toList();
    }

    static long lasting(SideLog log, long item, long millis) {
        log.append(item);
        Waiting.pass(millis);
        return item;
    }

    private Map<Long, Integer> itemsByWorker() {
        Map<Long, Integer> byWorker = new HashMap<>();
        log.entries().forEach(entry -> byWorker.merge(entry.pid(), 1, Integer::sum));
        return byWorker;
    }

    private void assertEachRanOnce(int items) {
        assertThat(log.runs()).hasSize(items).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
    }

    @Test
    void runsNoMoreItemsInAWorkerThanItMayHave() {
        SideLog begun = log;
        try (Pool pool = Pools.quick().workers(2).maxTasksPerWorker(5).build()) {
            assertThat(pool.map(n -> lasting(begun, n, 1), items(20), 3)).isEqualTo(items(20));
        }
        assertThat(itemsByWorker()).hasSizeGreaterThanOrEqualTo(4).allSatisfy(
                (pid, items) -> assertThat(items).isLessThanOrEqualTo(5));
        assertEachRanOnce(20);
    }

    @Test
    void countsTheItemsOfAllCalls() {
        SideLog begun = log;
        try (Pool pool = Pools.quick().workers(1).maxTasksPerWorker(2).build()) {
            for (long i = 0; i < 4; i++) {
                long item = i;
                assertThat(pool.submit(() -> lasting(begun, item, 0)).join()).isEqualTo(item);
            }
        }
        assertThat(itemsByWorker().values()).containsOnly(2);
    }

    /** The last item that the first worker may have ends when the second is ready, however slow the machine is. */
    @Test
    void hasTheNextWorkerReadyBeforeOneLeaves() {
        SideLog begun = log;
        Gate bothStarted = Gate.in(directory, "both-started");
        List<PoolEvent> events = new CopyOnWriteArrayList<>();
        try (Pool pool = Pools.quick().workers(1).maxTasksPerWorker(10).listener(event -> {
            events.add(event);
            if (events.stream().filter(PoolEvent.WorkerStarted.class::isInstance).count() == 2) {
                bothStarted.open();
            }
        }).build()) {
            assertThat(pool.map(n -> {
                long item = lasting(begun, n, 200);
                if (item == 9) {
                    bothStarted.pass();
                }
                return item;
            }, items(20), 1)).isEqualTo(items(20));
        }
        List<Long> pids = log.entries().stream().map(SideLog.Entry::pid).distinct().toList();
        assertThat(pids).hasSize(2);
        assertThat(started(events, pids.get(1))).as("when the second was ready, of %s", events).isNotNegative()
                .isLessThan(ended(events, pids.get(0)));
        PoolEvent.WorkerEnded end = (PoolEvent.WorkerEnded) events.get(ended(events, pids.get(0)));
        assertThat(end.expected()).isTrue();
        assertThat(end.itemsRepeated()).isZero();
    }

    private static int started(List<PoolEvent> events, long pid) {
        return place(events, event -> event instanceof PoolEvent.WorkerStarted started && started.pid() == pid);
    }

    private static int ended(List<PoolEvent> events, long pid) {
        return place(events, event -> event instanceof PoolEvent.WorkerEnded ended && ended.pid() == pid);
    }

    private static int place(List<PoolEvent> events, Predicate<PoolEvent> wanted) {
        for (int i = 0; i < events.size(); i++) {
            if (wanted.test(events.get(i))) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void replacesAWorkerThatHoldsTooMuchMemory() {
        SideLog begun = log;
        List<PoolEvent> events = new CopyOnWriteArrayList<>();
        try (Pool pool = Pools.quick().workers(1).maxHeap("600m").maxWorkerMemory("300m").lease(Duration.ofSeconds(3))
                .listener(events::add).build()) {
            long first = pool.apply(n -> leaking(begun, n), 0L);
            CompletableFuture<List<Long>> meanwhile = pool.mapAsync(n -> lasting(begun, n, 20),
                    LongStream.range(1, 100).boxed().toList(), 5);
            assertThat(meanwhile.join()).hasSize(99);
            await().atMost(PATIENCE).until(() -> !Workers.isRunning(first));
            long next = pool.apply(Pools::pid, 0);
            assertThat(next).isNotEqualTo(first);
            Set<Long> pids = new HashSet<>(log.pids());
            pids.add(next);
            assertThat(pids).as("the second does not hold too much").hasSize(2);
            await().atMost(PATIENCE).until(() -> ended(events, first) >= 0);
            assertThat(started(events, next)).as("when the second was ready, of %s", events)
                    .isLessThan(ended(events, first));
        }
        assertEachRanOnce(100);
    }

    static long leaking(SideLog log, long item) {
        log.append(item);
        for (int i = 0; i < 25; i++) {
            byte[] mebibytes = new byte[16 << 20];
            Arrays.fill(mebibytes, (byte) 1);
            LEAKED.add(mebibytes);
        }
        return ProcessHandle.current().pid();
    }

    @Test
    void keepsAWorkerThatHoldsLittle() {
        SideLog begun = log;
        try (Pool pool = Pools.quick().workers(1).maxHeap("100m").maxWorkerMemory("2g").lease(Duration.ofSeconds(1))
                .build()) {
            pool.map(n -> lasting(begun, n, 20), items(60), 1);
        }
        assertThat(log.pids()).hasSize(1);
    }

    @Test
    void getsRidOfThreadsThatTasksLeaveBehind() {
        SideLog begun = log;
        try (Pool pool = Pools.quick().workers(1).maxTasksPerWorker(10).build()) {
            List<Integer> leaked = pool.map(n -> leakingAThread(begun, n), items(30), 1);
            assertThat(leaked).as("leaked threads that an item finds").allSatisfy(
                    threads -> assertThat(threads).isLessThanOrEqualTo(10));
            Set<Long> pids = log.pids();
            assertThat(pids).hasSize(3);
            await().atMost(PATIENCE).until(() -> pids.stream().filter(Workers::isRunning).count() <= 1);
        }
    }

    /** Leaves a thread behind that no interrupt ends, and that would keep a JVM alive. */
    static int leakingAThread(SideLog log, long item) {
        log.append(item);
        Thread.ofPlatform().name("leaked-" + item).daemon(false).start(() -> Waiting.until(() -> false));
        return (int) Thread.getAllStackTraces().keySet().stream().filter(
                thread -> thread.getName().startsWith("leaked-")).count();
    }

    @Test
    void replacesAWorkerThatLostMappedMemory() {
        SideLog begun = log;
        String file = directory.resolve("mapped").toString();
        List<PoolEvent> events = new CopyOnWriteArrayList<>();
        try (Pool pool = Pools.inChunks(Pools.quick().workers(1).listener(events::add).build(), 5)) {
            List<Result<Long>> results = pool.mapResults(n -> readingTruncated(begun, file, n), items(20));
            assertThat(results).hasSize(20).allSatisfy(result -> {
                if (result.index() == 3) {
                    assertThat(Pools.error(result)).isInstanceOf(InternalError.class).hasMessageContaining("memory");
                } else {
                    assertThat(result.get()).isEqualTo(result.index());
                }
            });
            long first = log.pidsOf(3).getFirst();
            assertThat(log.pidsOf(19)).doesNotContain(first);
            assertThat(log.pidsOf(4)).as("what had not begun is given back").doesNotContain(first);
            await().atMost(PATIENCE).until(() -> ended(events, first) >= 0);
            PoolEvent.WorkerEnded end = (PoolEvent.WorkerEnded) events.get(ended(events, first));
            assertThat(end.expected()).isTrue();
            assertThat(end.diagnosis()).contains("exitCode=0");
        }
        assertEachRanOnce(20);
    }

    /** Item 3 reads from a mapping whose file has been cut short. */
    static long readingTruncated(SideLog log, String file, long item) throws IOException {
        log.append(item);
        if (item == 3) {
            try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.CREATE,
                    StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 1 << 16);
                channel.truncate(0);
                return mapped.get(40_000);
            }
        }
        return item;
    }
}
