package io.farmhand;

import static io.farmhand.Parallel.Backend.PROCESSES;
import static io.farmhand.Parallel.Backend.SEQUENTIAL;
import static io.farmhand.Parallel.Backend.THREADS;
import static io.farmhand.Parallel.Backend.VIRTUAL_THREADS;
import static io.farmhand.Parallel.Eagerly.LIST;
import static io.farmhand.Parallel.Lazily.GENERATOR;
import static io.farmhand.Parallel.Lazily.GENERATOR_UNORDERED;
import static io.farmhand.Parallel.delayed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.task.TaskContext;
import java.io.IOException;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link Parallel} does in this JVM; with processes it is tested by the system tests. */
@Timeout(30)
class ParallelTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    private static int square(int n) {
        return n * n;
    }

    private static Stream<Delayed<Integer>> squares(int count) {
        return IntStream.range(0, count).mapToObj(i -> delayed(ParallelTest::square, i));
    }

    private static List<Integer> squaresOf(int count) {
        return IntStream.range(0, count).map(i -> i * i).boxed().toList();
    }

    private static int fail(int n) throws IOException {
        throw new IOException("number " + n);
    }

    // ---- jobs ----

    @ParameterizedTest
    @CsvSource({"-1, 8, 8", "-2, 8, 7", "-8, 8, 1", "-9, 8, 1", "-100, 8, 1", "1, 8, 1", "20, 8, 20", ", 8, 1"})
    void countsJobsAsJoblibDoes(Integer jobs, int cores, int workers) {
        ParallelOptions options = new ParallelOptions(jobs, null, null, null, null, null, null);
        assertThat(options.workers(cores)).isEqualTo(workers);
    }

    @Test
    void noJobsHaveNoMeaning() {
        assertThatThrownBy(() -> Parallel.jobs(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jobs=0 has no meaning");
    }

    @Test
    void oneJobRunsInTheCallerWhateverTheBackend() {
        Thread caller = Thread.currentThread();
        for (Parallel parallel : List.of(Parallel.create(), Parallel.jobs(null), Parallel.jobs(1).backend(PROCESSES),
                Parallel.jobs(1).backend(THREADS), Parallel.jobs(4).backend(SEQUENTIAL))) {
            assertThat(parallel.run(Stream.of(delayed(Thread::currentThread)))).containsExactly(caller);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Parallel.Backend.class, names = {"THREADS", "VIRTUAL_THREADS"})
    void asManyTasksRunAtOnceAsThereAreJobs(Parallel.Backend backend) {
        CyclicBarrier together = new CyclicBarrier(3);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        List<Boolean> virtual = Parallel.jobs(3).backend(backend).run(
                Collections.nCopies(3 * 4, delayed(() -> {
                    together.await();
                    threads.add(Thread.currentThread());
                    return Thread.currentThread().isVirtual();
                })));
        assertThat(threads).hasSize(3).doesNotContain(Thread.currentThread());
        assertThat(virtual).hasSize(12).containsOnly(backend == VIRTUAL_THREADS);
    }

    // ---- results ----

    @ParameterizedTest
    @CsvSource({"THREADS, 1", "THREADS, 7", "VIRTUAL_THREADS, 1", "SEQUENTIAL, 1", "SEQUENTIAL, 7"})
    void givesResultsInTheOrderOfTheTasks(Parallel.Backend backend, int batchSize) {
        Parallel parallel = Parallel.jobs(3).backend(backend).batchSize(batchSize);
        assertThat(parallel.returnAs(LIST).run(squares(100))).isEqualTo(squaresOf(100));
        assertThat(parallel.run(squares(100).iterator())).isEqualTo(squaresOf(100));
        assertThat(parallel.run(squares(100).toList())).isEqualTo(squaresOf(100));
        assertThat(parallel.run(Stream.<Delayed<Integer>>empty())).isEmpty();
        try (Stream<Integer> results = parallel.returnAs(GENERATOR).run(squares(100))) {
            assertThat(results).containsExactlyElementsOf(squaresOf(100));
        }
        try (Stream<Integer> results = parallel.returnAs(GENERATOR_UNORDERED).run(squares(100))) {
            assertThat(results).containsExactlyInAnyOrderElementsOf(squaresOf(100));
        }
    }

    @Test
    void unorderedResultsDoNotWaitForASlowTask() {
        CountDownLatch others = new CountDownLatch(5);
        Stream<Delayed<Integer>> tasks = IntStream.range(0, 6).mapToObj(i -> delayed(() -> {
            if (i == 0) {
                others.await();
            }
            return i;
        }));
        try (Stream<Integer> results = Parallel.jobs(2).backend(THREADS).returnAs(GENERATOR_UNORDERED).run(tasks)) {
            List<Integer> read = new ArrayList<>();
            results.forEach(result -> {
                read.add(result);
                others.countDown();
            });
            assertThat(read).last().isEqualTo(0);
            assertThat(read).hasSize(6);
        }
    }

    @Test
    void resultsMayBeNull() {
        assertThat(Parallel.jobs(2).backend(THREADS)
                .run(Stream.of(Parallel.<@Nullable Object, @Nullable Object>delayed(n -> n, null)))).hasSize(1)
                .containsOnlyNulls();
    }

    // ---- the input ----

    @ParameterizedTest
    @CsvSource({"2*n_jobs, 1, 4", "all, 1, 1000", "3, 1, 3", "1, 5, 5", "n_jobs, 5, 10"})
    void pullsNoFurtherAheadOfAStreamsReaderThanPreDispatchSays(String preDispatch, int batchSize, int ahead) {
        AtomicInteger pulled = new AtomicInteger();
        Stream<Delayed<Integer>> endless = Stream.iterate(0, i -> i + 1).peek(i -> pulled.incrementAndGet())
                .limit(preDispatch.equals("all") ? 1000 : Long.MAX_VALUE)
                .map(i -> delayed(ParallelTest::square, i));
        try (Stream<Integer> results = Parallel.jobs(2).backend(THREADS).preDispatch(preDispatch).batchSize(batchSize)
                .returnAs(GENERATOR).run(endless)) {
            Iterator<Integer> reader = results.iterator();
            for (int i = 0; i < 20; i++) {
                assertThat(reader.next()).isEqualTo(i * i);
                // A batch counts until its first result is read; the stream's iterator reads one ahead.
                assertThat(pulled.get()).isLessThanOrEqualTo(i + 1 + batchSize + ahead);
            }
        }
    }

    @Test
    void anEndlessInputCanBeCutByLimit() {
        for (Parallel parallel : List.of(Parallel.jobs(3).backend(THREADS), Parallel.jobs(1))) {
            Stream<Delayed<Integer>> endless = Stream.iterate(0, i -> i + 1).map(i -> delayed(ParallelTest::square, i));
            try (Stream<Integer> results = parallel.returnAs(GENERATOR).run(endless)) {
                assertThat(results.limit(5)).containsExactly(0, 1, 4, 9, 16);
            }
        }
    }

    @Test
    void aListPullsAheadOfWhatIsDoneAndNotOfWhatWaitsForASlowTask() {
        CountDownLatch last = new CountDownLatch(1);
        List<Integer> results = Parallel.jobs(2).backend(THREADS).preDispatch(2).run(
                IntStream.range(0, 50).mapToObj(i -> delayed(() -> {
                    if (i == 0) {
                        last.await(); // which would never come if results had to leave in order
                    } else if (i == 49) {
                        last.countDown();
                    }
                    return i;
                })));
        assertThat(results).isEqualTo(IntStream.range(0, 50).boxed().toList());
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "2, 4"})
    void anInputThatFailsDoesSoAfterTheResultsBeforeIt(int jobs, int batchSize) {
        List<Integer> read = new ArrayList<>();
        Stream<Delayed<Integer>> tasks = IntStream.range(0, 9).mapToObj(i -> {
            if (i == 5) {
                throw new IllegalStateException("no more");
            }
            return delayed(ParallelTest::square, i);
        });
        try (Stream<Integer> results = Parallel.jobs(jobs).backend(THREADS).batchSize(batchSize).returnAs(GENERATOR)
                .run(tasks)) {
            assertThatThrownBy(() -> results.forEach(read::add)).hasMessage("no more");
        }
        assertThat(read).isEqualTo(squaresOf(5));
    }

    // ---- failures ----

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 1", "3, 4"})
    void aListThrowsTheFirstErrorByOrderAsItIs(int jobs, int batchSize) {
        CountDownLatch later = new CountDownLatch(jobs == 1 || batchSize > 1 ? 0 : 1);
        Stream<Delayed<Integer>> tasks = IntStream.range(0, 1000).mapToObj(i -> delayed(() -> {
            if (i == 3) {
                later.await();
                return fail(3);
            } else if (i == 4) {
                later.countDown();
                return fail(4);
            }
            return i;
        }));
        assertThatThrownBy(
                () -> Parallel.jobs(jobs).backend(THREADS).batchSize(batchSize).preDispatch("all").run(tasks))
                .isExactlyInstanceOf(IOException.class).hasMessage("number 3");
    }

    @Test
    void anErrorEndsWhatComesAfterIt() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        Stream<Delayed<Integer>> tasks = IntStream.range(0, 1000).mapToObj(i -> delayed(() -> {
            begun.incrementAndGet();
            if (i == 0) {
                running.await();
                return fail(0);
            }
            running.countDown();
            try {
                return new CountDownLatch(1).await(1, TimeUnit.MINUTES) ? 1 : 2;
            } catch (InterruptedException e) {
                assertThat(TaskContext.current().isCancelled()).isTrue();
                interrupted.countDown();
                throw e;
            }
        }));
        assertThatThrownBy(() -> Parallel.jobs(2).backend(THREADS).run(tasks)).hasMessage("number 0");
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(begun).hasValue(2);
    }

    @Test
    void unorderedResultsFailAsSoonAsATaskDoes() {
        Stream<Delayed<Integer>> tasks = IntStream.range(0, 2)
                .mapToObj(i -> delayed(() -> i == 0 ? waitForEver() : fail(i)));
        try (Stream<Integer> results = Parallel.jobs(2).backend(THREADS).returnAs(GENERATOR_UNORDERED).run(tasks)) {
            assertThatThrownBy(results::toList).hasMessage("number 1");
        }
    }

    private static int waitForEver() throws InterruptedException {
        new CountDownLatch(1).await();
        return 0;
    }

    @Test
    void closingAStreamInterruptsWhatRuns() throws InterruptedException {
        CountDownLatch began = new CountDownLatch(2);
        CountDownLatch interrupted = new CountDownLatch(2);
        Stream<Integer> results = Parallel.jobs(2).backend(THREADS).returnAs(GENERATOR)
                .run(Collections.nCopies(100, delayed(() -> {
                    began.countDown();
                    try {
                        return waitForEver();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                })));
        began.await();
        results.close();
        assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aForgottenStreamCancelsWhatRuns() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        forgetStream(interrupted);
        boolean done = false;
        for (int i = 0; i < 200 && !done; i++) {
            System.gc();
            done = interrupted.await(50, TimeUnit.MILLISECONDS);
        }
        assertThat(done).isTrue();
    }

    /** In a method of its own, whose frame does not keep it. */
    private static void forgetStream(CountDownLatch interrupted) throws InterruptedException {
        CountDownLatch began = new CountDownLatch(2);
        Stream<Integer> results = Parallel.jobs(2).backend(THREADS).returnAs(GENERATOR)
                .run(Collections.nCopies(100, delayed(() -> {
                    began.countDown();
                    try {
                        return waitForEver();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                })));
        try {
            began.await();
        } finally {
            Reference.reachabilityFence(results);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Parallel.Backend.class, names = {"THREADS", "VIRTUAL_THREADS", "SEQUENTIAL"})
    void anInterruptOfTheCallerCancelsTheRunAndStaysSet(Parallel.Backend backend) {
        CountDownLatch cancelled = new CountDownLatch(1);
        Thread caller = Thread.currentThread();
        assertThatThrownBy(() -> Parallel.jobs(2).backend(backend).run(Stream.of(delayed(() -> {
            caller.interrupt();
            try {
                return waitForEver();
            } finally {
                cancelled.countDown();
            }
        })))).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(cancelled.getCount()).isLessThanOrEqualTo(1);
    }

    @Test
    void anInterruptThatNoTaskMeetsEndsARunInTheCallerAfterTheTask() {
        List<Integer> begun = new ArrayList<>();
        assertThatThrownBy(() -> Parallel.jobs(1).run(IntStream.range(0, 4).mapToObj(i -> delayed(() -> {
            begun.add(i);
            if (i == 1) {
                Thread.currentThread().interrupt();
            }
            return i;
        })))).isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(begun).containsExactly(0, 1);
    }

    // ---- time-outs ----

    @ParameterizedTest
    @CsvSource({"1, true", "2, true", "2, false"})
    void aLateTaskFails(int jobs, boolean listens) {
        CountDownLatch release = new CountDownLatch(1);
        try {
            assertThatThrownBy(() -> Parallel.jobs(jobs).backend(THREADS).timeout(SHORT).run(
                    IntStream.range(0, 4).mapToObj(i -> delayed(() -> {
                        while (i == 2) {
                            try {
                                release.await();
                                break;
                            } catch (InterruptedException e) {
                                if (listens) {
                                    throw e;
                                }
                            }
                        }
                        return i;
                    })))).isInstanceOf(TimeoutException.class).hasMessageContaining("Item 2")
                    .hasMessageContaining("PT0.05S");
        } finally {
            release.countDown();
        }
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aLateTaskInTheCallerFailsWhateverItGives() {
        assertThatThrownBy(() -> Parallel.jobs(1).timeout(SHORT).run(Stream.of(delayed(() -> {
            try {
                return waitForEver();
            } catch (InterruptedException e) {
                return 7;
            }
        })))).isInstanceOf(TimeoutException.class);
        assertThat(Parallel.jobs(1).timeout(Duration.ofDays(1)).run(squares(3))).isEqualTo(squaresOf(3));
    }

    // ---- the context of tasks ----

    @ParameterizedTest
    @EnumSource(value = Parallel.Backend.class, names = {"THREADS", "VIRTUAL_THREADS", "SEQUENTIAL"})
    void tasksHaveAContext(Parallel.Backend backend) {
        List<Long> indices = Parallel.jobs(2).backend(backend).batchSize(3).run(
                Collections.nCopies(20, delayed(() -> {
                    TaskContext context = TaskContext.current();
                    assertThat(context.worker()).isBetween(0, 1);
                    assertThat(context.attempt()).isEqualTo(1);
                    context.state(AtomicInteger.class, AtomicInteger::new).incrementAndGet();
                    return context.index();
                })));
        assertThat(indices).isEqualTo(Stream.iterate(0L, i -> i + 1).limit(20).toList());
        assertThat(TaskContext.find()).isEmpty();
    }

    @Test
    void randomNumbersDoNotDependOnTheNumberOfJobs() {
        Delayed<Long> draw = delayed(() -> TaskContext.current().random().nextLong());
        List<Long> alone = Parallel.jobs(1).run(Collections.nCopies(50, draw));
        assertThat(alone).doesNotHaveDuplicates();
        assertThat(Parallel.jobs(4).backend(THREADS).run(Collections.nCopies(50, draw))).isEqualTo(alone);
    }

    @Test
    void aBackendThatIsNotNamedDependsOnWhatIsAround() {
        ParallelOptions unnamed = new ParallelOptions(2, null, null, null, null, null, null);
        assertThat(unnamed.backend(0)).isEqualTo(PROCESSES);
        assertThat(unnamed.backend(1)).isEqualTo(THREADS);
        assertThat(unnamed.backend(2)).isEqualTo(SEQUENTIAL);
        ParallelOptions named = new ParallelOptions(2, PROCESSES, null, null, null, null, null);
        assertThat(named.backend(2)).isEqualTo(PROCESSES);
    }

    @Test
    void nestedRunsMultiplyNoThreads() {
        Delayed<Set<Thread>> third = delayed(() -> Set.copyOf(Parallel.jobs(4).run(
                Collections.nCopies(8, delayed(Thread::currentThread)))));
        Delayed<Boolean> second = delayed(() -> third.call().size() == 1
                && Parallel.create().run(Stream.of(delayed(Thread::currentThread))).contains(Thread.currentThread()));
        Delayed<List<Boolean>> first = delayed(() -> Parallel.jobs(2).run(Collections.nCopies(4, second)));
        assertThat(Parallel.jobs(2).backend(THREADS).run(Collections.nCopies(2, first))).hasSize(2)
                .containsOnly(List.of(true, true, true, true));
    }

    // ---- scoped defaults ----

    @Test
    void scopedDefaultsNestAndEndWithTheirBlock() {
        Delayed<Thread> where = delayed(Thread::currentThread);
        Thread caller = Thread.currentThread();
        AtomicReference<Thread> elsewhere = new AtomicReference<>();
        Parallel.config(Parallel.jobs(2).backend(THREADS)).run(() -> {
            assertThat(Parallel.create().run(Stream.of(where))).doesNotContain(caller);
            // The inner block says nothing of the backend.
            boolean isVirtual = Parallel.config(Parallel.jobs(3)).call(() -> {
                CyclicBarrier three = new CyclicBarrier(3);
                return Parallel.create().run(Collections.nCopies(3, delayed(() -> {
                    three.await();
                    return Thread.currentThread().isVirtual();
                }))).contains(true);
            });
            assertThat(isVirtual).isFalse();
            assertThat(Parallel.create().run(Stream.of(where))).doesNotContain(caller);
            assertThat(Parallel.jobs(1).run(Stream.of(where))).containsExactly(caller);
            assertThatThrownBy(() -> Parallel.config(Parallel.jobs(1)).call(() -> {
                assertThat(Parallel.create().run(Stream.of(where))).containsExactly(caller);
                throw new IOException("inside");
            })).isInstanceOf(IOException.class);
            assertThat(Parallel.create().run(Stream.of(where))).doesNotContain(caller);
            // Another thread, and a task, have no part in it.
            assertThat(Parallel.create().run(Stream.of(delayed(() -> {
                elsewhere.set(Parallel.create().run(Stream.of(where)).getFirst());
                return Thread.currentThread();
            })))).containsExactly(elsewhere.get());
        });
        assertThat(Parallel.create().run(Stream.of(where))).containsExactly(caller);
    }

    // ---- arguments ----

    @Test
    @NullUnmarked
    void refusesOptionsThatCannotBe() {
        Parallel parallel = Parallel.jobs(2);
        assertThatIllegalArgumentException().isThrownBy(() -> parallel.timeout(Duration.ZERO))
                .withMessageContaining("timeout=PT0S");
        assertThatIllegalArgumentException().isThrownBy(() -> parallel.timeout(Duration.ofSeconds(-1)))
                .withMessageContaining("timeout=PT-1S");
        assertThatNullPointerException().isThrownBy(() -> parallel.timeout(null)).withMessage("timeout");
        assertThatNullPointerException().isThrownBy(() -> parallel.preDispatch(null)).withMessage("preDispatch");
        assertThatNullPointerException().isThrownBy(() -> parallel.backend(null)).withMessage("backend");
        assertThatNullPointerException().isThrownBy(() -> parallel.returnAs((Parallel.Lazily) null))
                .withMessage("order");
        assertThatNullPointerException().isThrownBy(() -> Parallel.config(null)).withMessage("defaults");
        assertThatIllegalArgumentException().isThrownBy(() -> parallel.batchSize(-1))
                .withMessageContaining("batchSize=-1");
        assertThatIllegalArgumentException().isThrownBy(() -> parallel.preDispatch(0))
                .withMessageContaining("preDispatch=0");
        assertThatIllegalArgumentException().isThrownBy(() -> parallel.verbose(-1)).withMessageContaining("verbose=-1");
    }

    @Test
    void delaysFunctionsOfNoneToThreeArguments() throws Exception {
        Delayed<Integer> none = delayed(() -> 1);
        Delayed<Integer> one = delayed(Math::abs, -2);
        Delayed<Integer> two = delayed(Math::max, 2, 3);
        Delayed<Integer> three = delayed((a, b, c) -> a + b + c, 1, 1, 2);
        Delayed<String> ofString = delayed(String::concat, "a", "b");
        assertThat(List.of(none.call(), one.call(), two.call(), three.call())).containsExactly(1, 2, 3, 4);
        assertThat(ofString.call()).isEqualTo("ab");
    }
}
