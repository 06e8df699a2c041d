package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call that fails fast drops what comes after its first failed item, and nothing before it. */
@FarmTest(replacesWorkers = true)
class FailFastTest {
    private static final int WORKERS = 2;
    /** How many items of 5 ms a worker holds at once: the one that runs and one behind it. */
    private static final int IN_HAND = 2;

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;
    private Gate gate;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().cancelGrace(Duration.ofMillis(200)), WORKERS);
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

    @Test
    void dropsTheQueuedRestWithinMillisecondsOfTheFirstError() {
        SideLog begun = log;
        assertThatThrownBy(() -> pool.map(n -> brieflyUnless(begun, n, 10), items(2_000), 1))
                .isInstanceOf(IllegalStateException.class).hasMessage("item 10");
        long atTheThrow = log.size();
        Pools.pids(pool); // behind whatever was still there
        // Each takes 5 ms: even an error that takes 100 ms to arrive leaves it far from the end.
        assertThat(atTheThrow).isLessThan(500);
        // Word of the error is on its way to the workers: each may still begin what it has in hand, and no more.
        assertThat(log.size()).isLessThanOrEqualTo(atTheThrow + IN_HAND * WORKERS);
    }

    static long brieflyUnless(SideLog log, long item, long guilty) {
        log.append(item);
        if (item == guilty) {
            throw new IllegalStateException("item " + item);
        }
        Waiting.pass(5);
        return item;
    }

    @Test
    void dropsTheRestOfAChunkThatIsUnderWay() {
        SideLog begun = log;
        assertThatThrownBy(() -> pool.map(n -> brieflyUnless(begun, n, 10), items(2_000), 1_000))
                .hasMessage("item 10");
        assertThat(log.size()).isLessThan(500);
    }

    @Test
    void letsItemsBeforeTheFailedOneDecideWhichErrorComesOut() {
        SideLog begun = log;
        assertThatThrownBy(() -> pool.map(n -> failingInTurn(begun, n), items(10), 1))
                .isInstanceOf(IllegalStateException.class).hasMessage("item 0");
        assertThat(log.runs()).containsEntry(5L, 1);
    }

    /** Item 5 fails first, and only then item 0 does. */
    static long failingInTurn(SideLog log, long item) {
        log.append(item);
        if (item == 0) {
            Waiting.until(() -> log.runs().containsKey(5L));
            throw new IllegalStateException("item 0");
        }
        if (item == 5) {
            throw new IllegalStateException("item 5");
        }
        return item;
    }

    @Test
    void stillRunsWhatStandsBeforeTheFailedItem() {
        SideLog begun = log;
        Gate failed = gate;
        // The first chunk waits at its first item until an item of the second has failed.
        assertThatThrownBy(() -> pool.map(n -> failingBehind(begun, failed, n), items(40), 20)).hasMessage("item 7");
        assertThat(log.runs().keySet()).containsAll(items(8)).contains(25L);
    }

    static long failingBehind(SideLog log, Gate failed, long item) {
        log.append(item);
        switch ((int) item) {
            case 0 -> failed.pass();
            case 25 -> {
                failed.open();
                throw new IllegalStateException("item 25");
            }
            case 7 -> throw new IllegalStateException("item 7");
            default -> {
            }
        }
        return item;
    }

    @Test
    void interruptsWhatRunsBehindTheFailedItem() {
        SideLog begun = log;
        Gate interrupted = gate;
        assertThatThrownBy(() -> pool.map(n -> n == 0
                ? failingOnce(begun, 2, n)
                : interruptibly(begun, interrupted,
                        n),
                List.of(0L, 1L), 1)).hasMessage("item 0");
        Waiting.until(interrupted::isOpen);
        Pools.pids(pool);
        assertThat(log.pids()).as("nobody was killed").isSubsetOf(Workers.livePids());
    }

    /** Fails when so many have begun. */
    static long failingOnce(SideLog log, long begun, long item) {
        log.append(item);
        Waiting.until(() -> log.size() >= begun);
        throw new IllegalStateException("item " + item);
    }

    static long interruptibly(SideLog log, Gate interrupted, long item) {
        log.append(item);
        try {
            Waiting.forAnInterrupt();
        } catch (InterruptedException e) {
            interrupted.open();
        }
        return item;
    }

    @Test
    void killsWhatRunsBehindTheFailedItemAndDoesNotStop() {
        SideLog begun = log;
        assertThatThrownBy(() -> pool.map(n -> n == 0 ? failingOnce(begun, 2, n) : stubbornly(begun, n),
                List.of(0L, 1L), 1)).hasMessage("item 0");
        long stubborn = log.pidsOf(1).get(0);
        Waiting.until(() -> !Workers.isRunning(stubborn));
        assertThat(Pools.pids(pool)).hasSize(WORKERS).doesNotContain(stubborn);
    }

    static long stubbornly(SideLog log, long item) {
        log.append(item);
        Waiting.until(() -> false);
        return item;
    }

    @Test
    void leavesOtherCallsAlone() {
        SideLog begun = log;
        CompletableFuture<List<Long>> beside = pool.mapAsync(n -> brieflyUnless(begun, n, -1), items(100), 10);
        assertThatThrownBy(() -> pool.map(FailFastTest::failing, items(100), 1)).hasMessage("item 0");
        assertThat(beside.join()).isEqualTo(items(100));
        assertThat(log.size()).isEqualTo(100);
    }

    static long failing(long item) {
        throw new IllegalStateException("item " + item);
    }

    @Test
    void stopsAnEndlessLazyInputAtTheFirstError() {
        SideLog begun = log;
        Iterable<Long> endless = () -> LongStream.iterate(0, n -> n + 1).iterator();
        try (Stream<Long> results = pool.imap(n -> brieflyUnless(begun, n, 10), endless)) {
            assertThatThrownBy(results::toList).hasMessage("item 10");
        }
        Pools.pids(pool);
        long size = log.size();
        Pools.pids(pool);
        assertThat(log.size()).isEqualTo(size).isLessThan(500);
    }

    @Test
    void isUsableAtOnce() {
        SideLog begun = log;
        for (int round = 0; round < 5; round++) {
            assertThatThrownBy(() -> pool.map(n -> brieflyUnless(begun, n, 3), items(200), 1)).hasMessage("item 3");
            assertThat(pool.map(n -> n + 1, List.of(1, 2, 3), 1)).containsExactly(2, 3, 4);
        }
    }
}
