package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.observe.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a log has of a call, over workers that are threads of this JVM. */
@Timeout(30)
@NullUnmarked
class CallProgressTest {
    private static final String TABLE = "Where the workers' time went:";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private FakeFarm farm;
    private Calls calls;

    @BeforeEach
    void open() {
        farm = new FakeFarm(2);
        farm.showOn(new Screen(new PrintStream(written, true, StandardCharsets.UTF_8), false));
        calls = farm.calls(CallOptions.DEFAULT.progress());
    }

    @AfterEach
    void close() {
        farm.close();
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static int odd(int x) {
        if (x % 2 == 0) {
            throw new IllegalStateException(x + " is even");
        }
        return x;
    }

    private static Input numbers(int count) {
        return Input.of(IntStream.range(0, count).boxed().toList());
    }

    @Test
    void tellsHowManyAreDoneAndHaveFailedAndWhereTheTimeWent() {
        List<Result<Integer>> results = calls.<Integer>results((Integer x) -> odd(x), numbers(10));
        assertThat(results).hasSize(10);
        assertThat(lines()).first().asString().startsWith("Done 10 of 10 (100%) | ").endsWith(" | 5 failed");
        assertThat(lines().get(1)).isEqualTo(TABLE);
        assertThat(lines()).anyMatch(line -> line.startsWith("  working"))
                .anyMatch(line -> line.equals("Items done: 10, sent again: 0"));
    }

    @Test
    void theTableIsOfTheCallAlone() {
        calls.<Integer>list((Integer x) -> x, numbers(7), 1);
        calls.<Integer>list((Integer x) -> x, numbers(8), 1);
        assertThat(lines()).filteredOn(line -> line.startsWith("Items done")).containsExactly(
                "Items done: 7, sent again: 0", "Items done: 8, sent again: 0");
        assertThat(lines()).filteredOn(line -> line.startsWith("Slow: ")).anyMatch(line -> line.contains("of call 1 "));
    }

    @Test
    void showsTheBarAloneIfThatIsWanted() {
        calls.with(CallOptions.DEFAULT.progress(Progress.BAR)).<Integer>list((Integer x) -> x, numbers(3), 1);
        assertThat(lines()).singleElement().asString().startsWith("Done 3 of 3 (100%) | ");
        calls.with(CallOptions.DEFAULT.progress().progress(Progress.NONE)).<Integer>list((Integer x) -> x, numbers(3),
                1);
        calls.with(CallOptions.DEFAULT).<Integer>list((Integer x) -> x, numbers(3), 1);
        assertThat(lines()).hasSize(1);
    }

    @Test
    void endsWithACallThatFails() {
        assertThatThrownBy(() -> calls.<Integer>list((Integer x) -> odd(x), numbers(3), 1)).hasMessage("0 is even");
        assertThat(lines()).singleElement().asString().startsWith("Done ").contains(" of 3 (").endsWith("failed");
    }

    @Test
    void countsAnInputOfUnknownLength() {
        try (Stream<Integer> results = calls.<Integer>values((Integer x) -> x,
                Input.of(IntStream.range(0, 5).boxed().toList().iterator()), 1, true)) {
            assertThat(results).containsExactly(0, 1, 2, 3, 4);
        }
        assertThat(lines()).first().asString().startsWith("Done 5 | ").endsWith(" | 0 failed");
        assertThat(lines()).filteredOn(TABLE::equals).hasSize(1);
    }

    @Test
    void knowsTheLengthOfAnInputThatIsReadFirst() {
        calls.<Integer>list((Integer x) -> x, Input.of(List.of(1, 2, 3).iterator()), 0);
        assertThat(lines()).first().asString().startsWith("Done 3 of 3 (100%) | ");
    }

    @Test
    void endsWithAStreamThatIsClosed() {
        try (Stream<Integer> results = calls.<Integer>values((Integer x) -> x,
                Input.of(Stream.iterate(0, x -> x + 1)), 1, true)) {
            assertThat(results.iterator().next()).isZero();
            assertThat(lines()).isEmpty();
        }
        assertThat(lines()).singleElement().asString().startsWith("Done ").contains("took");
    }

    @Test
    void endsWithAGatherer() {
        ByHand<Integer> call = calls.byHand(calls.bytes((Integer x) -> x, "it"), "it", true);
        call.add(1);
        call.add(2);
        call.end();
        List<Integer> results = new ArrayList<>();
        call.call().forEachRemaining(result -> results.add(result.get()));
        assertThat(results).containsExactly(1, 2);
        assertThat(lines()).first().asString().startsWith("Done 2 | ");
    }

    @Test
    void asynchronousCallsEndBeforeTheirFuture() throws Exception {
        assertThat(calls.<Integer>listAsync((Integer x) -> x, numbers(4), 1).get()).hasSize(4);
        assertThat(lines()).first().asString().startsWith("Done 4 of 4 (100%) | ");
        assertThat(lines()).contains(TABLE);
    }

    @Test
    void whatCannotBeSentHasFailed() {
        List<Result<String>> results = calls.<String>results(x -> "sent", Input.of(List.of(1, new Thread(), 2)));
        assertThat(results).hasSize(3);
        assertThat(lines()).first().asString().startsWith("Done 3 of 3 (100%) | ").endsWith(" | 1 failed");
    }

    @Test
    void callsOfOneItemShowNothing() throws Exception {
        assertThat(calls.<Integer, Integer>single(x -> x, 1)).isEqualTo(1);
        assertThat(calls.submit(() -> 1).get()).isEqualTo(1);
        assertThat(lines()).isEmpty();
    }

    @Test
    void poolsAreSharedByWhatTheyShow() {
        assertThat(Set.of(CallOptions.DEFAULT.key(), CallOptions.DEFAULT.progress().key(),
                CallOptions.DEFAULT.progress(Progress.BAR).key())).hasSize(3);
    }
}
