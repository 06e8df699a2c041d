package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.Result;
import io.farmhand.cli.input.Inputs;
import io.farmhand.cli.input.Words;
import io.farmhand.cli.output.Lines;
import io.farmhand.cli.output.RunRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MapRunTest {
    private final TestConsole console = new TestConsole();
    private final List<Boolean> progress = new ArrayList<>();

    private static Result<String> good(long index, String value) {
        return new Result.Success<>(index, value, 0, 1, Duration.ZERO);
    }

    private static Result<String> bad(long index) {
        return new Result.Failure<>(index, new IllegalStateException("boom"), Result.Failure.Kind.EXCEPTION, 0, 1,
                Duration.ZERO);
    }

    private MapRun.End run(List<String> items, boolean ordered, boolean quiet, Halt halt, List<Result<String>> results)
            throws IOException {
        InFlight inFlight = new InFlight(new Inputs(new Words(items)), _ -> false, () -> true,
                new ReadAhead(() -> 1, 100));
        inFlight.forEachRemaining(_ -> {});
        try (RunRecord record = new RunRecord(new Lines(console.console().output(), quiet, false), "output", null,
                false,
                (_, _) -> {})) {
            MapRun run = new MapRun(console.console(), inFlight, record, ordered, halt, progress::add);
            MapRun.End end = run.run(results.iterator());
            record.finish(true);
            assertThat(run.failed() + run.succeeded()).isEqualTo(progress.size());
            return end;
        }
    }

    @Test
    void printsResultsInTheOrderOfTheInputsAndTellsFailures() throws IOException {
        assertThat(run(List.of("a", "b\n\"b\"", "c"), true, false, Halt.NEVER,
                List.of(good(2, "C"), bad(1), good(0, "A")))).isEqualTo(MapRun.End.WHOLE);
        assertThat(progress).containsExactly(false, true, false);
        assertThat(console.output()).isEqualTo("A\nC\n");
        assertThat(console.error())
                .startsWith("farm: item 1 (\"b\\n\\\"b\\\"\") failed: java.lang.IllegalStateException: boom")
                .doesNotContain("io.farmhand.cli");
    }

    @Test
    void printsThemAsTheyComeWhereTheOrderDoesNotMatter() throws IOException {
        assertThat(run(List.of("a", "b", "c"), false, false, Halt.NEVER,
                List.of(good(2, "C"), good(1, "B"), good(0, "A")))).isEqualTo(MapRun.End.WHOLE);
        assertThat(console.output()).isEqualTo("C\nB\nA\n");
    }

    @Test
    void printsNothingForAVoidMethod() throws IOException {
        assertThat(run(List.of("a"), true, true, Halt.NEVER, List.of(good(0, "null")))).isEqualTo(MapRun.End.WHOLE);
        assertThat(console.output()).isEmpty();
    }

    @Test
    void endsAtOnceWhereItIsToBeHaltedNow() throws IOException {
        assertThat(run(List.of("a", "b", "c", "d"), true, false, new Halt.Converter().convert("now,fail=2"),
                List.of(good(0, "A"), bad(3), bad(1), good(2, "C")))).isEqualTo(MapRun.End.HALTED);
        assertThat(console.output()).isEqualTo("A\n");
        assertThat(console.error()).contains("farm: halted: failed=2 succeeded=1; what runs is killed",
                "farm: item 1 (", "farm: item 3 (");
    }

    @Test
    void finishesWhatRunsWhereItIsToBeHaltedSoon() throws IOException {
        assertThat(run(List.of("a", "b", "c"), true, false, new Halt.Converter().convert("soon,success=1"),
                List.of(good(1, "B"), good(0, "A"), good(2, "C")))).isEqualTo(MapRun.End.HALTED);
        assertThat(console.output()).isEqualTo("A\nB\nC\n");
    }

    @Test
    void failuresMakeTheStatusUpToOneHundred() {
        assertThat(IntStream.of(0, 100, 101, 1000).map(ExitStatus::ofFailures)).containsExactly(0, 100, 101, 101);
        assertThat(Stream.of("never", "now,fail=10%", "soon,done=7")).allSatisfy(new Halt.Converter()::convert);
    }
}
