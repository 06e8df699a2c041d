package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolEvent;
import io.farmhand.task.TaskContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a pool tells its listener, and on which threads the user's code is called. */
@FarmTest(replacesWorkers = true)
class ListenerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final List<PoolEvent> EVENTS = new CopyOnWriteArrayList<>();
    private static final List<String> THREADS = new CopyOnWriteArrayList<>();

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().listener(ListenerTest::heard), 1);
    }

    private static void heard(PoolEvent event) {
        THREADS.add(Thread.currentThread().getName());
        EVENTS.add(event);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
        EVENTS.clear();
    }

    private static <E extends PoolEvent> void awaitEvent(Class<E> type, Consumer<E> expected) {
        await().atMost(PATIENCE).untilAsserted(
                () -> assertThat(EVENTS).filteredOn(type::isInstance).anySatisfy(
                        event -> expected.accept(type.cast(event))));
    }

    @Test
    void tellsOfEachCallsBeginningAndEnd() {
        pool.map(n -> n, List.of(1, 2, 3));
        awaitEvent(PoolEvent.JobEnded.class, ended -> {
            assertThat(ended.completed()).isTrue();
            assertThat(EVENTS).contains(new PoolEvent.JobStarted(ended.job()));
        });
    }

    @Test
    void tellsOfACallThatFailed() {
        assertThatThrownBy(() -> pool.map(ListenerTest::failing, List.of(1, 2, 3), 1)).hasMessage("always");
        awaitEvent(PoolEvent.JobEnded.class, ended -> assertThat(ended.completed()).isFalse());
    }

    static int failing(int item) {
        throw new IllegalStateException("always");
    }

    @Test
    void tellsOfWorkersThatDieAndAreReplaced() {
        SideLog begun = log;
        pool.apply(n -> haltingOnce(begun, n), 0L);
        long dead = log.pidsOf(0).get(0);
        long next = log.pidsOf(0).get(1);
        awaitEvent(PoolEvent.WorkerEnded.class, ended -> {
            assertThat(ended.pid()).isEqualTo(dead);
            assertThat(ended.worker()).isZero();
            assertThat(ended.expected()).isFalse();
            assertThat(ended.itemsRepeated()).isEqualTo(1);
            assertThat(ended.diagnosis()).contains("exitCode=5");
        });
        awaitEvent(PoolEvent.WorkerStarted.class,
                started -> assertThat(started).isEqualTo(new PoolEvent.WorkerStarted(0, next)));
    }

    static long haltingOnce(SideLog log, long item) {
        log.append(item);
        if (TaskContext.current().attempt() == 1) {
            Runtime.getRuntime().halt(5);
        }
        return item;
    }

    @Test
    void tellsOfItemsThatAreTriedAgain() {
        pool.with(options -> options.retries(2)).map(ListenerTest::failingOnce, List.of(0L, 1L, 2L), 3);
        for (long item = 0; item < 3; item++) {
            long index = item;
            awaitEvent(PoolEvent.ItemRetried.class, retried -> {
                assertThat(retried.index()).isEqualTo(index);
                assertThat(retried.attempt()).isEqualTo(1);
                assertThat(retried.worker()).isZero();
            });
        }
    }

    static long failingOnce(long item) {
        if (TaskContext.current().attempt() == 1) {
            throw new IllegalStateException("the first time");
        }
        return item;
    }

    @Test
    void tellsOfItemsThatRanTooLong() {
        Throwable _ = catchThrowable(() -> pool.with(options -> options.taskTimeout(Duration.ofMillis(500))).apply(
                ListenerTest::endless, 0L));
        awaitEvent(PoolEvent.ItemTimedOut.class, timedOut -> {
            assertThat(timedOut.index()).isZero();
            assertThat(timedOut.worker()).isZero();
            assertThat(timedOut.ran()).isGreaterThanOrEqualTo(Duration.ofMillis(500));
        });
    }

    @Test
    void tellsThatItWasThePoolThatKilledAWorker() {
        Throwable _ = catchThrowable(() -> pool.with(options -> options.taskTimeout(Duration.ofMillis(500))).apply(
                ListenerTest::endless, 0L));
        awaitEvent(PoolEvent.WorkerEnded.class, ended -> {
            assertThat(ended.expected()).isTrue();
            assertThat(ended.diagnosis()).contains("The pool killed it: what it ran took longer than its deadline")
                    .contains("exitCode=137").doesNotContain("for memory");
        });
    }

    static long endless(long item) {
        Waiting.until(() -> false);
        return item;
    }

    @Test
    void isCalledOnAThreadOfItsOwn() {
        pool.map(n -> n, List.of(1, 2, 3));
        awaitEvent(PoolEvent.JobEnded.class, ended -> assertThat(ended.completed()).isTrue());
        assertThat(THREADS).containsOnly("farm-listener");
    }

    @Test
    void neverHoldsUpThePool() {
        SideLog begun = log;
        Gate gate = Gate.in(directory, "gate");
        Pool other = Pools.quick().workers(1).listener(event -> gate.pass()).build();
        try (other) {
            List<Long> items = LongStream.range(0, 200).boxed().toList();
            assertThat(other.map(n -> logged(begun, n), items, 1)).isEqualTo(items);
        } finally {
            gate.open();
        }
    }

    static long logged(SideLog log, long item) {
        log.append(item);
        return item;
    }

    @Test
    void goesOnHearingAfterItThrew() {
        List<PoolEvent> heard = new CopyOnWriteArrayList<>();
        try (Pool other = Pools.quick().workers(1).listener(event -> {
            heard.add(event);
            throw new IllegalStateException("the listener's own");
        }).build()) {
            other.map(n -> n, List.of(1));
            await().atMost(PATIENCE).until(() -> heard.stream().anyMatch(PoolEvent.JobEnded.class::isInstance));
        }
    }

    @Test
    void tellsThatThePoolIsBroken() {
        List<PoolEvent> heard = new CopyOnWriteArrayList<>();
        assertThat(catchThrowable(() -> Pools.quick().workers(1).listener(heard::add).initializer(
                ListenerTest::failToStart).build())).isNotNull();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(heard).anySatisfy(event -> assertThat(event)
                .isInstanceOfSatisfying(PoolEvent.PoolBroken.class,
                        broken -> assertThat(broken.cause()).contains("no way to start"))));
    }

    static void failToStart() {
        throw new IllegalStateException("no way to start");
    }

    // ---- threads of futures ----

    @Test
    void completesFuturesOnNoThreadOfThePools() {
        SideLog begun = log;
        Gate gate = Gate.in(directory, "gate");
        CompletableFuture<Long> call = pool.submit(() -> waiting(begun, gate));
        CompletableFuture<String> thread = call.thenApply(value -> Thread.currentThread().getName());
        CompletableFuture<String> mapped = pool.mapAsync(n -> waiting(begun, gate), List.of(1)).thenApply(
                values -> Thread.currentThread().getName());
        log.awaitSize(1);
        gate.open();
        assertThat(thread.join()).doesNotContain("dispatcher").doesNotContain("grpc");
        assertThat(mapped.join()).doesNotContain("dispatcher").doesNotContain("grpc");
    }

    static long waiting(SideLog log, Gate gate) {
        log.append(0);
        gate.pass();
        return 0;
    }

    @Test
    void bearsACallbackThatNeverReturns() {
        Gate gate = Gate.in(directory, "gate");
        CompletableFuture<Void> stuck = pool.submit(() -> 1).thenAccept(value -> gate.pass());
        try {
            assertThat(pool.map(n -> n + 1, List.of(1, 2, 3), 1)).containsExactly(2, 3, 4);
            assertThat(pool.submit(() -> 5).join()).isEqualTo(5);
        } finally {
            gate.open();
        }
        stuck.join();
    }
}
