package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolBrokenException;
import io.farmhand.TaskSerializationException;
import io.farmhand.task.TaskContext;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every worker runs before its first item and after its last. */
@FarmTest(replacesWorkers = true)
class InitializerTest {
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    /** What the initializers and finalizers of the tests call themselves in side logs. */
    private static final long INITIALIZER = -1;
    private static final long FINALIZER = -2;

    private static Pool pool;
    /** Has the runs of the shared pool's initializer. */
    private static SideLog initialized;

    @TempDir
    static Path poolDirectory;
    @TempDir
    Path directory;

    private SideLog log;

    /** What an initializer makes for the tasks. */
    record Model(int worker, int attempt, long index) {}

    @BeforeAll
    static void makePool() throws IOException {
        initialized = SideLog.in(poolDirectory);
        SideLog begun = initialized;
        pool = Pools.whole(Pools.quick().initializer(() -> initialize(begun)), WORKERS);
    }

    static void initialize(SideLog log) {
        log.append(INITIALIZER);
        TaskContext context = TaskContext.current();
        context.setState(Model.class, new Model(context.worker(), context.attempt(), context.index()));
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

    @Test
    void runsOnceInEachWorker() {
        Set<Long> pids = Pools.pids(pool);
        assertThat(pids).allSatisfy(pid -> assertThat(initialized.entries()).filteredOn(
                entry -> entry.pid() == pid).hasSize(1));
    }

    @Test
    void leavesStateToTheTasksOfItsWorker() {
        List<Boolean> own = pool.map(n -> TaskContext.current().state(Model.class).worker() == TaskContext.current()
                .worker(), items(20), 1);
        assertThat(own).containsOnly(true);
    }

    @Test
    void runsForNoItem() {
        List<Long> seen = pool.apply(n -> List.of((long) TaskContext.current().state(Model.class).attempt(),
                TaskContext.current().state(Model.class).index()), 0L);
        assertThat(seen).containsExactly(0L, -1L);
    }

    @Test
    void runsInAWorkerThatReplacesAnother() {
        long pid = pool.apply(Pools::pid, 0);
        Workers.kill(pid);
        await().atMost(PATIENCE).until(() -> !Workers.isRunning(pid));
        Set<Long> pids = Pools.pids(pool);
        assertThat(pids).doesNotContain(pid);
        assertThat(initialized.pids()).containsAll(pids);
    }

    // ---- its failures ----

    @Test
    void failsThePoolsCreationWithWhatItThrew() {
        SideLog begun = log;
        PoolBrokenException broken = catchThrowableOfType(PoolBrokenException.class, () -> Pools.quick().workers(1)
                .initializer(() -> failing(begun, 1)).build());
        assertThat(broken).hasMessageContaining("initializer").hasMessageContaining("no model");
        assertThat(broken.getCause()).isInstanceOf(IOException.class).hasMessage("no model");
        assertThat(log.size()).as("it was not tried again").isEqualTo(1);
    }

    /** Fails from its nth run on. */
    static void failing(SideLog log, long nth) throws IOException {
        log.append(INITIALIZER);
        if (log.size() >= nth) {
            throw new IOException("no model");
        }
    }

    @Test
    void breaksThePoolWhenItFailsInALaterWorker() {
        SideLog begun = log;
        try (Pool breaking = Pools.quick().workers(1).initializer(() -> failing(begun, 2)).build()) {
            Workers.kill(breaking.apply(Pools::pid, 0));
            PoolBrokenException broken = catchThrowableOfType(PoolBrokenException.class,
                    () -> Waiting.until(() -> breaking.apply(Pools::pid, 0) < 0));
            assertThat(broken.getCause()).isInstanceOf(IOException.class).hasMessage("no model");
            assertThatThrownBy(() -> breaking.map(n -> n, items(3))).isInstanceOf(PoolBrokenException.class);
            assertThat(log.size()).isEqualTo(2);
        }
    }

    @Test
    void breaksThePoolWhenItEndsItsWorker() {
        SideLog begun = log;
        Throwable error = catchThrowable(() -> Pools.quick().workers(1).initializer(() -> halting(begun)).build());
        assertThat(error).isInstanceOf(PoolBrokenException.class).hasMessageContaining("exitCode=9")
                .hasMessageContaining("last words");
        assertThat(log.size()).as("runs").isBetween(1L, 4L);
    }

    static void halting(SideLog log) {
        log.append(INITIALIZER);
        System.err.println("last words");
        Runtime.getRuntime().halt(9);
    }

    @Test
    void isRefusedWhenItCannotBeSent() {
        Object unsendable = new Object();
        assertThatThrownBy(() -> Pools.quick().workers(1).initializer(() -> unsendable.notifyAll()).build())
                .isInstanceOf(TaskSerializationException.class).hasMessageContaining("initializer");
        assertThatThrownBy(() -> Pools.quick().workers(1).finalizer(() -> unsendable.notifyAll()).build())
                .isInstanceOf(TaskSerializationException.class).hasMessageContaining("finalizer");
        assertThat(Workers.live()).hasSize(WORKERS);
    }

    // ---- the finalizer ----

    @Test
    void isFollowedByTheFinalizerWhenThePoolIsClosed() {
        SideLog begun = log;
        try (Pool closing = Pools.quick().workers(1).initializer(() -> initialize(begun))
                .finalizer(() -> finish(begun)).build()) {
            assertThat(closing.map(n -> logged(begun, n), items(3), 3)).isEqualTo(items(3));
        }
        assertThat(log.entries()).extracting(SideLog.Entry::index).containsExactly(INITIALIZER, 0L, 1L, 2L, FINALIZER);
        assertThat(log.pids()).hasSize(1);
    }

    /** Sees what the initializer has made. */
    static void finish(SideLog log) {
        if (TaskContext.current().state(Model.class).worker() == TaskContext.current().worker()) {
            log.append(FINALIZER);
        }
    }

    static long logged(SideLog log, long item) {
        log.append(item);
        return item;
    }

    @Test
    void isFollowedByTheFinalizerWhenAWorkerLeavesEarly() {
        SideLog begun = log;
        try (Pool recycling = Pools.quick().workers(1).maxTasksPerWorker(2).finalizer(() -> begun.append(FINALIZER))
                .build()) {
            recycling.map(n -> logged(begun, n), items(4), 1);
            await().atMost(PATIENCE).until(() -> log.runs().getOrDefault(FINALIZER, 0) >= 1);
        }
        assertThat(log.runs()).hasEntrySatisfying(FINALIZER, runs -> assertThat(runs).isGreaterThanOrEqualTo(2));
    }

    @Test
    void doesNotHinderTheCloseWhenTheFinalizerThrows() {
        Pool closing = Pools.quick().workers(1).finalizer(() -> {
            throw new IllegalStateException("a finalizer's own");
        }).build();
        closing.close();
        assertThat(Workers.live()).hasSize(WORKERS);
    }
}
