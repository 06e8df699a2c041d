package io.farmhand.bench;

import io.farmhand.backend.ItemTimes;
import io.farmhand.internal.gather.Gather;
import io.farmhand.internal.gather.OrderedGather;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.UnorderedGather;
import io.farmhand.internal.gather.Window;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Results of chunks of one item put in the order in which they come, and taken: what each costs, without a wait. */
@State(Scope.Benchmark)
public class GatherBenchmark {
    private static final int RUNS = 1000;
    private static final int SEED = 5;

    /** Among how many neighbours the order in which results come is random: what many workers make of it. */
    @Param({"1", "8", "512"})
    public int shuffled;

    private final List<Run> runs = new ArrayList<>();

    /** Makes the results. */
    @Setup
    public void prepare() {
        Random random = new Random(SEED);
        for (int i = 0; i < RUNS; i++) {
            runs.add(new Run.Outcomes(i, 1, ByteBuffer.allocate(0), 0, 1, ItemTimes.NONE));
        }
        for (int from = 0; from < RUNS; from += shuffled) {
            Collections.shuffle(runs.subList(from, Math.min(RUNS, from + shuffled)), random);
        }
    }

    /** For each result, delivered in the order of the items. */
    @Benchmark
    @OperationsPerInvocation(RUNS)
    public void ordered(Blackhole taken) throws InterruptedException {
        drain(new OrderedGather(window()), taken);
    }

    /** For each result, delivered as it comes. */
    @Benchmark
    @OperationsPerInvocation(RUNS)
    public void unordered(Blackhole taken) throws InterruptedException {
        drain(new UnorderedGather(window()), taken);
    }

    private static Window window() {
        return new Window(RUNS, RUNS, Long.MAX_VALUE, false);
    }

    private void drain(Gather gather, Blackhole taken) throws InterruptedException {
        for (int i = 0; i < RUNS; i++) {
            gather.opened(1, 0);
        }
        for (Run run : runs) {
            gather.put(run);
            gather.adjust(-1, -1, 0);
        }
        for (int i = 0; i < RUNS; i++) {
            taken.consume(gather.take());
        }
        gather.end(null);
    }
}
