package io.farmhand.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.Result;
import java.time.Duration;
import java.util.Iterator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MapRunTest {
    private final TestConsole console = new TestConsole();

    @Test
    void printsResultsAndTellsFailures() {
        InFlight inputs = pulled(Stream.of("a", "b\n\"b\"", "c"));
        int status = new MapRun(console.console(), inputs, false).run(Stream.<Result<String>>of(
                new Result.Success<>(0, "A", 0, 1, Duration.ZERO),
                new Result.Failure<>(1, new IllegalStateException("boom"), Result.Failure.Kind.EXCEPTION, 0, 1,
                        Duration.ZERO),
                new Result.Success<>(2, "C", 0, 1, Duration.ZERO)).iterator());
        assertThat(status).isEqualTo(1);
        assertThat(console.output()).isEqualTo("A\nC\n");
        assertThat(console.error())
                .startsWith("farm: item 1 (\"b\\n\\\"b\\\"\") failed: java.lang.IllegalStateException: boom")
                .doesNotContain("io.farmhand.cli");
    }

    @Test
    void printsNothingForAVoidMethod() {
        InFlight inputs = pulled(Stream.of("a"));
        Iterator<Result<String>> results = Stream
                .<Result<String>>of(new Result.Success<>(0, "null", 0, 1, Duration.ZERO)).iterator();
        assertThat(new MapRun(console.console(), inputs, true).run(results)).isZero();
        assertThat(console.output()).isEmpty();
    }

    @Test
    void countsFailuresInItsStatusUpToOneHundred() {
        assertThat(statusOf(100)).isEqualTo(100);
        assertThat(statusOf(101)).isEqualTo(101);
        assertThat(statusOf(1000)).isEqualTo(101);
    }

    private int statusOf(int failures) {
        InFlight inputs = pulled(IntStream.range(0, failures).mapToObj(Integer::toString));
        Stream<Result<String>> results = IntStream.range(0, failures)
                .mapToObj(i -> new Result.Failure<>(i, new IllegalStateException("boom"), Result.Failure.Kind.EXCEPTION,
                        0, 1, Duration.ZERO));
        return new MapRun(console.console(), inputs, false).run(results.iterator());
    }

    private static InFlight pulled(Stream<String> items) {
        InFlight inFlight = new InFlight(items.iterator());
        inFlight.forEachRemaining(item -> {});
        return inFlight;
    }
}
