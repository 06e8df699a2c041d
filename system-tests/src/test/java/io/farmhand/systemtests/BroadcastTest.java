package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.TaskSerializationException;
import io.farmhand.task.Broadcast;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large constants go to each worker once, and are let go of when they are closed. */
@FarmTest(replacesWorkers = true)
class BroadcastTest {
    private static final int WORKERS = 2;
    private static final int LARGE_BYTES = 8 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** In a worker: the value that a task of it saw last. */
    private static @Nullable WeakReference<Object> seen;

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

    /** A constant that tells when it is read from its bytes. */
    static final class Table implements Serializable {
        private static final long serialVersionUID = 1;
        private final SideLog read;
        private final byte[] bytes;

        Table(SideLog read, int length) {
            this.read = read;
            this.bytes = new byte[length];
            new Random(5).nextBytes(bytes);
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            read.append(bytes.length);
        }

        long plus(long item) {
            return item + bytes.length;
        }
    }

    private static List<Long> items(long count) {
        return LongStream.range(0, count).boxed().toList();
    }

    private static List<Long> expected(long count, int length) {
        return LongStream.range(length, count + length).boxed().toList();
    }

    @Test
    void isReadOncePerWorkerHoweverManyCallsUseIt() {
        try (Broadcast<Table> table = pool.broadcast(new Table(log, 1_000))) {
            for (int call = 0; call < 3; call++) {
                assertThat(pool.map(n -> table.get().plus(n), items(100), 1)).isEqualTo(expected(100, 1_000));
            }
            Waiting.until(() -> {
                pool.map(n -> table.get().plus(n), items(20), 1);
                return log.pids().size() == WORKERS;
            });
        }
        assertThat(log.size()).as("readings").isEqualTo(WORKERS);
    }

    @Test
    void isSentToAWorkerOnce() {
        Set<Long> pids = Pools.pids(pool);
        try (Broadcast<byte[]> large = pool.broadcast(new byte[LARGE_BYTES])) {
            long before = bytesRead(pids);
            for (int call = 0; call < 5; call++) {
                assertThat(pool.map(n -> n + large.get().length, items(20), 1))
                        .isEqualTo(expected(20, LARGE_BYTES));
            }
            assertThat(bytesRead(pids) - before).isLessThan((WORKERS + 1L) * LARGE_BYTES);
        }
    }

    private static long bytesRead(Set<Long> pids) {
        return pids.stream().mapToLong(Workers::bytesRead).sum();
    }

    @Test
    void isKeptByItsContent() {
        Broadcast<Table> one = pool.broadcast(new Table(log, 2_000));
        try (Broadcast<Table> same = pool.broadcast(new Table(log, 2_000))) {
            assertThat(pool.map(n -> one.get().plus(n), items(50), 1)).isEqualTo(expected(50, 2_000));
            assertThat(pool.map(n -> same.get().plus(n), items(50), 1)).isEqualTo(expected(50, 2_000));
            assertThat(log.size()).as("readings").isLessThanOrEqualTo(WORKERS);
            one.close();
            assertThat(pool.map(n -> same.get().plus(n), items(50), 1)).as("the other holds it still")
                    .isEqualTo(expected(50, 2_000));
        } finally {
            one.close();
        }
    }

    @Test
    void canBeAnArgument() {
        try (Broadcast<Table> table = pool.broadcast(new Table(log, 10))) {
            List<Long> results = pool.map(broadcast -> broadcast.get().plus(1), List.of(table, table, table), 1);
            assertThat(results).containsExactly(11L, 11L, 11L);
        }
    }

    @Test
    void isTheSameForAllTasksOfAWorker() {
        try (Broadcast<Table> table = pool.broadcast(new Table(log, 10))) {
            // It has no equals() of its own.
            List<Boolean> same = pool.map(n -> table.get().equals(table.get()), items(10), 1);
            assertThat(same).containsOnly(true);
        }
    }

    @Test
    void givesItsValueToTheCallerToo() {
        Table value = new Table(log, 10);
        try (Broadcast<Table> table = pool.broadcast(value)) {
            assertThat(table.get()).isSameAs(value);
        }
        assertThat(log.size()).isZero();
    }

