package io.farmhand;

import static io.farmhand.Parallel.delayed;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The lines of joblib 1.2; the expected ones are what its source prints for the same events. */
class ParallelReportTest {
    private final StringBuilder printed = new StringBuilder();
    private final AtomicLong clock = new AtomicLong();

    private ParallelReport report(int verbose, @Nullable Integer jobs, long preDispatched) {
        return new ParallelReport(verbose, jobs, new ParallelReport.Console(printed, clock::get), preDispatched);
    }

    private void pass(double seconds) {
        clock.addAndGet((long) (seconds * 1e9));
    }

    private List<String> lines() {
        return printed.toString().lines().toList();
    }

    @Test
    void printsJoblibsLines() {
        ParallelReport report = report(11, 2, 4);
        report.started("THREADS", 2);
        for (int i = 0; i < 4; i++) {
            report.dispatched(1);
        }
        pass(1.24);
        report.completed(1);
        report.dispatched(1);
        report.exhausted();
        pass(0.1);
        report.completed(1);
        report.completed(1);
        report.completed(1);
        pass(60);
        report.completed(1);
        assertThat(lines()).containsExactly("[Parallel(n_jobs=2)]: Using backend THREADS with 2 concurrent workers.",
                "[Parallel(n_jobs=2)]: Done   1 tasks      | elapsed:    1.2s",
                "[Parallel(n_jobs=2)]: Done   2 out of   5 | elapsed:    1.3s remaining:    2.0s",
                "[Parallel(n_jobs=2)]: Done   3 out of   5 | elapsed:    1.3s remaining:    0.9s",
                "[Parallel(n_jobs=2)]: Done   5 out of   5 | elapsed:  1.0min remaining:    0.0s",
                "[Parallel(n_jobs=2)]: Done   5 out of   5 | elapsed:  1.0min finished");
    }

    @Test
    void countsTasksWhileMoreMayCome() {
        ParallelReport report = report(100, -1, 4);
        report.dispatched(2);
        report.completed(2);
        assertThat(lines()).containsExactly("[Parallel(n_jobs=-1)]: Done   2 tasks      | elapsed:    0.0s");
    }

    @Test
    void linesComeEverMoreRarelyByVerbosity() {
        // The batches after which _verbosity_filter of joblib lets a line through.
        assertThat(shown(1)).containsExactly(0, 49);
        assertThat(shown(5)).containsExactly(0, 17, 71);
        assertThat(shown(10)).startsWith(0, 1, 4, 7, 12, 17, 24, 31).hasSize(14);
        assertThat(shown(11)).hasSize(100);
        assertThat(shown(0)).isEmpty();
    }

    private static List<Integer> shown(int verbose) {
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            if (!ParallelReport.isFiltered(i, verbose)) {
                shown.add(i);
            }
        }
        return shown;
    }

    @Test
    void saysNothingUnlessAsked() {
        ParallelReport report = report(0, 2, 4);
        report.started("THREADS", 2);
        report.dispatched(1);
        report.completed(1);
        report.exhausted();
        report.batchResized(1, 2);
        report.advise("be quick");
        assertThat(printed).isEmpty();
    }

    @Test
    void tellsOfBatchSizesAndAdvice() {
        report(9, 2, 4).batchResized(12_500_000, 2);
        ParallelReport report = report(10, 2, 4);
        report.batchResized(12_500_000, 2);
        report.batchResized(2_500_000_000L, 1);
        report.advise("Shipping is dear.");
        assertThat(lines()).containsExactly(
                "[Parallel(n_jobs=2)]: Batch computation too fast (0.0125s.) Setting batch_size=2.",
                "[Parallel(n_jobs=2)]: Batch computation too slow (2.5s.) Setting batch_size=1.",
                "[Parallel(n_jobs=2)]: Shipping is dear.");
    }

    @Test
    void aRunPrintsItsBeginAndItsEndOnce() {
        List<Integer> results = Parallel.jobs(2).backend(Parallel.Backend.THREADS).verbose(1)
                .printingTo(printed, clock::get).run(tasks(10));
        assertThat(results).hasSize(10);
        assertThat(lines()).startsWith("[Parallel(n_jobs=2)]: Using backend THREADS with 2 concurrent workers.")
                .endsWith("[Parallel(n_jobs=2)]: Done  10 out of  10 | elapsed:    0.0s finished");
        assertThat(lines()).filteredOn(line -> line.endsWith("finished")).hasSize(1);
    }

    @Test
    void aRunInTheCallerKnowsOfNoTaskToCome() {
        List<Integer> results = Parallel.create().verbose(100).printingTo(printed, clock::get).run(tasks(2));
        assertThat(results).hasSize(2);
        assertThat(lines()).containsExactly("[Parallel(n_jobs=1)]: Using backend SEQUENTIAL with 1 concurrent workers.",
                "[Parallel(n_jobs=1)]: Done   1 out of   1 | elapsed:    0.0s remaining:    0.0s",
                "[Parallel(n_jobs=1)]: Done   2 out of   2 | elapsed:    0.0s remaining:    0.0s",
                "[Parallel(n_jobs=1)]: Done   2 out of   2 | elapsed:    0.0s finished");
    }

    private static Stream<Delayed<Integer>> tasks(int count) {
        return IntStream.range(0, count).boxed().map(i -> delayed(Math::abs, i));
    }
}
