package io.farmhand.systemtests;

import static org.awaitility.Awaitility.await;

import io.farmhand.ChunkSizing;
import io.farmhand.Pool;
import io.farmhand.PoolBuilder;
import io.farmhand.Result;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Pools as tests want them. */
final class Pools {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Pools() {}

    /** A pool whose workers start for half the CPU time, since they do without the optimizing compiler. */
    static PoolBuilder quick() {
        return Pool.builder().jvmArgs("-XX:TieredStopAtLevel=1");
    }

    /** A pool of which all workers are at work, and not only the first. */
    static Pool whole(PoolBuilder builder, int workers) {
        Pool pool = builder.workers(workers).build();
        pids(pool);
        return pool;
    }

    /** The same pool, whose calls go in chunks of so many items. */
    static Pool inChunks(Pool pool, int chunkSize) {
        return pool.with(options -> options.chunkSizing(ChunkSizing.fixed(chunkSize)));
    }

    /** The processes of a pool's workers; waits until all are there. */
    static Set<Long> pids(Pool pool) {
        Set<Long> pids = new TreeSet<>();
        await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> {
            pids.clear();
            pids.addAll(pool.map(Pools::pid, Collections.nCopies(4 * pool.size(), 0), 1));
            return pids.size() == pool.size();
        });
        return pids;
    }

    /** In a worker: its process. */
    static long pid(Object unused) {
        return ProcessHandle.current().pid();
    }

    /** What came of each item. */
    static <R> List<Result<R>> all(Stream<Result<R>> results) {
        try (results) {
            return results.toList();
        }
    }

    /** The error of an item that must have one. */
    static Throwable error(Result<?> result) {
        return switch (result) {
            case Result.Failure<?> failure -> failure.error();
            case Result.Success<?> success -> throw new AssertionError("item %d has a value: %s".formatted(
                    success.index(), success.value()));
        };
    }
}
