package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.WorkerCrashedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With {@code atMostOnce()} no item that may have begun is run again, whatever becomes of its worker. */
@FarmTest(replacesWorkers = true)
class AtMostOnceTest {
    private static final int WORKERS = 2;

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().atMostOnce(), WORKERS);
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

    private void assertNoneRanTwice() {
        assertThat(log.runs()).allSatisfy((item, runs) -> assertThat(runs).as("runs of %d", item).isEqualTo(1));
    }

    /** Each item has run and has its value, or has failed with its worker, which may have been about to run it. */
    private void assertAccountedFor(List<Result<Long>> results) {
        Map<Long, Integer> runs = log.runs();
        for (Result<Long> result : results) {
            if (result instanceof Result.Failure<Long>) {
                assertThat(Pools.error(result)).isInstanceOf(WorkerCrashedException.class);
            } else {
                assertThat(runs).containsKey(result.index());
                assertThat(result.get()).isEqualTo(result.index());
            }
        }
    }

    static long haltingAt(SideLog log, long item, long guilty) {
        log.append(item);
        if (item == guilty) {
            Runtime.getRuntime().halt(1);
        }
        return item;
    }

    @Test
    void failsTheItemThatEndedItsWorkerAfterOneAttempt() {
        SideLog begun = log;
        List<Result<Long>> results = Pools.inChunks(pool, 10).mapResults(n -> haltingAt(begun, n, 4), items(20));
        assertThat(Pools.error(results.get(4))).isInstanceOf(WorkerCrashedException.class);
        assertThat(results.get(4).attempts()).isEqualTo(1);
        assertNoneRanTwice();
        assertAccountedFor(results);
    }

    @Test
    void stillRunsWhatHadNotBegunElsewhere() {
        SideLog begun = log;
        List<Result<Long>> results = Pools.inChunks(pool, 10).mapResults(n -> haltingAt(begun, n, 4), items(20));
        assertThat(results.subList(5, 20)).extracting(Result::get).isEqualTo(items(20).subList(5, 20));
        assertThat(log.runs()).hasSize(20);
    }

    @Test
    void failsWhatRanWhenItsWorkerWasKilled() {
        SideLog begun = log;
        Gate gate = Gate.in(directory, "gate");
        CompletableFuture<List<Result<Long>>> call = CompletableFuture.supplyAsync(
                () -> Pools.inChunks(pool, 5).mapResults(n -> waiting(begun, gate, n), items(50)));
        log.awaitSize(WORKERS);
        log.pids().forEach(Workers::kill);
        gate.open();
        List<Result<Long>> results = call.join();
        assertNoneRanTwice();
        assertAccountedFor(results);
        assertThat(results.stream().filter(Result.Failure.class::isInstance)).as("failures").hasSize(WORKERS);
    }

    static long waiting(SideLog log, Gate gate, long item) {
        log.append(item);
        gate.pass();
        return item;
    }

    @Test
    void runsNothingTwiceThoughWorkersAreKilledAgainAndAgain() {
        SideLog begun = log;
        CompletableFuture<List<Result<Long>>> call = CompletableFuture.supplyAsync(
                () -> Pools.inChunks(pool, 100).mapResults(n -> haltingAt(begun, n, -1), items(20_000)));
        List<Long> killed = new ArrayList<>();
        while (killed.size() < 3 && !call.isDone()) {
            long size = log.size();
            Waiting.until(() -> log.size() > size || call.isDone());
            long pid = log.last(1).get(0).pid();
            if (!killed.contains(pid)) {
                killed.add(pid);
                Workers.kill(pid);
            }
        }
        List<Result<Long>> results = call.join();
        assertThat(results).hasSize(20_000);
        assertNoneRanTwice();
        assertAccountedFor(results);
    }

    @Test
    void runsEachItemOnceWhenNothingHappens() {
        SideLog begun = log;
        assertThat(pool.map(n -> haltingAt(begun, n, -1), items(1_000), 7)).isEqualTo(items(1_000));
        assertNoneRanTwice();
    }

    @Test
    void contradictsRetries() {
        assertThatThrownBy(() -> Pools.quick().retries(1).atMostOnce()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retries=1");
        assertThatThrownBy(() -> pool.with(options -> options.retries(1)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("atMostOnce");
    }
}