    @Test
    void comesToAWorkerThatReplacesAnother() {
        try (Broadcast<Table> table = pool.broadcast(new Table(log, 10))) {
            pool.map(n -> table.get().plus(n), items(20), 1);
            long pid = pool.apply(Pools::pid, 0);
            Workers.kill(pid);
            await().atMost(PATIENCE).until(() -> !Workers.isRunning(pid));
            Set<Long> pids = Pools.pids(pool);
            Waiting.until(() -> {
                assertThat(pool.map(n -> table.get().plus(n), items(20), 1)).isEqualTo(expected(20, 10));
                return log.pids().containsAll(pids);
            });
        }
    }

    // ---- its end ----

    @Test
    void isGoneAfterItsClose() {
        Broadcast<Table> table = pool.broadcast(new Table(log, 10));
        assertThat(pool.map(n -> table.get().plus(n), items(20), 1)).isEqualTo(expected(20, 10));
        table.close();
        table.close();
        assertThatThrownBy(table::get).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        Throwable error = catchThrowable(() -> pool.map(n -> table.get().plus(n), items(20), 1));
        assertThat(error).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
    }

    @Test
    void leavesNothingInTheWorkersAfterItsClose() {
        try (Broadcast<byte[]> large = pool.broadcast(new byte[LARGE_BYTES])) {
            Waiting.until(() -> Pools.inChunks(pool, 1).mapResults(n -> remember(large), items(20)).stream()
                    .map(Result::worker)
                    .distinct().count() == WORKERS);
        }
        await().atMost(PATIENCE).until(() -> !pool.map(n -> isThereAfterACollection(), items(10), 1).contains(true));
    }

    static boolean remember(Broadcast<byte[]> large) {
        seen = new WeakReference<>(large.get());
        return true;
    }

    static boolean isThereAfterACollection() {
        System.gc();
        return seen != null && seen.get() != null;
    }

    @Test
    void isGoneWithItsPool() {
        Broadcast<Table> table;
        try (Pool other = Pools.quick().workers(1).build()) {
            table = other.broadcast(new Table(log, 10));
            assertThat(other.map(n -> table.get().plus(n), items(5))).isEqualTo(expected(5, 10));
        }
        assertThatThrownBy(table::get).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void saysInAnotherPoolThatItBelongsToItsOwn() {
        try (Pool other = Pools.quick().workers(1).build();
                Broadcast<Table> table = other.broadcast(new Table(log, 10))) {
            assertThatThrownBy(() -> pool.map(n -> table.get().plus(n), items(5)))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("belongs to another pool");
        }
    }

    @Test
    void isRefusedWhenItCannotBeSent() {
        assertThatThrownBy(() -> pool.broadcast(new Object()))
                .isInstanceOf(TaskSerializationException.class)
                .hasMessageContaining("java.lang.Object");
    }

    // ---- by itself ----

    @Test
    void sendsALargeCapturedValueOncePerWorkerHoweverManyCallsCaptureIt() {
        Set<Long> pids = Pools.pids(pool);
        byte[] large = new byte[LARGE_BYTES];
        new Random(7).nextBytes(large);
        long before = bytesRead(pids);
        for (int call = 0; call < 6; call++) {
            assertThat(capturing(large)).isEqualTo(expected(20, LARGE_BYTES));
        }
        assertThat(bytesRead(pids) - before).isLessThan((WORKERS + 1L) * LARGE_BYTES);
    }

    private static List<Long> capturing(byte[] large) {
        return pool.map(n -> n + large.length, items(20), 1);
    }

    @Test
    void seesAChangeOfALargeCapturedValueInTheNextCall() {
        byte[] large = new byte[LARGE_BYTES];
        for (byte call = 1; call <= 3; call++) {
            large[LARGE_BYTES / 2] = call;
            List<Byte> results = pool.map(n -> large[LARGE_BYTES / 2], items(10), 1);
            assertThat(results).containsOnly(call);
        }
    }
}
