package io.farmhand.systemtests;

import static io.farmhand.Parallel.Lazily.GENERATOR;
import static io.farmhand.Parallel.Lazily.GENERATOR_UNORDERED;
import static io.farmhand.Parallel.delayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.Delayed;
import io.farmhand.Parallel;
import io.farmhand.Pool;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A {@link Parallel} whose tasks run in processes; what needs none is tested beside it. */
@FarmTest
class ParallelTest {
    @AfterEach
    void endSharedPool() {
        Pool.shared(2).shutdownNow();
    }

    private static int square(int n) throws IOException {
        if (n < 0) {
            throw new IOException("number " + n);
        }
        return n * n;
    }

    private static Delayed<Integer> squareOf(int n) {
        return delayed(ParallelTest::square, n);
    }

    @Test
    void runsTasksInProcessesInOrder() {
        int factor = 3; // captured
        Stream<Delayed<Integer>> mixed = IntStream.range(0, 30).mapToObj(
                i -> i % 3 == 0 ? squareOf(i) : i % 3 == 1 ? delayed(Math::max, i, 0) : delayed(() -> factor * i));
        List<Integer> expected = IntStream.range(0, 30).map(i -> i % 3 == 0 ? i * i : i % 3 == 1 ? i : factor * i)
                .boxed().toList();
        assertThat(Parallel.jobs(2).run(mixed)).isEqualTo(expected);
        assertThat(Parallel.jobs(2).run(Collections.nCopies(20, delayed(Pools::pid, 0))))
                .doesNotContain(ProcessHandle.current().pid());
    }

    @Test
    void anEndlessInputIsPulledNoFurtherThanPreDispatchSays() {
        AtomicInteger pulled = new AtomicInteger();
        Stream<Delayed<Integer>> endless = Stream.iterate(0, i -> i + 1).peek(i -> pulled.incrementAndGet())
                .map(ParallelTest::squareOf);
        try (Stream<Integer> results = Parallel.jobs(2).preDispatch("2*n_jobs").batchSize(1).returnAs(GENERATOR)
                .run(endless)) {
            assertThat(results.limit(5)).containsExactly(0, 1, 4, 9, 16);
        }
        assertThat(pulled.get()).isBetween(5, 5 + 1 + 4);
    }

    @Test
    void theFirstErrorComesOutAsItIsAndTheNextRunSucceeds() {
        assertThatThrownBy(() -> Parallel.jobs(2).run(Stream.of(1, -2, -3, 4).map(ParallelTest::squareOf)))
                .isExactlyInstanceOf(IOException.class).hasMessage("number -2");
        try (Stream<Integer> results = Parallel.jobs(2).returnAs(GENERATOR_UNORDERED)
                .run(Stream.of(1, 2, 3).map(ParallelTest::squareOf))) {
            assertThat(results).containsExactlyInAnyOrder(1, 4, 9);
        }
    }

    @Test
    void nestedRunsStayInTheirWorker() {
        Delayed<Boolean> nested = delayed(() -> {
            long here = ProcessHandle.current().pid();
            return Set.copyOf(Parallel.jobs(2).run(Collections.nCopies(4, delayed(Pools::pid, 0))))
                    .equals(Set.of(here));
        });
        assertThat(Parallel.jobs(2).run(Collections.nCopies(4, nested))).containsOnly(true);
    }
}
