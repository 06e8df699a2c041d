package io.farmhand.bench;

import io.farmhand.JvmProcess;
import io.farmhand.shared.SharedLong;
import io.farmhand.sync.Barrier;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Four processes that increment one number under its lock as fast as they can. */
@State(Scope.Benchmark)
public class ContentionBenchmark {
    private static final int PROCESSES = 4;
    private static final int PER_PROCESS = 50_000;

    private final SharedLong value = SharedLong.create(0);
    private final SharedLong goOn = SharedLong.create(0);
    private final Barrier barrier = Barrier.create(PROCESSES + 1);
    private final List<JvmProcess> processes = new ArrayList<>();
    private long rounds;

    private static void run(SharedLong value, SharedLong goOn, Barrier barrier) throws Exception {
        while (true) {
            int _ = barrier.await();
            if (goOn.getVolatile() == 0) {
                return;
            }
            for (int i = 0; i < PER_PROCESS; i++) {
                value.lock().lock();
                try {
                    value.set(value.get() + 1);
                } finally {
                    value.lock().unlock();
                }
            }
            int _ = barrier.await();
        }
    }

    /** Starts the four. */
    @Setup
    public void start() {
        SharedLong number = value;
        SharedLong flag = goOn;
        Barrier meeting = barrier;
        flag.setVolatile(1);
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(JvmProcess.start(() -> run(number, flag, meeting)));
        }
    }

    /** Lets each increment so often, and waits for them. */
    @Benchmark
    @OperationsPerInvocation(PROCESSES * PER_PROCESS)
    public void lockedIncrementByFour() throws Exception {
        int _ = barrier.await();
        int _ = barrier.await();
        rounds++;
    }

    /** Ends the four, and counts. */
    @TearDown
    public void finish() throws Exception {
        goOn.setVolatile(0);
        int _ = barrier.await();
        for (JvmProcess process : processes) {
            process.join();
        }
        long expected = rounds * PROCESSES * PER_PROCESS;
        if (value.get() != expected) {
            throw new IllegalStateException("increments were lost: value=" + value.get() + " expected=" + expected);
        }
        value.close();
        goOn.close();
        barrier.close();
    }
}
