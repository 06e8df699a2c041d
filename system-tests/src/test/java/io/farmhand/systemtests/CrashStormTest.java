package io.farmhand.systemtests;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolBrokenException;
import io.farmhand.PoolEvent;
import io.farmhand.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that die one after the other: of no item they break the pool, of items they do not. */
@FarmTest
class CrashStormTest {
    private static final int WORKERS = 2;
    private static final long PATIENCE_SECONDS = 40;

    @TempDir
    Path directory;

    private SideLog log;

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
    }

    @Test
    void breaksThePoolWithTheCauseWhenWorkersDieOfNoItem() throws Exception {
        SideLog started = log;
        CompletableFuture<String> broken = new CompletableFuture<>();
        try (Pool pool = Pools.quick().workers(WORKERS).initializer(() -> dyingSoon(started)).listener(event -> {
            if (event instanceof PoolEvent.PoolBroken end) {
                broken.complete(end.cause());
            }
        }).build()) {
            assertThat(broken.get(PATIENCE_SECONDS, SECONDS)).contains("die one after the other", "exitCode=4",
                    "of no item's doing");
            assertThatThrownBy(() -> pool.map(n -> n, List.of(1))).isInstanceOf(PoolBrokenException.class)
                    .hasMessageContaining("die one after the other").hasMessageContaining("exitCode=4");
            long workers = log.size();
            await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> Workers.live().isEmpty());
            assertThat(log.size()).as("none is started any more").isEqualTo(workers);
        }
    }

    /** Ends its worker a moment after that is ready. */
    static void dyingSoon(SideLog log) {
        log.append(0);
        Thread.ofPlatform().daemon().start(() -> {
            Waiting.pass(100);
            System.err.println("of no item's doing");
            Runtime.getRuntime().halt(4);
        });
    }

    @Test
    void outlivesManyItemsThatEachEndTheirWorker() {
        SideLog begun = log;
        try (Pool pool = Pools.quick().workers(WORKERS).crashRetries(0).build()) {
            List<Long> items = LongStream.range(0, 30).boxed().toList();
            List<Boolean> failed = pool.mapResults(n -> AtMostOnceTest.haltingAt(begun, n, n < 6 ? n : -1), items)
                    .stream().map(Result.Failure.class::isInstance).toList();
            assertThat(failed).isEqualTo(items.stream().map(n -> n < 6).toList());
        }
    }
}
