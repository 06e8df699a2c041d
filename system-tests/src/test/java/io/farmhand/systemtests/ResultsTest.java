package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.ChunkSizing;
import io.farmhand.Pool;
import io.farmhand.PoolClosedException;
import io.farmhand.Result;
import io.farmhand.Result.Failure.Kind;
import io.farmhand.TaskSerializationException;
import io.farmhand.TaskTimeoutException;
import io.farmhand.WorkerCrashedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mapResults} and {@code imapResults} tell of each item. */
@FarmTest(replacesWorkers = true)
class ResultsTest {
    private static final int WORKERS = 2;

    private static Pool pool;

    @TempDir
    Path directory;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().cancelGrace(Duration.ofMillis(100)), WORKERS);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @Test
    void tellsValueIndexWorkerAttemptsAndTimeOfEachItem() {
        List<Result<Integer>> results = Pools.inChunks(pool, 1).mapResults(ResultsTest::lasting, List.of(5, 10, 15));
        for (int i = 0; i < 3; i++) {
            Result<Integer> result = results.get(i);
            assertThat(result).isInstanceOf(Result.Success.class);
            assertThat(result.get()).isEqualTo(5 * (i + 1));
            assertThat(result.index()).isEqualTo(i);
            assertThat(result.worker()).isBetween(0, WORKERS - 1);
            assertThat(result.attempts()).isEqualTo(1);
            assertThat(result.taken()).isGreaterThanOrEqualTo(Duration.ofMillis(5L * (i + 1)));
        }
    }

    static int lasting(int millis) {
        Waiting.pass(millis);
        return millis;
    }

    @Test
    void tellsExceptionsTimeoutsCrashesAndSerializationApart() {
        List<String> ways = List.of("well", "throw", "hang", "halt", "unwritable", "well again");
        List<Result<Object>> results = pool
                .with(options -> options.taskTimeout(Duration.ofMillis(500)).crashRetries(0)
                        .chunkSizing(ChunkSizing.fixed(1)))
                .mapResults(ResultsTest::endingBy, ways);
        assertThat(results).extracting(Result::index).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(results.get(0).get()).isEqualTo("well");
        assertFailure(results.get(1), Kind.EXCEPTION, IOException.class);
        assertFailure(results.get(2), Kind.TIMEOUT, TaskTimeoutException.class);
        assertFailure(results.get(3), Kind.CRASH, WorkerCrashedException.class);
        assertFailure(results.get(4), Kind.SERIALIZATION, TaskSerializationException.class);
        assertThat(results.get(5).get()).isEqualTo("well again");
    }

    static Object endingBy(String way) throws IOException {
        return switch (way) {
            case "throw" -> throw new IOException("thrown");
            case "hang" -> {
                Waiting.until(() -> false);
                yield "never";
            }
            case "halt" -> {
                Runtime.getRuntime().halt(1);
                yield "never";
            }
            case "unwritable" -> new Object();
            default -> way;
        };
    }

    private static void assertFailure(Result<?> result, Kind kind, Class<? extends Throwable> error) {
        assertThat(result).isInstanceOf(Result.Failure.class);
        Result.Failure<?> failure = (Result.Failure<?>) result;
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.error()).isInstanceOf(error);
        assertThat(failure.worker()).isBetween(0, WORKERS - 1);
        assertThat(failure.attempts()).isEqualTo(1);
    }

    @Test
    void marksWhatHadNoOutcomeAsCancelledWhenThePoolEnds() throws Exception {
        SideLog log = SideLog.in(directory);
        Pool ending = Pools.quick().workers(1).build();
        CompletableFuture<List<Result<Long>>> call = CompletableFuture.supplyAsync(() -> Pools.inChunks(ending, 1)
                .mapResults(n -> hangingFrom(log, n, 3), List.of(0L, 1L, 2L, 3L, 4L)));
        await().until(() -> !ending.workers().isEmpty() && ending.workers().getFirst().tasksDone() == 3);
        ending.shutdownNow();
        List<Result<Long>> results = call.get();
        assertThat(results).hasSize(5);
        assertThat(results.subList(0, 3)).extracting(Result::get).containsExactly(0L, 1L, 2L);
        assertThat(results.subList(3, 5)).allSatisfy(result -> {
            assertThat(Pools.error(result)).isInstanceOf(PoolClosedException.class);
            assertThat(((Result.Failure<?>) result).kind()).isEqualTo(Kind.CANCELLED);
        });
    }

    static long hangingFrom(SideLog log, long item, long first) {
        log.append(item);
        Waiting.until(() -> item < first);
        return item;
    }

    @Test
    void goesOnAfterErrorsAndRunsEachItemOnce() throws IOException {
        SideLog log = SideLog.in(directory);
        List<Integer> items = IntStream.range(0, 300).boxed().toList();
        List<Result<Integer>> results = Pools.inChunks(pool, 7).mapResults(n -> failingEachThird(log, n), items);
        Map<Boolean, List<Integer>> byOutcome = results.stream().collect(Collectors.partitioningBy(
                Result.Success.class::isInstance, Collectors.mapping(result -> (int) result.index(),
                        Collectors.toList())));
        assertThat(byOutcome.get(true)).isEqualTo(items.stream().filter(n -> n % 3 != 0).toList());
        assertThat(byOutcome.get(false)).isEqualTo(items.stream().filter(n -> n % 3 == 0).toList());
        assertThat(log.runs()).hasSize(300).allSatisfy((item, runs) -> assertThat(runs).isEqualTo(1));
    }

    static int failingEachThird(SideLog log, int item) {
        log.append(item);
        if (item % 3 == 0) {
            throw new IllegalArgumentException("item " + item);
        }
        return item;
    }

    @Test
    void throwsAnItemsOwnErrorFromGet() {
        Result<Object> result = pool.mapResults(ResultsTest::endingBy, List.of("throw")).get(0);
        assertThat(catchThrowable(result::get)).isInstanceOf(IOException.class)
                .hasMessage("thrown");
    }
}
