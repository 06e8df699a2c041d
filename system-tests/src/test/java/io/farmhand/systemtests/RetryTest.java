package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.ChunkSizing;
import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.TaskSerializationException;
import io.farmhand.WorkerCrashedException;
import io.farmhand.task.TaskContext;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Items that fail are tried again as often as the call says: after exceptions, and apart from that after crashes. */
@FarmTest(replacesWorkers = true)
class RetryTest {
    private static final int WORKERS = 2;

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;

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
    }

    private static List<Long> items(long count) {
        return LongStream.range(0, count).boxed().toList();
    }

    /** Throws in the first attempts at the guilty item. */
    static long throwingAt(SideLog log, long item, long guilty, int times) throws IOException {
        log.append(item);
        int attempt = TaskContext.current().attempt();
        if (item == guilty && attempt <= times) {
            throw new IOException("attempt " + attempt);
        }
        return item;
    }

    @Test
    void runsAnItemThatThrewAgainUntilItSucceeds() {
        SideLog begun = log;
        List<Result<Long>> results = pool.with(options -> options.retries(2).chunkSizing(ChunkSizing.fixed(5)))
                .mapResults(
                        n -> throwingAt(begun, n, 3, 2), items(10));
        assertThat(results).extracting(Result::get).isEqualTo(items(10));
        assertThat(results.get(3).attempts()).isEqualTo(3);
        assertThat(log.runs()).containsEntry(3L, 3);
        log.runs().forEach((item, runs) -> assertThat(runs).as("runs of %d", item).isEqualTo(item == 3 ? 3 : 1));
    }

    @Test
    void givesTheLastErrorWhenNoAttemptSucceeds() {
        SideLog begun = log;
        Result<Long> result = pool.with(options -> options.retries(2)).mapResults(
                n -> throwingAt(begun, n, 0, 9), items(1)).get(0);
        assertThat(Pools.error(result)).isInstanceOf(IOException.class).hasMessage("attempt 3");
        assertThat(result.attempts()).isEqualTo(3);
        assertThat(log.runs()).containsEntry(0L, 3);
    }

    @Test
    void triesNothingAgainUnlessItIsTold() {
        SideLog begun = log;
        assertThatThrownBy(() -> pool.map(n -> throwingAt(begun, n, 0, 1), items(1))).isInstanceOf(IOException.class);
        assertThat(log.size()).isEqualTo(1);
    }

    @Test
    void triesAgainOnlyWhatThePredicateAccepts() {
        SideLog begun = log;
        List<Result<Long>> results = pool
                .with(options -> options.retries(1).retryIf(error -> error instanceof FileNotFoundException)
                        .chunkSizing(ChunkSizing.fixed(1)))
                .mapResults(n -> throwingByItem(begun, n), items(2));
        assertThat(Pools.error(results.get(0))).isInstanceOf(FileNotFoundException.class);
        assertThat(Pools.error(results.get(1))).isInstanceOf(IOException.class);
        assertThat(log.runs()).containsEntry(0L, 2).containsEntry(1L, 1);
    }

    static long throwingByItem(SideLog log, long item) throws IOException {
        log.append(item);
        throw item == 0 ? new FileNotFoundException("0") : new IOException("1");
    }

    @Test
    void doesNotTryErrorsAgainByDefault() {
        SideLog begun = log;
        assertThatThrownBy(() -> pool.with(options -> options.retries(3)).apply(n -> asserting(begun, n), 0L))
                .isInstanceOf(AssertionError.class);
        assertThat(log.size()).isEqualTo(1);
    }

    static long asserting(SideLog log, long item) {
        log.append(item);
        throw new AssertionError("item " + item);
    }

    @Test
    void refusesAPredicateThatCannotBeSent() {
        Object unsendable = new Object();
        Throwable error = catchThrowable(() -> pool
                .with(options -> options.retries(1).retryIf(thrown -> thrown.equals(unsendable)))
                .map(n -> n, items(1)));
        assertThat(error).isInstanceOf(TaskSerializationException.class);
    }

    @Test
    void prefersAnotherWorkerForTheNextAttempt() {
        SideLog begun = log;
        for (int round = 0; round < 5; round++) {
            long item = round;
            long result = pool.with(options -> options.retries(1)).apply(n -> throwingAt(begun, n, n, 1), item);
            assertThat(result).isEqualTo(item);
            assertThat(log.pidsOf(item)).as("workers of item %d", item).hasSize(2).doesNotHaveDuplicates();
        }
    }

    @Test
    void waitsTwiceAsLongBeforeEachFurtherAttempt() {
        SideLog begun = log;
        long start = System.nanoTime();
        pool.with(options -> options.retries(3).retryBackoff(Duration.ofMillis(50))).apply(
                n -> throwingAt(begun, n, n, 3), 0L);
        // 50, 100 and 200 ms.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(350));
        assertThat(log.size()).isEqualTo(4);
    }

    @Test
    void goesOnWithOtherItemsWhileOneWaitsForItsNextAttempt() {
        SideLog begun = log;
        List<Long> results = pool.with(options -> options.retries(1).retryBackoff(Duration.ofMillis(500))).map(
                n -> throwingAt(begun, n, 0, 1), items(50), 1);
        assertThat(results).isEqualTo(items(50));
        assertThat(log.entries().getLast().index()).as("the last to begin").isZero();
    }

    @Test
    void waitsForAnEarlierItemsNextAttemptBeforeALaterOneFailsTheCall() {
        SideLog begun = log;
        assertThatThrownBy(() -> pool
                .with(options -> options.retries(1).retryBackoff(Duration.ofMillis(300))
                        .retryIf(error -> error instanceof IOException))
                .map(n -> n == 5 ? throwingAtOnce(begun, n) : throwingAt(begun, n, 0, 2), items(10), 1))
                .isInstanceOf(IOException.class).hasMessage("attempt 2");
        assertThat(log.runs()).containsEntry(0L, 2).containsEntry(5L, 1);
    }

    static long throwingAtOnce(SideLog log, long item) {
        log.append(item);
        throw new IllegalStateException("item " + item);
    }

    @Test
    void doesNotTryAgainWhatStandsBehindAFailedItem() {
        SideLog begun = log;
        assertThatThrownBy(() -> pool
                .with(options -> options.retries(1).retryBackoff(Duration.ofMillis(200))
                        .retryIf(error -> error instanceof IOException))
                .map(n -> n == 0 ? throwingAfter(begun, n, 3) : throwingAt(begun, n, 3, 1), items(4), 1))
                .hasMessage("item 0");
        Waiting.pass(300);
        Pools.pids(pool);
        assertThat(log.runs()).containsEntry(3L, 1);
    }

    /** Throws once another item has begun. */
    static long throwingAfter(SideLog log, long item, long other) {
        Waiting.until(() -> log.runs().containsKey(other));
        return throwingAtOnce(log, item);
    }

    @Test
    void keepsTheOrderOfLazyResultsOverRetries() {
        SideLog begun = log;
        assertThat(pool.with(options -> options.retries(1)).imap(n -> throwingAt(begun, n, n / 5 * 5, 1), items(60))
                .toList()).isEqualTo(items(60));
    }

    @Test
    void givesUnorderedResultsOfRetriedItemsOnce() {
        SideLog begun = log;
        assertThat(pool.with(options -> options.retries(1))
                .imapUnordered(n -> throwingAt(begun, n, n / 5 * 5, 1), items(60), 3).toList())
                .containsExactlyInAnyOrderElementsOf(items(60));
    }

    // ---- crashes ----

    /** Ends its worker in the first attempts. */
    static long haltingAt(SideLog log, long item, int times) {
        log.append(item);
        if (TaskContext.current().attempt() <= times) {
            Runtime.getRuntime().halt(1);
        }
        return item;
    }

    @Test
    void runsAnItemAgainAfterACrashThoughItHasNoRetries() {
        SideLog begun = log;
        long item = pool.with(options -> options.crashRetries(1)).apply(n -> haltingAt(begun, n, 1), 5L);
        assertThat(item).isEqualTo(5);
        assertThat(log.size()).isEqualTo(2);
    }

    @Test
    void doesNotRunAnItemAgainAfterACrashThoughItHasRetries() {
        SideLog begun = log;
        assertThatThrownBy(() -> pool.with(options -> options.retries(3).crashRetries(0)).apply(
                n -> haltingAt(begun, n, 1), 5L)).isInstanceOf(WorkerCrashedException.class);
        assertThat(log.size()).isEqualTo(1);
    }

    @Test
    void countsCrashesAndExceptionsApart() {
        SideLog begun = log;
        Result<Long> result = pool.with(options -> options.retries(1).crashRetries(1)).mapResults(
                n -> haltingThenThrowing(begun, n), items(1)).get(0);
        assertThat(result.get()).isZero();
        assertThat(result.attempts()).isEqualTo(3);
        assertThat(log.size()).isEqualTo(3);
    }

    static long haltingThenThrowing(SideLog log, long item) throws IOException {
        log.append(item);
        switch (TaskContext.current().attempt()) {
            case 1 -> Runtime.getRuntime().halt(1);
            case 2 -> throw new IOException("attempt 2");
            default -> {
            }
        }
        return item;
    }
}
