package io.farmhand.bench;

import io.farmhand.shared.SharedLongArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Shared memory without a lock. */
@State(Scope.Benchmark)
public class SharedBenchmark {
    private static final int LENGTH = 1024;

    private final SharedLongArray array = SharedLongArray.create(LENGTH);
    private int at;

    /** A read and a write of an element. */
    @Benchmark
    public void sharedArray() {
        at++;
        array.set(at & (LENGTH - 1), array.get((at + 1) & (LENGTH - 1)));
    }

    /** Ends what was measured. */
    @TearDown
    public void close() {
        array.close();
    }
}
