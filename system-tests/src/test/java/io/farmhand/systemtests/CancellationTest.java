package io.farmhand.systemtests;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.task.TaskContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nobody waits for any more is told to stop, and killed when it does not. */
@FarmTest(replacesWorkers = true)
class CancellationTest {
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Pool pool;
    /** The same workers; what does not stop at once is killed. */
    private static Pool impatient;

    @TempDir
    Path directory;

    private SideLog log;
    private Gate stopped;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().cancelGrace(Duration.ofMinutes(1)), WORKERS);
        impatient = pool.with(options -> options.cancelGrace(Duration.ofMillis(200)));
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
        stopped = Gate.in(directory, "stopped");
    }

    /** Waits for an interrupt and tells of it. */
    static long untilInterrupted(SideLog log, Gate stopped, long item) {
        log.append(item);
        try {
            Waiting.forAnInterrupt();
        } catch (InterruptedException e) {
            stopped.open();
        }
        return item;
    }

    /** Ignores interrupts. */
    static long stubbornly(SideLog log, long item) {
        log.append(item);
        Waiting.until(() -> false);
        return item;
    }

    private void awaitStopped() {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(stopped::isOpen);
    }

    /** All workers are those of before. */
    private static void assertNobodyWasKilled(Set<Long> before) {
        assertThat(Pools.pids(pool)).isEqualTo(before);
    }

    /** The worker that ran an item is gone, and the other is not. */
    private void assertKilled(long item, Set<Long> before) {
        long guilty = log.pidsOf(item).get(0);
        await().atMost(PATIENCE).until(() -> !Workers.isRunning(guilty));
        Set<Long> after = Pools.pids(pool);
        assertThat(after).hasSize(WORKERS).doesNotContain(guilty);
        assertThat(before).anyMatch(after::contains);
    }

    // ---- who cancels ----

    @Test
    void interruptsTheTaskOfACancelledFuture() {
        SideLog begun = log;
        Gate told = stopped;
        Set<Long> before = Pools.pids(pool);
        CompletableFuture<Long> future = pool.submit(() -> untilInterrupted(begun, told, 0));
        log.awaitSize(1);
        assertThat(future.cancel(true)).isTrue();
        awaitStopped();
        assertThatThrownBy(future::join).isInstanceOf(CancellationException.class);
        assertNobodyWasKilled(before);
    }

    @Test
    void interruptsTheItemsOfACancelledAsynchronousMap() {
        SideLog begun = log;
        Gate told = stopped;
        Set<Long> before = Pools.pids(pool);
        CompletableFuture<List<Long>> future = pool.mapAsync(n -> untilInterrupted(begun, told, n),
                LongStream.range(0, 100).boxed().toList(), 10);
        log.awaitSize(WORKERS);
        assertThat(future.cancel(true)).isTrue();
        awaitStopped();
        assertNobodyWasKilled(before);
        assertThat(log.size()).as("nothing began afterwards").isEqualTo(WORKERS);
    }

    @Test
    void interruptsTheItemOfAnInterruptedCall() throws Exception {
        SideLog begun = log;
        Gate told = stopped;
        Set<Long> before = Pools.pids(pool);
        FutureTask<Throwable> call = new FutureTask<>(
                () -> catchThrowable(() -> pool.apply(n -> untilInterrupted(begun, told, n), 0L)));
        Thread caller = Thread.ofPlatform().daemon().start(call);
        log.awaitSize(1);
        caller.interrupt();
        assertThat(call.get(PATIENCE.toSeconds(), SECONDS)).isInstanceOf(CancellationException.class);
        awaitStopped();
        assertNobodyWasKilled(before);
    }

    @Test
    void interruptsTheItemsOfAClosedStream() {
        SideLog begun = log;
        Gate told = stopped;
        Set<Long> before = Pools.pids(pool);
        try (Stream<Long> results = pool.imap(n -> n == 0 ? n : untilInterrupted(begun, told, n),
                List.of(0L, 1L, 2L))) {
            assertThat(results.iterator().next()).isZero();
            log.awaitSize(1);
        }
        awaitStopped();
        assertNobodyWasKilled(before);
    }

    @Test
    void stopsTheJobOfAnAbandonedStreamOnceTheCollectorFindsIt() {
        Set<Long> before = Pools.pids(pool);
        assertThat(firstOfAbandoned(log, stopped)).isZero();
        log.awaitSize(1);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            System.gc();
            return stopped.isOpen();
        });
        assertNobodyWasKilled(before);
    }

    /** Reads one result of a stream that nobody closes. */
    private static long firstOfAbandoned(SideLog begun, Gate told) {
        Iterator<Long> results = pool.imap(n -> n == 0 ? n : untilInterrupted(begun, told, n),
                Stream.iterate(0L, n -> n + 1)).iterator();
        return results.next();
    }

    // ---- how a task hears of it ----

    @Test
    void tellsATaskThatAsksWhetherItIsCancelled() {
        SideLog begun = log;
        Gate told = stopped;
        Set<Long> before = Pools.pids(pool);
        CompletableFuture<Long> future = pool.submit(() -> askingAgainAndAgain(begun, told));
        log.awaitSize(1);
        future.cancel(true);
        awaitStopped();
        assertNobodyWasKilled(before);
    }

    static long askingAgainAndAgain(SideLog log, Gate told) {
        TaskContext context = TaskContext.current();
        context.checkCancelled();
        log.append(0);
        try {
            Waiting.until(() -> {
                context.checkCancelled();
                return false;
            });
        } catch (CancellationException e) {
            if (context.isCancelled()) {
                told.open();
            }
        }
        return 0;
    }

    @Test
    void killsATaskThatDoesNotStopWithinTheGrace() {
        SideLog begun = log;
        Set<Long> before = Pools.pids(pool);
        CompletableFuture<Long> future = impatient.submit(() -> stubbornly(begun, 0));
        log.awaitSize(1);
        assertThat(future.cancel(true)).isTrue();
        assertKilled(0, before);
    }

    @Test
    void killsATaskThatDoesNotStopLongBeforeItsDeadline() {
        SideLog begun = log;
        Set<Long> before = Pools.pids(pool);
        CompletableFuture<Long> future = impatient.with(options -> options.taskTimeout(Duration.ofMinutes(10)))
                .submit(() -> stubbornly(begun, 0));
        log.awaitSize(1);
        assertThat(future.cancel(true)).isTrue();
        assertKilled(0, before);
    }

    @Test
    void killsTheItemsOfAClosedStreamThatDoNotStop() {
        SideLog begun = log;
        Set<Long> before = Pools.pids(pool);
        try (Stream<Long> results = impatient.imap(n -> n == 0 ? n : stubbornly(begun, n), List.of(0L, 1L))) {
            assertThat(results.iterator().next()).isZero();
            log.awaitSize(1);
        }
        assertKilled(1, before);
    }

    // ---- whom it leaves alone ----

    @Test
    void doesNotLeaveAnInterruptToTheNextTask() {
        SideLog begun = log;
        Gate told = stopped;
        for (int round = 0; round < 20; round++) {
            CompletableFuture<Long> future = pool.submit(() -> untilInterrupted(begun, told, 0));
            log.awaitSize(round + 1);
            List<CompletableFuture<Boolean>> next = List.of(pool.submit(Thread::interrupted),
                    pool.submit(Thread::interrupted), pool.submit(() -> TaskContext.current().isCancelled()));
            future.cancel(true);
            assertThat(next).allSatisfy(task -> assertThat(task.join()).isFalse());
        }
    }

    @Test
    void doesNotStopTheItemsOfOtherCalls() {
        SideLog begun = log;
        SideLog others = log;
        Gate told = stopped;
        List<Long> items = LongStream.range(100, 400).boxed().toList();
        CompletableFuture<List<Long>> beside = pool.mapAsync(n -> briefly(others, n), items, 10);
        for (int round = 0; round < 10; round++) {
            long item = round;
            CompletableFuture<Long> future = pool.submit(() -> untilInterrupted(begun, told, item));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> !log.pidsOf(item).isEmpty());
            future.cancel(true);
        }
        assertThat(beside.join()).isEqualTo(items);
    }

    static long briefly(SideLog log, long item) throws InterruptedException {
        log.append(item);
        Thread.sleep(5); // an interrupt that was meant for another fails it
        return item;
    }

    @Test
    void neverBeginsACancelledTaskThatWaits() {
        SideLog begun = log;
        Gate hold = Gate.in(directory, "hold");
        List<CompletableFuture<Long>> busy = List.of(pool.submit(() -> held(begun, hold, 0)),
                pool.submit(() -> held(begun, hold, 1)));
        log.awaitSize(WORKERS);
        CompletableFuture<Long> waiting = pool.submit(() -> held(begun, hold, 2));
        assertThat(waiting.cancel(true)).isTrue();
        assertThat(pool.workers()).hasSize(WORKERS); // the answer comes behind the cancelling, or just before it
        hold.open();
        assertThat(busy).extracting(CompletableFuture::join).containsExactly(0L, 1L);
        Pools.pids(pool);
        assertThat(log.runs()).doesNotContainKey(2L);
    }

    static long held(SideLog log, Gate hold, long item) {
        log.append(item);
        hold.pass();
        return item;
    }
}
