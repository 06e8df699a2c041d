package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.Pool;
import io.farmhand.WorkerCrashedException;
import io.farmhand.shared.ShareableList;
import io.farmhand.shared.SharedDoubleArray;
import io.farmhand.shared.SharedInt;
import io.farmhand.shared.SharedMemory;
import io.farmhand.shared.SharedStruct;
import io.farmhand.sync.OwnerDiedException;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Handles to shared memory in the tasks of a pool. */
@FarmTest(replacesWorkers = true)
class SharedMemoryInPoolTest {
    private static final List<Integer> ITEMS = IntStream.range(0, 1_000).boxed().toList();

    private static Pool pool;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick(), 2);
        // Their lines to this process stay as long as they live: let them be there before the first test.
        try (SharedInt value = SharedInt.create(5)) {
            Waiting.until(() -> pool.map(n -> value.get() + Pools.pid(n), ITEMS, 10).stream().distinct().count() == 2);
        }
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    private record Sum(int count, double total) {}

    @Test
    void workersWriteWhatTheCallerReads() {
        try (SharedDoubleArray squares = SharedDoubleArray.create(ITEMS.size());
                SharedStruct<Sum> sum = SharedStruct.create(new Sum(0, 0))) {
            pool.map(n -> {
                squares.set(n, n * (double) n);
                sum.lock().lock();
                try {
                    sum.set(new Sum(sum.get().count() + 1, sum.get().total() + n));
                } finally {
                    sum.lock().unlock();
                }
                return n;
            }, ITEMS, 10);
            assertThat(squares.toArray()).isEqualTo(ITEMS.stream().mapToDouble(n -> n * (double) n).toArray());
            assertThat(sum.get()).isEqualTo(new Sum(1_000, 499_500));
        }
    }

    @Test
    void aHandleCanBeAnArgumentAndAResult() {
        try (SharedInt value = SharedInt.create(5)) {
            List<SharedInt> back = pool.map(handle -> {
                handle.getAndAdd(1);
                return handle;
            }, List.of(value, value, value), 1);
            assertThat(back).allMatch(handle -> handle == value);
            assertThat(value.get()).isEqualTo(8);
        }
    }

    @Test
    void whatAWorkerMadeCanBeUsedHereWhileThatWorkerLives() {
        SharedMemory memory = pool.apply(_ -> {
            SharedMemory made = SharedMemory.create(100_000);
            made.segment().set(ValueLayout.JAVA_INT, 4_000, 7);
            return made;
        }, 0);
        assertThat(memory.segment().get(ValueLayout.JAVA_INT, 4_000)).isEqualTo(7);
        memory.close();
    }

    @Test
    void aWorkerThatDiesWithTheLockLeavesItToTheNextWhoLearnsSo() {
        try (SharedInt value = SharedInt.create(0); ShareableList list = ShareableList.of("as it was")) {
            assertThatThrownBy(() -> pool.with(options -> options.crashRetries(0)).apply(_ -> {
                value.lock().lock();
                list.set(0, "set");
                Runtime.getRuntime().halt(3);
                return 0;
            }, 0)).isInstanceOf(WorkerCrashedException.class);
            assertThatThrownBy(value.lock()::lockReportingDeath).isInstanceOf(OwnerDiedException.class);
            value.lock().unlock();
            assertThat(list).containsExactly("set");
            assertThat(pool.map(n -> {
                value.lock().lock();
                try {
                    value.set(value.get() + 1);
                } finally {
                    value.lock().unlock();
                }
                return 1;
            }, ITEMS, 10)).hasSize(1_000);
            assertThat(value.get()).isEqualTo(1_000);
        }
    }
}
