package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool that all of a JVM shares. */
@FarmTest
class SharedPoolTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private final List<Pool> used = new CopyOnWriteArrayList<>();
    private SideLog log;

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
    }

    /** Each test begins without one. */
    @AfterEach
    void endPools() {
        used.forEach(Pool::shutdownNow);
    }

    private static PoolBuilder quick() {
        return Pools.quick().workers(1);
    }

    /** The shared pool, which the test's end ends. */
    private Pool shared(PoolBuilder builder) {
        Pool pool = builder.shared();
        used.add(pool);
        return pool;
    }

    static long logged(SideLog log, long item) {
        log.append(item);
        return item;
    }

    @Test
    void isOneForAllWhoAskForIt() {
        Pool pool = shared(quick());
        assertThat(shared(quick())).isSameAs(pool);
        assertThat(shared(quick().workers(1)).apply(Pools::pid, 0)).isEqualTo(pool.apply(Pools::pid, 0));
    }

    @Test
    void isAnotherForOtherOptions() {
        Pool pool = shared(quick());
        Pool other = shared(quick().environment(Map.of("FARM_OTHER", "1")));
        assertThat(other).isNotSameAs(pool);
        assertThat(other.apply(Pools::pid, 0)).isNotEqualTo(pool.apply(Pools::pid, 0));
    }

    @Test
    void staysOpenWhenSomebodyClosesIt() {
        Pool pool = shared(quick());
        long pid = pool.apply(Pools::pid, 0);
        try (Pool again = shared(quick())) {
            assertThat(again.apply(Pools::pid, 0)).isEqualTo(pid);
        }
        assertThat(pool.apply(Pools::pid, 0)).isEqualTo(pid);
    }

    @Test
    void isMadeAnewWhenItHasEnded() {
        Pool pool = shared(quick());
        long pid = pool.apply(Pools::pid, 0);
        pool.shutdownNow();
        assertThat(shared(quick())).isNotSameAs(pool);
        assertThat(shared(quick()).apply(Pools::pid, 0)).isNotEqualTo(pid);
    }

    @Test
    void servesManyThreadsWithTheSameWorkers() throws Exception {
        SideLog begun = log;
        List<Callable<List<Long>>> users = IntStream.range(0, 16).<Callable<List<Long>>>mapToObj(user -> () -> {
            List<Long> items = LongStream.range(1_000L * user, 1_000L * user + 50).boxed().toList();
            Pool pool = shared(quick()); // many of them at once make the first one
            assertThat(pool.map(n -> logged(begun, n), items, 5)).isEqualTo(items);
            return items;
        }).toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(users.size())) {
            for (Future<List<Long>> user : threads.invokeAll(users)) {
                assertThat(user.get()).hasSize(50);
            }
        }
        assertThat(log.pids()).hasSize(1);
        assertThat(log.size()).isEqualTo(16 * 50);
    }

    @Test
    void letsItsWorkersGoWhenItIsIdleAndHasThemAgainWhenItIsNot() {
        PoolBuilder builder = quick().keepAlive(Duration.ofMillis(300));
        Pool pool = shared(builder);
        long pid = pool.apply(Pools::pid, 0);
        await().atMost(PATIENCE).until(() -> Workers.live().isEmpty());
        long next = pool.apply(Pools::pid, 0);
        assertThat(next).isNotEqualTo(pid);
        assertThat(shared(builder)).isSameAs(pool);
    }

    @Test
    void keepsItsWorkersWhileACallRuns() {
        PoolBuilder builder = quick().keepAlive(Duration.ofMillis(100));
        Pool pool = shared(builder);
        SideLog begun = log;
        long pid = pool.apply(n -> {
            begun.append(n);
            Waiting.pass(500);
            return ProcessHandle.current().pid();
        }, 0L);
        assertThat(log.pids()).containsExactly(pid);
    }

    @Test
    void resizesOnRequestWithoutDroppingWork() {
        SideLog begun = log;
        Gate gate = Gate.in(directory, "gate");
        List<Long> items = List.of(0L, 1L);
        CompletableFuture<List<Long>> call = shared(quick()).mapAsync(n -> waiting(begun, gate, n), items, 1);
        log.awaitSize(1);
        Pool larger = shared(quick().workers(2));
        assertThat(larger.size()).isEqualTo(2);
        log.awaitSize(2);
        Set<Long> pids = log.pids();
        assertThat(shared(quick())).isSameAs(larger);
        gate.open();
        assertThat(call.join()).isEqualTo(items);
        assertThat(pids).hasSize(2);
        await().atMost(PATIENCE).until(() -> Workers.live().size() == 1);
    }

    static long waiting(SideLog log, Gate gate, long item) {
        log.append(item);
        gate.pass();
        return item;
    }
}
