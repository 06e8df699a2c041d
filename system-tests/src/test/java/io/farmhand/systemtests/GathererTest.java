package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.TaskSerializationException;
import io.farmhand.task.TaskContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Gatherer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages of streams that run in a pool. */
@FarmTest(replacesWorkers = true)
class GathererTest {
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;
    private Gate gate;
    /** How many items upstream has given. */
    private final AtomicLong pulled = new AtomicLong();

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

    private Stream<Long> endless() {
        return Stream.generate(pulled::getAndIncrement);
    }

    static long logged(SideLog log, long item) {
        log.append(item);
        return item;
    }

    private void assertNothingBeginsAnyMore() {
        Pools.pids(pool);
        long size = log.size();
        Pools.pids(pool);
        assertThat(log.size()).isEqualTo(size);
    }

    // ---- order ----

    @Test
    void mapsInOrder() {
        assertThat(items(1_000).stream().gather(pool.mapping(n -> unevenly(n))).toList()).isEqualTo(items(1_000));
    }

    static long unevenly(long item) {
        Waiting.pass(item % 50 == 0 ? 5 : 0);
        return item;
    }

    @Test
    void mapsInTheWorkers() {
        Set<Long> pids = Set.copyOf(items(50).stream().gather(pool.mapping(Pools::pid)).toList());
        assertThat(Workers.livePids()).containsAll(pids);
    }

    @Test
    void mapsUnorderedAsResultsCome() {
        Gate open = gate;
        List<Long> results = new ArrayList<>();
        items(20).stream().gather(pool.mappingUnordered(n -> waitingAt(open, n, 0))).forEach(n -> {
            results.add(n);
            if (results.size() == 10) {
                gate.open();
            }
        });
        assertThat(results).containsExactlyInAnyOrderElementsOf(items(20));
        assertThat(results.subList(0, 10)).doesNotContain(0L);
    }

    static long waitingAt(Gate gate, long item, long slow) {
        if (item == slow) {
            gate.pass();
        }
        return item;
    }

    @Test
    void flattensInOrder() {
        List<String> results = Stream.of(3, 0, 2).gather(pool.flatMapping(GathererTest::repeated)).toList();
        assertThat(results).containsExactly("3", "3", "3", "2", "2");
    }

    static List<String> repeated(int times) {
        return new ArrayList<>(Collections.nCopies(times, Integer.toString(times)));
    }

    @Test
    void composesWithOtherStages() {
        List<String> results = items(100).stream().filter(n -> n % 2 == 0).gather(pool.mapping(n -> n * n))
                .map(n -> "n" + n).gather(pool.mapping(String::length)).map(Object::toString).distinct().toList();
        assertThat(results).containsExactly("2", "3", "4", "5");
    }

    @Test
    void keepsTheOrderOfAParallelStream() {
        assertThat(items(500).parallelStream().gather(pool.<Long, Long>mapping(n -> n + 1)).map(n -> n - 1).toList())
                .isEqualTo(items(500));
    }

    @Test
    void mapsAnEmptyStream() {
        assertThat(Stream.<Long>empty().gather(pool.mapping(n -> n + 1)).toList()).isEmpty();
    }

    @Test
    void canBeUsedForSeveralStreams() {
        Gatherer<Long, ?, Long> squares = pool.<Long, Long>mapping(n -> n * n);
        assertThat(Stream.of(1L, 2L).gather(squares).toList()).containsExactly(1L, 4L);
        assertThat(Stream.of(3L, 4L).gather(squares).toList()).containsExactly(9L, 16L);
    }

    // ---- endless streams ----

    @Test
    void takesTheFirstOfAnEndlessStream() {
        SideLog begun = log;
        assertThat(endless().gather(pool.mapping(n -> logged(begun, n))).limit(100).toList()).isEqualTo(items(100));
        assertNothingBeginsAnyMore();
    }

    @Test
    void findsInAnEndlessStream() {
        SideLog begun = log;
        assertThat(endless().gather(pool.mapping(n -> logged(begun, n))).filter(n -> n > 50).findFirst())
                .contains(51L);
        assertNothingBeginsAnyMore();
    }

    @Test
    void takesTheFirstOfAnEndlessFlattenedStream() {
        SideLog begun = log;
        assertThat(endless().gather(pool.flatMapping(n -> List.of(logged(begun, n), -n))).limit(5).toList())
                .containsExactly(0L, 0L, 1L, -1L, 2L);
        assertNothingBeginsAnyMore();
    }

