package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.Pool;
import io.farmhand.RemoteTaskException;
import io.farmhand.Result;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task throws comes out where it was asked for; the workers live on. */
@FarmTest
class TaskFailureTest {
    private static final int WORKERS = 2;

    private static final RemoteFunction<Object, Object> THROW_ANY = TaskFailureTest::throwAtAny;

    private static Pool pool;

    @TempDir
    Path directory;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pool.builder(), WORKERS);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    private static final class CheckedException extends Exception {
        private static final long serialVersionUID = 1;
        final int code;

        CheckedException(String message, int code) {
            super(message);
            this.code = code;
        }
    }

    private static final class OwnError extends Error {
        private static final long serialVersionUID = 1;

        OwnError(String message) {
            super(message);
        }
    }

    // ---- the exception itself ----

    @Test
    void throwsTheUncheckedExceptionOfTheFunction() {
        Throwable thrown = catchThrowable(() -> pool.map(TaskFailureTest::throwIllegalState, List.of(7)));
        assertThat(thrown).isExactlyInstanceOf(IllegalStateException.class).hasMessage("bad 7");
        assertThat(thrown.getStackTrace()[0].getMethodName()).isEqualTo("throwIllegalState");
        assertOrigin(thrown, 0, "7", IllegalStateException.class);
    }

    static int throwIllegalState(int item) {
        throw new IllegalStateException("bad " + item);
    }

    @Test
    void throwsTheCheckedExceptionOfTheFunctionWithItsFields() {
        RemoteFunction<Integer, Integer> f = item -> {
            throw new CheckedException("checked", item);
        };
        Throwable thrown = catchThrowable(() -> pool.apply(f, 42));
        assertThat(thrown).isExactlyInstanceOf(CheckedException.class).hasMessage("checked");
        assertThat(((CheckedException) thrown).code).isEqualTo(42);
        assertOrigin(thrown, 0, "42", CheckedException.class);
    }

    @Test
    void throwsTheErrorOfTheFunction() {
        RemoteFunction<String, Integer> f = item -> {
            throw new OwnError(item);
        };
        Throwable thrown = catchThrowable(() -> pool.map(f, List.of("e")));
        assertThat(thrown).isExactlyInstanceOf(OwnError.class).hasMessage("e");
        assertOrigin(thrown, 0, "\"e\"", OwnError.class);
    }

    @Test
    void keepsTheCausesAndTheSuppressedOnes() {
        RemoteFunction<Integer, Integer> f = item -> {
            IllegalStateException outer = new IllegalStateException("outer", new IOException("inner"));
            outer.addSuppressed(new ArithmeticException("beside"));
            throw outer;
        };
        Throwable thrown = catchThrowable(() -> pool.apply(f, 1));
        assertThat(thrown).hasMessage("outer").cause().isExactlyInstanceOf(IOException.class).hasMessage("inner")
                .cause().isInstanceOf(RemoteTaskException.class);
        assertThat(thrown.getSuppressed()).hasSize(1).allMatch(ArithmeticException.class::isInstance);
    }

    @Test
    void saysWhereItWasBesideAnExceptionWhoseCauseIsNullForGood() {
        RemoteFunction<Integer, Integer> f = item -> {
            throw new IllegalArgumentException("no cause", null);
        };
        Throwable thrown = catchThrowable(() -> pool.apply(f, 1));
        assertThat(thrown).isExactlyInstanceOf(IllegalArgumentException.class).hasNoCause();
        assertThat(thrown.getSuppressed()).hasSize(1);
        assertThat(thrown.getSuppressed()[0]).isInstanceOfSatisfying(RemoteTaskException.class,
                origin -> assertThat(origin.index()).isZero());
    }

    @Test
    void survivesACircleOfCauses() {
        RemoteFunction<Integer, Integer> f = item -> {
            IllegalStateException first = new IllegalStateException("first");
            IllegalStateException second = new IllegalStateException("second", first);
            first.initCause(second);
            throw first;
        };
        assertThatThrownBy(() -> pool.apply(f, 1)).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("first");
    }

    // ---- what cannot be rebuilt ----

    private static final class Unserializable extends RuntimeException {
        private static final long serialVersionUID = 1;
        @SuppressWarnings("unused")
        private final Object field = new Object();

        Unserializable(String message) {
            super(message);
        }
    }

    private static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }

        private void readObject(ObjectInputStream in) throws IOException {
            throw new InvalidObjectException("not here");
        }
    }

    private static final class Speechless extends RuntimeException {
        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("no message");
        }
    }

    @SuppressWarnings("OverrideThrowableToString") // it is what is tested
    private static final class Formless extends RuntimeException {
        private static final long serialVersionUID = 1;

        Formless(String message) {
            super(message);
        }

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    @Test
    void tellsAnExceptionThatIsNotSerializableAsText() {
        RemoteFunction<Integer, Integer> f = TaskFailureTest::throwUnserializable;
        Throwable thrown = catchThrowable(() -> pool.apply(f, 5));
        assertThat(thrown).isInstanceOfSatisfying(RemoteTaskException.class, failure -> {
            assertThat(failure).hasMessageContaining("the text").hasMessageContaining(Unserializable.class.getName());
            assertThat(failure.remoteType()).isEqualTo(Unserializable.class.getName());
            assertThat(failure.remoteStack()).contains("the text").contains("throwUnserializable");
            assertThat(failure.preview()).isEqualTo("5");
        });
    }

    static int throwUnserializable(int item) {
        throw new Unserializable("the text");
    }

    @Test
    void tellsAnExceptionThatCannotBeRebuiltAsText() {
        RemoteFunction<Integer, Integer> f = item -> {
            throw new Unreadable("the text");
        };
        Throwable thrown = catchThrowable(() -> pool.apply(f, 5));
        assertThat(thrown).isInstanceOf(RemoteTaskException.class).hasMessageContaining("the text")
                .hasMessageContaining(Unreadable.class.getName());
        assertThat(thrown.getSuppressed()).as("why it could not be rebuilt").hasSize(1);
        assertThat(thrown.getSuppressed()[0]).hasMessageContaining("not here");
    }

    @Test
    void survivesAnExceptionWhoseMessageThrows() {
        RemoteFunction<Integer, Integer> f = item -> {
            throw new Speechless();
        };
        Throwable thrown = catchThrowable(() -> pool.apply(f, 5));
        assertThat(thrown).isExactlyInstanceOf(Speechless.class);
        assertThat(thrown.getCause()).isInstanceOfSatisfying(RemoteTaskException.class,
                origin -> assertThat(origin).hasMessageContaining("getMessage"));
    }

    @Test
    void survivesAnExceptionWhoseTextThrows() {
        RemoteFunction<Integer, Integer> f = item -> {
            throw new Formless("formless");
        };
        Throwable thrown = catchThrowable(() -> pool.apply(f, 5));
        assertThat(thrown).isExactlyInstanceOf(Formless.class).hasMessage("formless");
    }

    @Test
    void cutsAnEndlessMessageShort() {
        RemoteFunction<Integer, Integer> f = item -> {
            throw new IllegalStateException("x".repeat(item));
        };
        Throwable thrown = catchThrowable(() -> pool.apply(f, 20_000_000));
        assertThat(thrown.getMessage().length()).isLessThan(1 << 20);
        assertThat(pool.map(n -> n + 1, List.of(1))).containsExactly(2);
    }

    // ---- where it was ----

    @Test
    void namesIndexPreviewWorkerAndAttempt() {
        List<String> items = IntStream.range(0, 100).mapToObj(i -> "item " + i).toList();
        Throwable thrown = catchThrowable(() -> pool.map(TaskFailureTest::throwAt63, items, 10));
        RemoteTaskException origin = assertOrigin(thrown, 63, "\"item 63\"", IllegalStateException.class);
        assertThat(origin.attempt()).isEqualTo(1);
        assertThat(origin.worker()).isBetween(0, WORKERS - 1);
        assertThat(origin).hasMessageContaining("63").hasMessageContaining("item 63")
                .hasMessageContaining("worker " + origin.worker());
        assertThat(origin.remoteStack()).contains("throwAt63");
    }

    static String throwAt63(String item) {
        if (item.endsWith("63")) {
            throw new IllegalStateException(item);
        }
        return item;
    }

    @Test
    void survivesAnItemWhoseTextThrows() {
        Throwable thrown = catchThrowable(() -> pool.apply(THROW_ANY, new Textless()));
        RemoteTaskException origin = assertOrigin(thrown, 0, null, IllegalStateException.class);
        assertThat(origin.preview()).contains("Textless");
    }

    private static final class Textless implements Serializable {
        private static final long serialVersionUID = 1;

        @Override
        public String toString() {
            throw new IllegalStateException("no text");
        }
    }

    static Object throwAtAny(Object item) {
        throw new IllegalStateException("any");
    }

    @Test
    void cutsThePreviewOfALongItemShort() {
        Throwable thrown = catchThrowable(() -> pool.apply(THROW_ANY, "y".repeat(1_000_000)));
        assertThat(assertOrigin(thrown, 0, null, IllegalStateException.class).preview().length()).isLessThan(1000);
        assertThat(String.valueOf(thrown.getCause().getMessage()).length()).isLessThan(2000);
    }

    /** Checks and returns what stands at the end of the causes. */
    private static RemoteTaskException assertOrigin(Throwable thrown, long index, @Nullable String preview,
            Class<?> type) {
        Throwable last = thrown;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        assertThat(last).isInstanceOf(RemoteTaskException.class);
        RemoteTaskException origin = (RemoteTaskException) last;
        assertThat(origin.index()).isEqualTo(index);
        assertThat(origin.remoteType()).isEqualTo(type.getName());
        if (preview != null) {
            assertThat(origin.preview()).isEqualTo(preview);
        }
        return origin;
    }

    // ---- which error, and the others ----

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void throwsTheFirstErrorByItemOrder(int chunkSize) {
        List<Integer> items = IntStream.range(0, 200).boxed().toList();
        // Item 150 fails at once, item 20 late.
        assertThatThrownBy(() -> pool.map(TaskFailureTest::throwLateAt20, items, chunkSize)).hasMessage("late 20");
        assertThatThrownBy(() -> pool.imap(TaskFailureTest::throwLateAt20, items, chunkSize).toList())
                .hasMessage("late 20");
    }

    static int throwLateAt20(int item) {
        if (item == 20) {
            Waiting.spin(30_000_000);
            throw new IllegalStateException("late 20");
        }
        if (item >= 150) {
            throw new IllegalStateException("early " + item);
        }
        return item;
    }

    @Test
    void dropsTheRestWhenItFails() throws IOException {
        SideLog log = SideLog.in(directory);
        List<Long> items = LongStream.range(0, 100_000).boxed().toList();
        assertThatThrownBy(() -> pool.map(n -> loggedUnless3(log, n), items, 1)).hasMessage("three");
        pool.map(n -> n, IntStream.range(0, 20).boxed().toList(), 1);
        assertThat(log.size()).isLessThan(50_000);
    }

    static long loggedUnless3(SideLog log, long item) {
        log.append(item);
        if (item == 3) {
            throw new IllegalStateException("three");
        }
        return item;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 9, 1000})
    void givesErrorsInTheirPlacesAndAllOtherResults(int chunkSize) {
        List<Integer> items = IntStream.range(0, 100).boxed().toList();
        List<Result<Integer>> results = Pools.all(pool.imapResults(TaskFailureTest::throwAtEveryTenth, items,
                chunkSize));
        assertThat(results).hasSize(100);
        for (int i = 0; i < 100; i++) {
            Result<Integer> result = results.get(i);
            assertThat(result.index()).isEqualTo(i);
            assertThat(result.attempts()).isEqualTo(1);
            assertThat(result.worker()).isBetween(0, WORKERS - 1);
            if (i % 10 == 0) {
                assertThat(Pools.error(result)).hasMessage("tenth " + i);
                assertThatThrownBy(result::get).isSameAs(Pools.error(result));
            } else {
                assertThat(result.get()).isEqualTo(i);
            }
        }
    }

    static int throwAtEveryTenth(int item) {
        if (item % 10 == 0) {
            throw new IllegalStateException("tenth " + item);
        }
        return item;
    }

    @Test
    void failsFuturesWithTheException() {
        Future<Object> submitted = pool.submit(() -> {
            throw new CheckedException("submitted", 1);
        });
        assertThatThrownBy(submitted::get).isInstanceOf(ExecutionException.class).cause()
                .isExactlyInstanceOf(CheckedException.class).hasMessage("submitted");
        assertThatThrownBy(pool.mapAsync(TaskFailureTest::throwAtEveryTenth, List.of(1, 20, 30))::join)
                .isInstanceOf(CompletionException.class).cause().hasMessage("tenth 20");
    }

    @Test
    void throwsFromUnorderedStreamsAndPairs() {
        assertThatThrownBy(() -> pool.imapUnordered(TaskFailureTest::throwAtEveryTenth, List.of(1, 2, 30)).toList())
                .hasMessage("tenth 30");
        Throwable thrown = catchThrowable(() -> pool.starMap((a, b) -> throwAtEveryTenth(a + b), List.of(1, 5),
                List.of(1, 5)));
        assertOrigin(thrown, 1, "5, 5", IllegalStateException.class);
    }

    @Test
    void givesEveryItemsErrorWhenAllFail() {
        List<Result<Object>> results = Pools.all(pool.imapResults(THROW_ANY,
                Collections.nCopies(500, "x"), 50));
        assertThat(results).hasSize(500).allSatisfy(result -> assertThat(Pools.error(result)).hasMessage("any"));
    }

    // ---- what a task may do to its thread ----

    @Test
    void failsOnlyTheItemThatOverflowsTheStack() {
        List<Result<Integer>> results = Pools.all(pool.imapResults(TaskFailureTest::depth, List.of(1, -1, 2), 3));
        assertThat(results.get(0).get()).isEqualTo(1);
        assertThat(Pools.error(results.get(1))).isInstanceOf(StackOverflowError.class);
        assertThat(results.get(2).get()).isEqualTo(2);
    }

    @SuppressWarnings("InfiniteRecursion")
    static int depth(int item) {
        return item == 0 ? 0 : 1 + depth(item - 1);
    }

    @Test
    void doesNotHandAnInterruptOnToTheNextItem() {
        List<Boolean> interrupted = pool.map(TaskFailureTest::interruptItself, Arrays.asList(1, 2, 3, 4), 4);
        assertThat(interrupted).containsExactly(false, false, false, false);
    }

    static boolean interruptItself(int item) {
        boolean before = Thread.currentThread().isInterrupted();
        Thread.currentThread().interrupt();
        return before;
    }

    @Test
    void throwsAnInterruptedExceptionOfATaskWithoutInterruptingTheCaller() {
        RemoteFunction<Integer, Integer> f = item -> {
            throw new InterruptedException("in the task");
        };
        assertThatThrownBy(() -> pool.apply(f, 1)).isInstanceOf(InterruptedException.class).hasMessage("in the task");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void worksOnAfterAThousandFailures() {
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> pool.map(THROW_ANY, Collections.nCopies(50, "x")))
                    .hasMessage("any");
        }
        assertThat(pool.map(n -> n + 1, List.of(1, 2, 3))).containsExactly(2, 3, 4);
        try (Stream<Integer> lazy = pool.imap(n -> n + 1, List.of(1))) {
            assertThat(lazy).containsExactly(2);
        }
    }
}
