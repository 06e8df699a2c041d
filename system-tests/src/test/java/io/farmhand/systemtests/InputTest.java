package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.task.RemoteFunction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs are the user's code: they throw, block and call the pool. */
@FarmTest
class InputTest {
    private static final int LENGTH = 300;
    private static final List<Integer> ALL = IntStream.range(0, LENGTH).boxed().toList();

    private static Pool pool;

    @BeforeAll
    static void makePool() {
        pool = Pool.create(2);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @AfterEach
    void poolIsUsable() {
        assertThat(pool.map(n -> n + 1, List.of(1, 2, 3))).containsExactly(2, 3, 4);
    }

    /** What inputs throw here. */
    private static final class InputBrokenException extends RuntimeException {
        private static final long serialVersionUID = 1;

        InputBrokenException() {
            super("the input broke");
        }
    }

    /** An input that throws in the place of one item, by {@code hasNext} or by {@code next}. */
    record Broken(int place, boolean inHasNext, RuntimeException exception) implements Iterable<Integer> {
        @Override
        public Iterator<Integer> iterator() {
            return new Iterator<>() {
                private int index;

                @Override
                public boolean hasNext() {
                    if (inHasNext && index == place) {
                        throw exception;
                    }
                    return index <= place;
                }

                @Override
                public Integer next() {
                    if (index == place) {
                        throw exception;
                    }
                    return index++;
                }
            };
        }
    }

    static Collection<Broken> broken() {
        List<Broken> inputs = new ArrayList<>();
        for (int place : List.of(0, 1, LENGTH / 2, LENGTH)) {
            inputs.add(new Broken(place, true, new InputBrokenException()));
            inputs.add(new Broken(place, false, new InputBrokenException()));
        }
        return inputs;
    }

    @ParameterizedTest
    @MethodSource("broken")
    void throwsOutOfAMapWhatItsInputThrew(Broken input) {
        assertThat(catchThrowable(() -> pool.map(n -> n, input))).isSameAs(input.exception());
        for (int chunkSize : List.of(1, 7, 1_000)) {
            assertThat(catchThrowable(() -> pool.map(n -> n, input, chunkSize))).isSameAs(input.exception());
        }
        assertThat(catchThrowable(() -> pool.starMap((a, b) -> a + b, input, ALL))).isSameAs(
                input.place() == LENGTH && !input.inHasNext() ? null : input.exception());
        assertThat(catchThrowable(() -> pool.starMap((a, b) -> a + b, new Endless(), input, 7)))
                .isSameAs(input.exception());
    }

    /** An input without an end. */
    private static final class Endless implements Iterable<Integer> {
        @Override
        public Iterator<Integer> iterator() {
            return Stream.iterate(0, n -> n + 1).iterator();
        }
    }

    @ParameterizedTest
    @MethodSource("broken")
    void failsAnAsynchronousMapWithWhatItsInputThrew(Broken input) throws Exception {
        for (var future : List.of(pool.mapAsync(n -> n, input), pool.mapAsync(n -> n, input, 7))) {
            Throwable thrown = catchThrowable(future::get);
            assertThat(thrown).isInstanceOf(ExecutionException.class);
            assertThat(thrown.getCause()).isSameAs(input.exception());
        }
    }

    @ParameterizedTest
    @MethodSource("broken")
    void yieldsAllResultsBeforeWhatTheInputThrew(Broken input) {
        List<Integer> before = ALL.subList(0, input.place());
        for (int chunkSize : List.of(1, 7, 1_000)) {
            try (Stream<Integer> results = pool.imap(n -> n, input, chunkSize)) {
                List<Integer> yielded = new ArrayList<>();
                assertThat(catchThrowable(() -> results.forEachOrdered(yielded::add))).isSameAs(input.exception());
                assertThat(yielded).isEqualTo(before);
            }
            try (Stream<Result<Integer>> results = pool.imapResults(n -> n, input, chunkSize)) {
                List<Integer> yielded = new ArrayList<>();
                assertThat(catchThrowable(() -> results.forEachOrdered(result -> yielded.add(result.get()))))
                        .isSameAs(input.exception());
                assertThat(yielded).isEqualTo(before);
            }
            try (Stream<Integer> results = pool.imapUnordered(n -> n, input, chunkSize)) {
                List<Integer> yielded = new ArrayList<>();
                assertThat(catchThrowable(() -> results.forEachOrdered(yielded::add))).isSameAs(input.exception());
                assertThat(yielded).containsExactlyInAnyOrderElementsOf(before);
            }
        }
    }

    @Test
    void throwsWhatAnIterableThrowsWhenItIsOpened() {
        InputBrokenException exception = new InputBrokenException();
        Iterable<Integer> input = () -> {
            throw exception;
        };
        assertThat(catchThrowable(() -> pool.map(n -> n, input))).isSameAs(exception);
        assertThat(catchThrowable(() -> {
            try (Stream<Integer> results = pool.imap(n -> n, input)) {
                results.forEach(n -> {});
            }
        })).isSameAs(exception);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void yieldsResultsWhileTheInputBlocks(boolean ordered) throws Exception {
        BlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        Stream<Integer> input = Stream.generate(() -> take(queue));
        try (Stream<Integer> results = ordered
                ? pool.imap(n -> n + 1, input)
                : pool.imapUnordered(n -> n + 1, input)) {
            Iterator<Integer> reader = results.iterator();
            int ball = 0;
            for (int round = 0; round < 100; round++) {
                queue.put(ball);
                ball = reader.next();
                assertThat(ball).isEqualTo(round + 1);
            }
        }
    }

    private static int take(BlockingQueue<Integer> queue) {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoSuchElementException("the stream was closed");
        }
    }

    @Test
    void letsAnInputCallThePool() throws Exception {
        List<Integer> expected = IntStream.range(0, 50).map(n -> n * n + 1).boxed().toList();
        assertThat(pool.map(n -> n + 1, nested())).isEqualTo(expected);
        assertThat(pool.map(n -> n + 1, nested(), 3)).isEqualTo(expected);
        assertThat(pool.mapAsync(n -> n + 1, nested(), 3).get()).isEqualTo(expected);
        try (Stream<Integer> results = pool.imap(n -> n + 1, nested())) {
            assertThat(results.toList()).isEqualTo(expected);
        }
    }

    /** Squares, each from a map of its own. */
    private static Iterator<Integer> nested() {
        return IntStream.range(0, 50).mapToObj(n -> pool.map(m -> m * m, List.of(n)).getFirst()).iterator();
    }

    @Test
    void findsAnEmptyInputDoneAtOnce() {
        assertThat(pool.map(n -> n, List.of())).isEmpty();
        assertThat(pool.map(n -> n, List.of().iterator(), 5)).isEmpty();
        assertThat(pool.mapAsync(n -> n, List.of()).join()).isEmpty();
        assertThat(pool.imap(n -> n, List.of()).toList()).isEmpty();
        assertThat(pool.imapUnordered(n -> n, Stream.of()).toList()).isEmpty();
        assertThat(pool.starMap((a, b) -> a, List.of(), List.of())).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway")
    void sendsNullItemsAsTheyAre() {
        List<Integer> items = new ArrayList<>(ALL.subList(0, 10));
        items.set(3, null);
        assertThat(pool.map(n -> n == null ? -1 : n, items)).containsExactly(0, 1, 2, -1, 4, 5, 6, 7, 8, 9);
    }

    @TestFactory
    @SuppressWarnings("NullAway") // that is what it is about
    Stream<DynamicTest> refusesWhatIsNullByItsName() {
        RemoteFunction<Integer, Integer> function = n -> n;
        RemoteFunction<Integer, Integer> none = null;
        return Stream.of(
                refusal("function of map", "function", () -> pool.map(none, ALL)),
                refusal("function of mapAsync", "function", () -> pool.mapAsync(none, ALL)),
                refusal("function of imap", "function", () -> pool.imap(none, ALL)),
                refusal("function of starMap", "function", () -> pool.starMap(null, ALL, ALL)),
                refusal("function of apply", "function", () -> pool.apply(none, 1)),
                refusal("task of submit", "task", () -> pool.submit(null)),
                refusal("Iterable of map", "items", () -> pool.map(function, (Iterable<Integer>) null)),
                refusal("array of map", "items", () -> pool.map(function, (Integer[]) null)),
                refusal("Iterator of map", "items", () -> pool.map(function, (Iterator<Integer>) null)),
                refusal("Stream of map", "items", () -> pool.map(function, (Stream<Integer>) null)),
                refusal("Iterable of imap", "items", () -> pool.imap(function, (Iterable<Integer>) null)),
                refusal("Iterator of imap", "items", () -> pool.imap(function, (Iterator<Integer>) null)),
                refusal("Iterator of mapAsync", "items", () -> pool.mapAsync(function, (Iterator<Integer>) null)),
                refusal("first input of starMap", "first",
                        () -> pool.starMap((a, b) -> b, (Iterable<Integer>) null, ALL)),
                refusal("second input of starMap", "second",
                        () -> pool.starMap((a, b) -> a, ALL, (Iterable<Integer>) null)));
    }

    private static DynamicTest refusal(String what, String name, ThrowingCallable call) {
        return DynamicTest.dynamicTest(what, () -> assertThatExceptionOfType(NullPointerException.class)
                .isThrownBy(call).withMessageContaining(name));
    }
}
