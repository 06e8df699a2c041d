package io.farmhand.bench;

import io.farmhand.JvmProcess;
import io.farmhand.shared.SharedLong;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.Condition;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Processes that wait for each other: each operation takes wake-ups of the kernel's. */
public class MeetingBenchmark {
    private static final int PROCESSES = 4;

    private MeetingBenchmark() {}

    /** Two processes that take turns. */
    @State(Scope.Benchmark)
    public static class Turns {
        private final Condition condition = Condition.create();
        private final SharedLong turn = SharedLong.create(0);
        private List<JvmProcess> other = List.of();

        private static void answer(Condition condition, SharedLong turn) throws InterruptedException {
            condition.lock().lock();
            try {
                while (true) {
                    condition.waitFor(() -> turn.get() != 0);
                    if (turn.get() < 0) {
                        return;
                    }
                    turn.set(0);
                    condition.signal();
                }
            } finally {
                condition.lock().unlock();
            }
        }

        /** Starts the other one. */
        @Setup
        public void start() {
            Condition mine = condition;
            SharedLong number = turn;
            other = List.of(JvmProcess.start(() -> answer(mine, number)));
        }

        private void give(long next) {
            turn.set(next);
            condition.signal();
        }

        /** Hands the turn over and gets it back. */
        @Benchmark
        public void conditionRoundTrip() throws InterruptedException {
            condition.lock().lock();
            try {
                give(1);
                condition.waitFor(() -> turn.get() == 0);
            } finally {
                condition.lock().unlock();
            }
        }

        /** Ends the other one. */
        @TearDown
        public void finish() throws InterruptedException {
            condition.lock().lock();
            try {
                give(-1);
            } finally {
                condition.lock().unlock();
            }
            for (JvmProcess process : other) {
                process.join();
            }
            condition.close();
            turn.close();
        }
    }

    /** Four processes that meet again and again. */
    @State(Scope.Benchmark)
    public static class Rounds {
        private final Barrier barrier = Barrier.create(PROCESSES);
        /** Which round is the last one: all must agree on that, however far one is ahead of another. */
        private final SharedLong last = SharedLong.create(Long.MAX_VALUE);
        private final List<JvmProcess> others = new ArrayList<>();
        private long round;

        private static void meet(Barrier barrier, SharedLong last) throws Exception {
            for (long round = 1; round <= last.getVolatile(); round++) {
                int _ = barrier.await();
            }
        }

        /** Starts three of them. */
        @Setup
        public void start() {
            Barrier meeting = barrier;
            SharedLong number = last;
            for (int i = 1; i < PROCESSES; i++) {
                others.add(JvmProcess.start(() -> meet(meeting, number)));
            }
        }

        /** All four meet once. */
        @Benchmark
        public int barrierRound() throws Exception {
            round++;
            return barrier.await();
        }

        /** Ends the others. */
        @TearDown
        public void finish() throws Exception {
            last.setVolatile(round + 1);
            int _ = barrier.await();
            for (JvmProcess process : others) {
                process.join();
            }
            barrier.close();
            last.close();
        }
    }
}
