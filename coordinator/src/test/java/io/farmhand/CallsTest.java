package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.Result.Failure.Kind;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Gatherer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls over workers that are threads of this JVM, so that functions and tests share static fields. */
@Timeout(30)
@NullUnmarked
class CallsTest {
    private static final int WORKERS = 2;
    private static final Set<Object> BEGUN = ConcurrentHashMap.newKeySet();
    private static final Set<Object> INTERRUPTED = ConcurrentHashMap.newKeySet();
    private static volatile CountDownLatch gate = new CountDownLatch(1);

    private FakeFarm farm;
    private Calls calls;

    @BeforeEach
    void open() {
        BEGUN.clear();
        INTERRUPTED.clear();
        gate = new CountDownLatch(1);
        farm = new FakeFarm(WORKERS);
        calls = farm.calls(CallOptions.DEFAULT);
    }

    @AfterEach
    void close() {
        farm.close();
    }

    private static <T> T waits(T item) throws InterruptedException {
        BEGUN.add(item);
        try {
            gate.await();
        } catch (InterruptedException e) {
            INTERRUPTED.add(item);
            throw e;
        }
        return item;
    }

    @Test
    void speaksOfATaskWithoutAnArgumentAsATaskAndNotOfAnItem() {
        assertThatThrownBy(() -> calls.submit(() -> failsAtThree(3)).get()).rootCause()
                .hasMessageStartingWith("The task failed on worker ")
                .isInstanceOfSatisfying(RemoteTaskException.class, origin -> assertThat(origin.preview()).isEmpty());
        assertThatThrownBy(() -> calls.single(CallsTest::failsAtThree, 3)).rootCause()
                .hasMessageStartingWith("Item 0 (");
    }

