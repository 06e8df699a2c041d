package io.farmhand.bench;

import io.farmhand.JvmProcess;
import io.farmhand.Manager;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Calls to another process. */
@State(Scope.Benchmark)
public class ManagerBenchmark {
    private final Manager manager = Manager.start();
    private final Map<Integer, Integer> map = manager.map();
    private int next;

    /** An entry is put into a map that another process keeps. */
    @Benchmark
    public Object managerMapPut() {
        next++;
        return map.put(next & 1023, next);
    }

    /** Ends the other process. */
    @TearDown
    public void close() {
        manager.close();
    }

    /** Processes themselves. */
    @State(Scope.Benchmark)
    public static class Processes {
        /** A process is started and joined. */
        @Benchmark
        public void processStart() throws InterruptedException {
            try (JvmProcess process = JvmProcess.start(() -> {})) {
                process.join();
            }
        }
    }
}
