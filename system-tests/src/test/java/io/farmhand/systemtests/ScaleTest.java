package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.Pool;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many more workers than cores. */
class ScaleTest {
    private static final int WORKERS = 64;
    private static final int ITEMS = 640;

    @TempDir
    Path directory;

    @Test
    @FarmTest(seconds = 240)
    void runsSixtyFourWorkersOnASmallMachine() throws Exception {
        SideLog log = SideLog.in(directory);
        Set<String> printed = ConcurrentHashMap.newKeySet();
        Set<Integer> printers = ConcurrentHashMap.newKeySet();
        List<Integer> items = IntStream.range(0, ITEMS).boxed().toList();
        try (Pool pool = Pools.quick().workers(WORKERS).maxHeap("64m").output((worker, stderr, line) -> {
            printed.add(line);
            printers.add(worker);
        }).build()) {
            List<Long> pids = pool.map(n -> {
                log.append(n);
                // Holds each worker at its first item until all have one. Looking more often would slow the others' start.
                while (log.size() < WORKERS) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
                System.out.println("item " + n);
                return ProcessHandle.current().pid();
            }, items, 1);
            assertThat(pids).hasSize(ITEMS);
            assertThat(new HashSet<>(pids)).hasSize(WORKERS);
            assertThat(log.entries()).hasSize(ITEMS);
        }
        // The workers are gone, so that all that they printed has come.
        assertThat(printed).containsAll(items.stream().map(n -> "item " + n).toList());
        assertThat(printers).hasSize(WORKERS);
    }
}
