package io.farmhand.systemtests;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each call that waits can be interrupted: it ends, its item is told to stop, and the thread knows of the interrupt. */
@FarmTest
class InterruptionTest {
    private static final int WORKERS = 2;
    private static final long PATIENCE_SECONDS = 20;

    private static Pool pool;

    @TempDir
    Path directory;

    private SideLog log;
    private Gate stopped;

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
        stopped = Gate.in(directory, "stopped");
    }

    /** Calls that wait. */
    enum Call {
        MAP {
            @Override
            void run(RemoteFunction<Long, Long> function) {
                pool.map(function, List.of(0L));
            }
        },
        MAP_RESULTS {
            @Override
            void run(RemoteFunction<Long, Long> function) {
                pool.mapResults(function, List.of(0L));
            }
        },
        STAR_MAP {
            @Override
            void run(RemoteFunction<Long, Long> function) {
                pool.starMap((Long item, Long _) -> function.apply(item), List.of(0L), List.of(0L));
            }
        },
        APPLY {
            @Override
            void run(RemoteFunction<Long, Long> function) {
                pool.apply(function, 0L);
            }
        },
        IMAP {
            @Override
            void run(RemoteFunction<Long, Long> function) {
                pool.imap(function, List.of(0L)).forEach(result -> {});
            }
        },
        IMAP_UNORDERED {
            @Override
            void run(RemoteFunction<Long, Long> function) {
                pool.imapUnordered(function, List.of(0L)).forEach(result -> {});
            }
        },
        IMAP_RESULTS {
            @Override
            void run(RemoteFunction<Long, Long> function) {
                pool.imapResults(function, List.of(0L)).forEach(result -> {});
            }
        },
        GATHER {
            @Override
            void run(RemoteFunction<Long, Long> function) {
                Stream.of(0L).gather(pool.mapping(function)).forEach(result -> {});
            }
        };

        /** Makes the call for one item. */
        abstract void run(RemoteFunction<Long, Long> function);
    }

    @ParameterizedTest
    @EnumSource
    void endsACallAndStopsItsItem(Call call) throws Exception {
        SideLog begun = log;
        Gate told = stopped;
        RemoteFunction<Long, Long> function = n -> CancellationTest.untilInterrupted(begun, told, n);
        FutureTask<Boolean> flag = new FutureTask<>(() -> {
            assertThat(catchThrowable(() -> call.run(function))).isInstanceOf(CancellationException.class);
            return Thread.currentThread().isInterrupted();
        });
        interruptOnceItRuns(flag);
        assertThat(flag.get(PATIENCE_SECONDS, SECONDS)).as("the interrupt flag").isTrue();
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(stopped::isOpen);
        assertThat(pool.map(n -> n + 1, List.of(1, 2, 3), 1)).containsExactly(2, 3, 4);
    }

    private void interruptOnceItRuns(FutureTask<?> call) {
        Thread caller = Thread.ofPlatform().daemon().start(call);
        log.awaitSize(1);
        caller.interrupt();
    }

    @Test
    void endsACallOfAnExecutorAsTheJdkSays() throws Exception {
        SideLog begun = log;
        Gate told = stopped;
        RemoteCallable<Long> task = () -> CancellationTest.untilInterrupted(begun, told, 0);
        ExecutorService executor = pool.asExecutorService();
        FutureTask<Throwable> call = new FutureTask<>(() -> catchThrowable(() -> executor.invokeAll(List.of(task))));
        interruptOnceItRuns(call);
        assertThat(call.get(PATIENCE_SECONDS, SECONDS)).isInstanceOf(InterruptedException.class);
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(stopped::isOpen);
    }

    @Test
    void endsTheWaitForAFutureAndLeavesItsTaskAlone() throws Exception {
        SideLog begun = log;
        Gate open = stopped;
        CompletableFuture<Long> future = pool.submit(() -> AtMostOnceTest.waiting(begun, open, 3));
        FutureTask<Throwable> wait = new FutureTask<>(() -> catchThrowable(future::get));
        interruptOnceItRuns(wait);
        assertThat(wait.get(PATIENCE_SECONDS, SECONDS)).isInstanceOf(InterruptedException.class);
        stopped.open();
        assertThat(future.get(PATIENCE_SECONDS, SECONDS)).isEqualTo(3);
    }

    @Test
    void endsACallThatIsMadeWithTheFlagSet() throws Exception {
        FutureTask<Throwable> call = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            return catchThrowable(() -> pool.map(n -> n, List.of(1, 2, 3)));
        });
        Thread.ofPlatform().daemon().start(call);
        assertThat(call.get(PATIENCE_SECONDS, SECONDS)).isInstanceOf(CancellationException.class);
    }
}