    private static int failsAtThree(int item) throws IOException {
        BEGUN.add(item);
        if (item == 3) {
            throw new IOException("boom " + item);
        }
        return item;
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    // ---- lists ----

    @Test
    void mapsInOrderWithAnyChunkSizing() {
        for (ChunkSizing sizing : List.of(ChunkSizing.standard(), ChunkSizing.adaptive(), ChunkSizing.fixed(7))) {
            Calls sized = calls.with(CallOptions.DEFAULT.chunkSizing(sizing).maxInFlight(50));
            assertThat(sized.<Integer>list((Integer n) -> n + 1, Input.of(upTo(1000)), 0))
                    .isEqualTo(IntStream.rangeClosed(1, 1000).boxed().toList());
        }
    }

    @Test
    void mapThrowsTheFirstErrorAndMapResultsGivesAll() {
        RemoteFunction<Integer, Integer> f = CallsTest::failsAtThree;
        assertThatThrownBy(() -> calls.list(f, Input.of(upTo(10)), 1)).isInstanceOf(IOException.class)
                .hasRootCauseInstanceOf(RemoteTaskException.class);
        List<Result<Integer>> results = calls.results(f, Input.of(upTo(10)));
        assertThat(results).hasSize(10).element(3).isInstanceOfSatisfying(Result.Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.EXCEPTION);
            assertThat(failure.error()).isInstanceOf(IOException.class);
        });
        assertThat(results).element(9).isInstanceOf(Result.Success.class);
        assertThat(results.get(9).taken()).isPositive();
    }

    @Test
    void mapResultsGivesWhatCannotBeSentAsAFailure() {
        List<Object> items = List.of(1, new Object(), 3);
        assertThat(calls.<Object>results(item -> item, Input.of(items))).element(1)
                .isInstanceOfSatisfying(Result.Failure.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.SERIALIZATION));
    }

    @Test
    void mapResultsOfAPoolThatIsShutDownTellsWhichItemsHaveNoOutcome() throws Exception {
        CompletableFuture<List<Result<Integer>>> results = new CompletableFuture<>();
        RemoteFunction<Integer, Integer> f = n -> n == 0 ? waits(n) : failsAtThree(n);
        Thread.ofVirtual().start(() -> {
            try {
                results.complete(calls.with(CallOptions.DEFAULT.chunkSizing(ChunkSizing.fixed(1))).results(f,
                        Input.of(upTo(6))));
            } catch (Throwable e) {
                results.completeExceptionally(e);
            }
        });
        await().until(() -> BEGUN.size() == 6);
        farm.shutdownNow();
        List<Result<Integer>> all = results.get();
        assertThat(all).hasSize(6);
        assertThat(all.getFirst()).isInstanceOfSatisfying(Result.Failure.class, failure -> {
            assertThat(failure.kind()).isEqualTo(Kind.CANCELLED);
            assertThat(failure.error()).isInstanceOf(PoolClosedException.class);
        });
        assertThat(all.get(1)).isInstanceOf(Result.Success.class);
        assertThatThrownBy(() -> calls.results(f, Input.of(upTo(6)))).isInstanceOf(PoolClosedException.class);
    }

    @Test
    void cancellingAFutureStopsWhatRuns() {
        CompletableFuture<String> future = calls.submit(() -> waits("submitted"));
        await().until(() -> BEGUN.contains("submitted"));
        future.cancel(false);
        await().until(() -> INTERRUPTED.contains("submitted"));
    }

    @Test
    void aFutureThatRunsIntoItsTimeoutStopsWhatRuns() {
        CompletableFuture<String> future = calls.submit(() -> waits("too long"));
        await().until(() -> BEGUN.contains("too long"));
        assertThatThrownBy(() -> future.orTimeout(1, TimeUnit.MILLISECONDS).join())
                .hasCauseInstanceOf(TimeoutException.class);
        await().until(() -> INTERRUPTED.contains("too long"));
    }

    @Test
    void anItemThatCannotBeSentEndsACallThatFailsFast() {
        AtomicLong pulled = new AtomicLong();
        Iterator<Object> endless = Stream.iterate(0, n -> n + 1).peek(n -> pulled.incrementAndGet())
                .map(n -> n == 5 ? new Object() : (Object) n).iterator();
        try (Stream<Object> stream = calls.values((Object n) -> n, Input.of(endless), 1, true)) {
            assertThatThrownBy(stream::toList).isInstanceOf(TaskSerializationException.class);
        }
        assertThat(pulled).hasValue(6);
    }

    // ---- lazy streams ----

    @Test
    void readsAnEndlessInputLazily() {
        AtomicLong pulled = new AtomicLong();
        Iterator<Long> endless = LongStream.iterate(0, n -> n + 1).peek(n -> pulled.incrementAndGet()).iterator();
        Calls bounded = calls.with(CallOptions.DEFAULT.maxInFlight(20));
        try (Stream<Long> stream = bounded.values((Long n) -> n * n, Input.of(endless), 0, true)) {
            assertThat(stream.limit(100)).hasSize(100).endsWith(99L * 99);
        }
        assertThat(pulled.get()).isLessThan(100 + 20 + 3);
    }

    @Test
    void aLazyStreamThatThrowsHasCancelledItsJob() {
        Iterator<Integer> endless = IntStream.iterate(0, n -> n + 1).iterator();
        Stream<Integer> stream = calls.values(
                (Integer n) -> n == 5 ? failsAtThree(3) : n > 5 ? waits(n) : n, Input.of(endless), 1, true);
        assertThatThrownBy(stream::toList).isInstanceOf(IOException.class);
        await().until(() -> INTERRUPTED.containsAll(without(BEGUN, 3)));
    }

    private static List<Object> without(Set<Object> items, Object item) {
        List<Object> others = new ArrayList<>(items);
        others.remove(item);
        return others;
    }

    @Test
    @SuppressWarnings("StreamResourceLeak") // that is the test
    void anAbandonedStreamIsCancelled() {
        Iterator<Integer> endless = IntStream.iterate(0, n -> n + 1).iterator();
        abandon(endless);
        await().until(() -> {
            System.gc();
            return !INTERRUPTED.isEmpty();
        });
    }

    @SuppressWarnings("StreamResourceLeak")
    private void abandon(Iterator<Integer> endless) {
        Stream<Integer> stream = calls.values((Integer n) -> n < 4 ? n : waits(n), Input.of(endless), 1, true);
        Iterator<Integer> results = stream.iterator();
        assertThat(results.next()).isZero();
        await().until(() -> BEGUN.contains(4));
    }

    // ---- gatherers ----

    private <T, R> Gatherer<T, ?, R> mapping(CallOptions options, RemoteFunction<T, R> f, boolean ordered) {
        Calls chosen = calls.with(options);
        return PoolGatherer.<T, R, R>of(() -> chosen.byHand(chosen.bytes(f, f), f, ordered),
                (value, downstream) -> downstream.push(value));
    }

    @Test
    void gathersInOrderWithAnyChunkSizing() {
        for (ChunkSizing sizing : List.of(ChunkSizing.standard(), ChunkSizing.adaptive(), ChunkSizing.fixed(7))) {
            CallOptions options = CallOptions.DEFAULT.chunkSizing(sizing);
            assertThat(upTo(1000).stream().gather(mapping(options, (Integer n) -> n + 1, true)).toList())
                    .isEqualTo(IntStream.rangeClosed(1, 1000).boxed().toList());
            assertThat(upTo(1000).stream().gather(mapping(options, (Integer n) -> n + 1, false)).toList())
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 1000).boxed().toList());
        }
        assertThat(Stream.<Integer>empty().gather(mapping(CallOptions.DEFAULT, (Integer n) -> n, true))).isEmpty();
    }

    @Test
    void gathersFromAnEndlessStreamAndStopsWhenNoMoreIsWanted() {
        AtomicLong pulled = new AtomicLong();
        RemoteFunction<Integer, Integer> f = n -> n < 5 ? n : waits(n);
        assertThat(Stream.iterate(0, n -> n + 1).peek(n -> pulled.incrementAndGet())
                .gather(mapping(CallOptions.DEFAULT.maxInFlight(10), f, true)).limit(5).toList())
                .containsExactly(0, 1, 2, 3, 4);
        assertThat(pulled.get()).isLessThanOrEqualTo(16);
        await().until(() -> INTERRUPTED.containsAll(BEGUN));
    }

    @Test
    void aGatheredFailureIsThrownAndEndsTheJob() {
        RemoteFunction<Integer, Integer> f = CallsTest::failsAtThree;
        assertThatThrownBy(() -> Stream.iterate(0, n -> n + 1)
                .gather(mapping(CallOptions.DEFAULT.maxInFlight(10), f, true)).toList())
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Stream.<Object>of(1, new Object(), 2)
                .gather(mapping(CallOptions.DEFAULT, (Object n) -> n, true)).toList())
                .isInstanceOf(TaskSerializationException.class);
    }

    @Test
    void gathersPastAnItemInTheMiddleOfAChunk() {
        CallOptions options = CallOptions.DEFAULT.chunkSizing(ChunkSizing.fixed(4));
        List<Object> passed = new ArrayList<>();
        assertThatThrownBy(() -> Stream.<Object>of(0, 1, new Object(), 3, 4)
                .gather(mapping(options, (Object n) -> n, true)).forEach(passed::add))
                .isInstanceOf(TaskSerializationException.class);
        assertThat(passed).containsExactly(0, 1);
    }

    // ---- the executor ----

    private ExecutorService executor() {
        return new FarmExecutor(() -> false, calls);
    }

    @Test
    void runsTasksOfEveryShape() throws Exception {
        try (ExecutorService executor = executor()) {
            assertThat(executor.submit((RemoteCallable<Integer>) () -> 7).get()).isEqualTo(7);
            assertThat(executor.submit((Runnable & Serializable) () -> BEGUN.add("run"), "done").get())
                    .isEqualTo("done");
            assertThat(BEGUN).contains("run");
            executor.execute((Runnable & Serializable) () -> BEGUN.add("executed"));
            List<RemoteCallable<Integer>> tasks = List.of(() -> 1, () -> failsAtThree(3), () -> 2);
            List<Future<Integer>> all = executor.invokeAll(tasks);
            assertThat(all).extracting(Future::state).containsExactly(Future.State.SUCCESS, Future.State.FAILED,
                    Future.State.SUCCESS);
            assertThatThrownBy(() -> all.get(1).get()).isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class);
        }
        assertThat(BEGUN).contains("executed");
    }

    @Test
    void invokeAnyGivesAResultAndStopsTheOthers() throws Exception {
        ExecutorService executor = executor();
        List<RemoteCallable<Integer>> tasks = List.of(() -> failsAtThree(3), () -> waits(100), () -> 7);
        assertThat(executor.invokeAny(tasks)).isEqualTo(7);
        await().until(() -> !BEGUN.contains(100) || INTERRUPTED.contains(100));
        executor.close();
    }

    @Test
    void servesACompletionService() throws Exception {
        try (ExecutorService executor = executor()) {
            ExecutorCompletionService<Integer> service = new ExecutorCompletionService<>(executor);
            service.submit((RemoteCallable<Integer>) () -> waits(2));
            service.submit((RemoteCallable<Integer>) () -> 1);
            assertThat(service.take().get()).isEqualTo(1);
            gate.countDown();
            assertThat(service.take().get()).isEqualTo(2);
        }
    }

    @Test
    void cancelWithInterruptStopsATaskThatRuns() throws Exception {
        ExecutorService executor = executor();
        Future<Integer> future = executor.submit((RemoteCallable<Integer>) () -> waits(1));
        await().until(() -> BEGUN.contains(1));
        assertThat(future.cancel(true)).isTrue();
        assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
        await().until(() -> INTERRUPTED.contains(1));
        executor.close();
    }

    @Test
    void shutdownNowStopsWhatRunsAndReturnsWhatHadNotBegun() throws Exception {
        ExecutorService executor = executor();
        List<Future<Integer>> running = List.of(executor.submit((RemoteCallable<Integer>) () -> waits(1)),
                executor.submit((RemoteCallable<Integer>) () -> waits(2)));
        await().until(() -> BEGUN.size() == 2);
        Future<Integer> waiting = executor.submit((RemoteCallable<Integer>) () -> waits(3));
        Runnable plain = (Runnable & Serializable) () -> BEGUN.add(4);
        executor.execute(plain);
        assertThat(executor.shutdownNow()).containsExactlyInAnyOrder((Runnable) waiting, plain);
        assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(waiting.isCancelled()).isTrue();
        assertThat(running).allMatch(Future::isCancelled);
        await().until(() -> INTERRUPTED.size() == 2);
        assertThat(BEGUN).containsExactlyInAnyOrder(1, 2);
        assertThat(calls.<Integer>list((Integer n) -> n, Input.of(List.of(5)), 0)).containsExactly(5);
    }
}