    @Test
    void goesNoFurtherAheadThanItsWindow() {
        SideLog begun = log;
        AtomicLong passed = new AtomicLong();
        endless().gather(pool.with(options -> options.maxInFlight(10)).<Long, Long>mapping(n -> logged(begun, n)))
                .limit(300).forEach(n -> {
                    passed.incrementAndGet();
                    if (n % 50 == 0) {
                        pool.map(item -> item, items(10), 1); // time to go too far
                    }
                    assertThat(pulled.get()).isLessThanOrEqualTo(passed.get() + 11);
                    assertThat(log.size()).isLessThanOrEqualTo(passed.get() + 11);
                });
        assertThat(passed.get()).isEqualTo(300);
    }

    // ---- its ends ----

    @Test
    void interruptsWhatRunsWhenDownstreamStops() {
        SideLog begun = log;
        Gate stopped = gate;
        Set<Long> before = Pools.pids(pool);
        List<Long> first = endless().gather(pool.<Long, Long>mapping(
                n -> n == 0 ? afterAnother(begun, n) : CancellationTest.untilInterrupted(begun, stopped, n)))
                .limit(1).toList();
        assertThat(first).containsExactly(0L);
        await().atMost(PATIENCE).until(gate::isOpen);
        assertThat(Pools.pids(pool)).isEqualTo(before);
    }

    static long afterAnother(SideLog log, long item) {
        Waiting.until(() -> log.size() > 0);
        return item;
    }

    @Test
    void throwsWhatTheFunctionThrowsAndStops() {
        SideLog begun = log;
        List<Long> passed = new ArrayList<>();
        assertThatThrownBy(() -> endless().gather(pool.<Long, Long>mapping(n -> failingAt(begun, n, 30)))
                .forEach(passed::add)).isInstanceOf(IOException.class).hasMessage("item 30");
        assertThat(passed).isEqualTo(items(30));
        assertNothingBeginsAnyMore();
    }

    static long failingAt(SideLog log, long item, long guilty) throws IOException {
        log.append(item);
        if (item == guilty) {
            throw new IOException("item 30");
        }
        return item;
    }

    @Test
    void stopsWhenDownstreamThrows() {
        SideLog begun = log;
        assertThatThrownBy(() -> endless().gather(pool.<Long, Long>mapping(n -> logged(begun, n))).forEach(n -> {
            if (n == 5) {
                throw new IllegalStateException("downstream");
            }
        })).hasMessage("downstream");
        assertNothingBeginsAnyMore();
    }

    @Test
    void stopsOnceTheCollectorFindsThatUpstreamThrew() {
        SideLog begun = log;
        Gate stopped = gate;
        Stream<Long> breaking = Stream.concat(items(2).stream(), Stream.generate(() -> {
            log.awaitSize(2);
            throw new IllegalStateException("upstream");
        }));
        assertThatThrownBy(() -> breaking.gather(pool.<Long, Long>mapping(
                n -> CancellationTest.untilInterrupted(begun, stopped, n))).toList()).hasMessage("upstream");
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            System.gc();
            return stopped.isOpen();
        });
    }

    @Test
    void refusesAFunctionThatCannotBeSent() {
        Object unsendable = new Object();
        assertThatThrownBy(() -> Stream.of(1).gather(pool.mapping(n -> n + unsendable.hashCode())))
                .isInstanceOf(TaskSerializationException.class).hasMessageContaining("GathererTest.java");
    }

    @Test
    void recoversItemsOfAWorkerThatDies() {
        SideLog begun = log;
        List<Long> results = items(2_000).stream().gather(pool.<Long, Long>mapping(n -> haltingOnceAt(begun, n, 700)))
                .toList();
        assertThat(results).isEqualTo(items(2_000));
        assertThat(log.runs()).containsEntry(700L, 2);
    }

    static long haltingOnceAt(SideLog log, long item, long guilty) {
        log.append(item);
        if (item == guilty && TaskContext.current().attempt() == 1) {
            Runtime.getRuntime().halt(1);
        }
        return item;
    }

    @Test
    void readsAnIteratorOfItsStreamLazily() {
        SideLog begun = log;
        Iterator<Long> iterator = endless().gather(pool.<Long, Long>mapping(n -> logged(begun, n))).limit(20)
                .iterator();
        List<Long> read = new ArrayList<>();
        iterator.forEachRemaining(read::add);
        assertThat(read).isEqualTo(items(20));
    }
}
