package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.TaskTimeoutException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An item that runs past its deadline fails, and it alone; its worker is killed and replaced. */
@FarmTest(replacesWorkers = true)
class DeadlineTest {
    private static final int WORKERS = 2;
    /** Of the pool; long enough for any item that is not meant to reach it, on a busy machine. */
    private static final Duration LIMIT = Duration.ofMillis(1500);
    private static final Duration SHORT_LIMIT = Duration.ofMillis(500);

    private static Pool pool;
    /** The same workers, and a shorter deadline. */
    private static Pool hasty;

    @TempDir
    Path directory;

    private SideLog log;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().taskTimeout(LIMIT), WORKERS);
        hasty = pool.with(options -> options.taskTimeout(SHORT_LIMIT));
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

    /** Never ends for the guilty item, and ignores interrupts. */
    static long loopingAt(SideLog log, long item, long guilty) {
        log.append(item);
        if (item == guilty) {
            Waiting.until(() -> false);
        }
        return item;
    }

    private static void assertTimedOut(Throwable error, long index, Duration limit) {
        assertThat(error).isInstanceOf(TaskTimeoutException.class).hasMessageContaining("tem " + index);
        TaskTimeoutException timeout = (TaskTimeoutException) error;
        assertThat(timeout.index()).isEqualTo(index);
        assertThat(timeout.limit()).isEqualTo(limit);
        assertThat(timeout.ran()).isGreaterThanOrEqualTo(limit);
        assertThat(timeout.worker()).isBetween(0, WORKERS - 1);
        assertThat(timeout.attempts()).isEqualTo(1);
        assertThat(timeout.preview()).isEqualTo(Long.toString(index));
    }

    @Test
    void failsOnlyTheItemThatRunsTooLong() {
        SideLog begun = log;
        List<Result<Long>> results = Pools.inChunks(hasty, 10).mapResults(n -> loopingAt(begun, n, 4), items(10));
        for (int i = 0; i < 10; i++) {
            if (i == 4) {
                assertTimedOut(Pools.error(results.get(i)), 4, SHORT_LIMIT);
            } else {
                assertThat(results.get(i).get()).isEqualTo(i);
            }
        }
        assertThat(log.runs()).containsEntry(4L, 1).hasSize(10);
    }

    @Test
    void killsTheWorkerOfThatItemAndNoOther() {
        SideLog begun = log;
        Set<Long> before = Pools.pids(pool);
        Throwable error = catchThrowable(() -> hasty.apply(n -> loopingAt(begun, n, 0), 0L));
        assertTimedOut(error, 0, SHORT_LIMIT);
        long killed = log.pidsOf(0).get(0);
        Waiting.until(() -> !Workers.isRunning(killed));
        Set<Long> after = Pools.pids(pool);
        assertThat(after).hasSize(WORKERS).doesNotContain(killed);
        assertThat(before).contains(killed).anyMatch(after::contains);
    }

    @Test
    void keepsWhatTheWorkersThreadsWereAt() {
        SideLog begun = log;
        TaskTimeoutException timeout = catchThrowableOfType(TaskTimeoutException.class,
                () -> hasty.apply(n -> loopingAt(begun, n, 0), 0L));
        assertThat(timeout.stacks()).contains("farm-runner", "DeadlineTest.loopingAt");
        assertThat(timeout).hasMessageContaining("DeadlineTest.loopingAt");
    }

    @Test
    void countsFromTheStartOfTheExecutionAndNotOfTheCall() {
        SideLog begun = log;
        List<Long> items = items(40);
        // A second and a half for each of the workers, in chunks that take a second each.
        assertThat(hasty.map(n -> lasting(begun, n, 75), items, 14)).isEqualTo(items);
        assertThat(log.size()).isEqualTo(40);
    }

    static long lasting(SideLog log, long item, long millis) {
        log.append(item);
        Waiting.pass(millis);
        return item;
    }

    @Test
    void holdsForThePoolsCallsUnlessTheySayOtherwise() {
        SideLog begun = log;
        assertTimedOut(catchThrowable(() -> pool.apply(n -> loopingAt(begun, n, 0), 0L)), 0, LIMIT);
        long item = pool.with(options -> options.taskTimeout(Duration.ofMinutes(1)))
                .apply(n -> lasting(begun, n, LIMIT.plusMillis(300).toMillis()), 7L);
        assertThat(item).isEqualTo(7);
    }

    @Test
    void holdsOnAWorkerThatWasLookedAfterForALongerOne() {
        SideLog begun = log;
        Pools.pids(pool.with(options -> options.taskTimeout(Duration.ofMinutes(10))));
        assertTimedOut(catchThrowable(() -> hasty.apply(n -> loopingAt(begun, n, 0), 0L)), 0, SHORT_LIMIT);
    }

    @Test
    void throwsFromAMap() {
        SideLog begun = log;
        assertTimedOut(catchThrowable(() -> hasty.map(n -> loopingAt(begun, n, 3), items(6), 1)), 3, SHORT_LIMIT);
    }

    @Test
    void throwsFromALazyStreamAfterWhatCameBefore() {
        SideLog begun = log;
        try (Stream<Long> results = hasty.imap(n -> loopingAt(begun, n, 2), items(4))) {
            Iterator<Long> iterator = results.iterator();
            assertThat(List.of(iterator.next(), iterator.next())).containsExactly(0L, 1L);
            assertTimedOut(catchThrowable(iterator::next), 2, SHORT_LIMIT);
        }
    }

    @Test
    void failsTheFutureOfASubmittedTask() {
        SideLog begun = log;
        CompletableFuture<Long> future = hasty.submit(() -> loopingAt(begun, 0, 0));
        Throwable error = catchThrowable(future::get);
        assertThat(error).isInstanceOf(ExecutionException.class);
        assertThat(error.getCause()).isInstanceOf(TaskTimeoutException.class)
                .hasMessageStartingWith("The task ran too long: ");
    }

    @Test
    void isNotTriedAgain() {
        SideLog begun = log;
        Throwable error = catchThrowable(() -> hasty.with(options -> options.retries(2).crashRetries(2)).apply(
                n -> loopingAt(begun, n, 0), 0L));
        assertTimedOut(error, 0, SHORT_LIMIT);
        assertThat(log.runs()).containsEntry(0L, 1);
    }

    @Test
    void endsEachOfSeveralThatRunTooLong() {
        SideLog begun = log;
        List<Result<Long>> results = Pools.inChunks(hasty, 1).mapResults(n -> loopingAt(begun, n, n % 2 == 0 ? n : -1),
                items(4));
        assertTimedOut(Pools.error(results.get(0)), 0, SHORT_LIMIT);
        assertTimedOut(Pools.error(results.get(2)), 2, SHORT_LIMIT);
        assertThat(results.get(1).get()).isEqualTo(1);
        assertThat(results.get(3).get()).isEqualTo(3);
    }

    @Test
    void leavesOtherCallsAlone() {
        SideLog begun = log;
        List<Long> items = items(400);
        CompletableFuture<List<Long>> beside = pool.mapAsync(n -> lasting(begun, n, 5), items, 20);
        SideLog looping = log;
        assertTimedOut(catchThrowable(() -> hasty.apply(n -> loopingAt(looping, n, 0), 0L)), 0, SHORT_LIMIT);
        assertThat(beside.join()).isEqualTo(items);
    }
}
