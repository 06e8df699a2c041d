package io.farmhand.systemtests;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.TaskSerializationException;
import io.farmhand.WorkerCrashedException;
import io.farmhand.task.RemoteCallable;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pool as an {@link ExecutorService}: what the JDK's own documentation expects of one. */
@FarmTest(replacesWorkers = true)
class ExecutorServiceTest {
    private static final int WORKERS = 2;
    private static final long PATIENCE_SECONDS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(PATIENCE_SECONDS);

    private static Pool pool;

    @TempDir
    Path directory;

    private ExecutorService executor;
    private SideLog log;
    private Gate gate;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().cancelGrace(Duration.ofMinutes(1)), WORKERS);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
        gate = Gate.in(directory, "gate");
        executor = pool.asExecutorService();
    }

    @AfterEach
    void endExecutor() {
        gate.open();
        executor.shutdownNow();
    }

    /** A callable as javac makes one for the type. */
    private static <V> Callable<V> task(RemoteCallable<V> callable) {
        return callable;
    }

    private static Runnable action(SerializableRunnable runnable) {
        return runnable;
    }

    interface SerializableRunnable extends Runnable, Serializable {}

    private Callable<Long> waiting(long item) {
        SideLog begun = log;
        Gate open = gate;
        return task(() -> waitingAt(begun, open, item));
    }

    static long waitingAt(SideLog log, Gate gate, long item) {
        log.append(item);
        gate.pass();
        return item;
    }

    /** Has both workers busy until the gate opens. */
    private List<Future<Long>> occupy() {
        List<Future<Long>> busy = List.of(executor.submit(waiting(100)), executor.submit(waiting(101)));
        log.awaitSize(WORKERS);
        return busy;
    }

    private static <V> V get(Future<V> future) throws Exception {
        return future.get(PATIENCE_SECONDS, SECONDS);
    }

    // ---- submit and execute ----

    @Test
    void runsCallablesInWorkers() throws Exception {
        Future<Long> pid = executor.submit(task(() -> ProcessHandle.current().pid()));
        assertThat(Workers.livePids()).contains(get(pid));
        assertThat(pid.isDone()).isTrue();
        assertThat(pid.state()).isEqualTo(Future.State.SUCCESS);
    }

    @Test
    void runsRunnablesInWorkers() throws Exception {
        SideLog begun = log;
        assertThat(get(executor.submit(action(() -> begun.append(1))))).isNull();
        assertThat(get(executor.submit(action(() -> begun.append(2)), "done"))).isEqualTo("done");
        executor.execute(action(() -> begun.append(3)));
        log.awaitSize(3);
        assertThat(Workers.livePids()).containsAll(log.pids());
    }

    @Test
    void tellsWhatATaskThrewAsTheCause() {
        Future<Object> future = executor.submit(task(() -> {
            throw new IOException("of the task's");
        }));
        assertThatThrownBy(() -> get(future)).isInstanceOf(ExecutionException.class).cause()
                .isInstanceOf(IOException.class).hasMessage("of the task's");
        assertThat(future.state()).isEqualTo(Future.State.FAILED);
    }

    @Test
    void failsOnlyTheTaskThatEndsItsWorker() throws Exception {
        Future<Object> guilty = executor.submit(task(() -> {
            Runtime.getRuntime().halt(3);
            return 0;
        }));
        Future<Integer> innocent = executor.submit(task(() -> 7));
        assertThatThrownBy(() -> get(guilty)).cause().isInstanceOf(WorkerCrashedException.class)
                .hasMessageStartingWith("The task failed: its worker died")
                .hasMessageContaining("exitCode=3").hasMessageNotContaining("out of memory");
        assertThat(get(innocent)).isEqualTo(7);
    }

    @Test
    void refusesATaskThatCannotBeSentWhenItIsSubmitted() {
        Object unsendable = new Object();
        Callable<Integer> plain = () -> 1;
        for (Throwable refused : List.of(
                catchThrowable(() -> executor.submit(plain)),
                catchThrowable(() -> executor.submit(task(() -> unsendable.hashCode()))),
                catchThrowable(() -> executor.execute(() -> unsendable.notifyAll())),
                catchThrowable(() -> executor.submit(() -> unsendable.notifyAll(), 1)))) {
            assertThat(refused).isInstanceOf(RejectedExecutionException.class)
                    .hasCauseInstanceOf(TaskSerializationException.class);
        }
    }

    @Test
    void refusesNull() {
        assertThatThrownBy(() -> executor.submit(ExecutorServiceTest.<Callable<Long>>nothing()))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.execute(nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAll(nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> executor.invokeAny(List.<Callable<Integer>>of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    @Test
    void givesUpWaitingWhenTheTimeIsOver() throws Exception {
        Future<Long> slow = executor.submit(waiting(0));
        assertThatThrownBy(() -> slow.get(20, MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(slow.isDone()).isFalse();
        gate.open();
        assertThat(get(slow)).isZero();
    }

    // ---- cancel ----

    @Test
    void interruptsARunningTaskThatIsCancelled() {
        SideLog begun = log;
        Gate stopped = Gate.in(directory, "stopped");
        Set<Long> before = Pools.pids(pool);
        Future<Long> future = executor.submit(task(() -> CancellationTest.untilInterrupted(begun, stopped, 0)));
        log.awaitSize(1);
        assertThat(future.cancel(true)).isTrue();
        assertThat(future.isCancelled()).isTrue();
        assertThat(future.isDone()).isTrue();
        assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
        await().atMost(PATIENCE).until(stopped::isOpen);
        assertThat(Pools.pids(pool)).isEqualTo(before);
    }

    @Test
    void killsARunningTaskThatIsCancelledAndDoesNotStop() {
        executor = pool.with(options -> options.cancelGrace(Duration.ofMillis(200))).asExecutorService();
        Future<Long> future = executor.submit(waiting(0));
        log.awaitSize(1);
        assertThat(future.cancel(true)).isTrue();
        long pid = log.pidsOf(0).get(0);
        await().atMost(PATIENCE).until(() -> !Workers.isRunning(pid));
        assertThat(Pools.pids(pool)).hasSize(WORKERS).doesNotContain(pid);
    }

    @Test
    void neverBeginsATaskThatIsCancelledBefore() throws Exception {
        List<Future<Long>> busy = occupy();
        Future<Long> queued = executor.submit(waiting(0));
        assertThat(queued.cancel(false)).isTrue();
        assertThat(queued.cancel(true)).as("again").isFalse();
        gate.open();
        assertThat(get(busy.get(0))).isEqualTo(100);
        assertThat(get(busy.get(1))).isEqualTo(101);
        Pools.pids(pool);
        assertThat(log.runs()).doesNotContainKey(0L);
    }

    @Test
    void doesNotCancelWhatIsDone() throws Exception {
        Future<Integer> future = executor.submit(task(() -> 1));
        assertThat(get(future)).isEqualTo(1);
        assertThat(future.cancel(true)).isFalse();
        assertThat(future.isCancelled()).isFalse();
        assertThat(future.resultNow()).isEqualTo(1);
    }

    // ---- invokeAll and invokeAny ----

    @Test
    void invokesAllInTheirOrder() throws Exception {
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int n = i;
            tasks.add(task(() -> n * n));
        }
        List<Future<Integer>> futures = executor.invokeAll(tasks);
        assertThat(futures).allMatch(Future::isDone);
        assertThat(futures).extracting(Future::resultNow).isEqualTo(IntStream.range(0, 20).mapToObj(n -> n * n)
                .toList());
    }

    @Test
    void waitsForAllThoughSomeFail() throws Exception {
        List<Future<Integer>> futures = executor.invokeAll(List.of(task(() -> 1), task(() -> {
            throw new IOException("second");
        }), task(() -> 3)));
        assertThat(futures).extracting(Future::state).containsExactly(Future.State.SUCCESS, Future.State.FAILED,
                Future.State.SUCCESS);
    }

    @Test
    void cancelsWhatIsNotDoneWhenTheTimeForAllIsOver() throws Exception {
        List<Future<Long>> futures = executor.invokeAll(List.of(task(() -> 1L), waiting(2)), 500, MILLISECONDS);
        assertThat(futures).extracting(Future::state).containsExactly(Future.State.SUCCESS, Future.State.CANCELLED);
    }

    @Test
    void invokesAnyAndCancelsTheOthers() throws Exception {
        SideLog begun = log;
        Gate stopped = Gate.in(directory, "stopped");
        long any = executor.invokeAny(List.of(task(() -> {
            throw new IOException("not this one");
        }), task(() -> CancellationTest.untilInterrupted(begun, stopped, 1)), task(() -> {
            Waiting.until(() -> begun.size() > 0);
            return 2L;
        })));
        assertThat(any).isEqualTo(2);
        await().atMost(PATIENCE).until(stopped::isOpen);
    }

    @Test
    void throwsWhenNoneOfAnySucceeds() {
        assertThatThrownBy(() -> executor.invokeAny(List.of(task(() -> {
            throw new IOException("first");
        }), task(() -> {
            throw new IOException("second");
        })))).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void servesACompletionService() throws Exception {
        ExecutorCompletionService<Long> service = new ExecutorCompletionService<>(executor);
        service.submit(waiting(1));
        log.awaitSize(1);
        service.submit(task(() -> 2L));
        assertThat(service.take().get()).isEqualTo(2);
        gate.open();
        assertThat(service.take().get()).isEqualTo(1);
    }

    // ---- its end ----

    @Test
    void finishesWhatWasSubmittedWhenItIsClosed() throws Exception {
        List<Future<Long>> futures = LongStream.range(0, 10).mapToObj(n -> executor.submit(waiting(n))).toList();
        log.awaitSize(WORKERS);
        FutureTask<Object> close = new FutureTask<>(Executors.callable(executor::close));
        Thread.ofPlatform().daemon().start(close);
        await().atMost(PATIENCE).until(executor::isShutdown);
        assertThat(executor.isTerminated()).isFalse();
        gate.open();
        get(close);
        assertThat(executor.isTerminated()).isTrue();
        assertThat(futures).extracting(Future::resultNow).isEqualTo(LongStream.range(0, 10).boxed().toList());
    }

    @Test
    void refusesTasksAfterItsShutdown() {
        executor.shutdown();
        assertThat(executor.isShutdown()).isTrue();
        assertThatThrownBy(() -> executor.submit(task(() -> 1))).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.execute(action(() -> {}))).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> executor.invokeAll(List.of(task(() -> 1))))
                .isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void refusesTasksOfAClosedPool() {
        Pool other = Pools.quick().workers(1).build();
        ExecutorService of = other.asExecutorService();
        other.close();
        assertThatThrownBy(() -> of.submit(task(() -> 1))).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void returnsWhatHadNotBegunFromShutdownNow() throws Exception {
        List<Future<Long>> busy = occupy();
        List<Future<Long>> queued = LongStream.range(0, 5).mapToObj(n -> executor.submit(waiting(n))).toList();
        List<Runnable> never = executor.shutdownNow();
        assertThat(never).hasSize(5);
        assertThat(executor.awaitTermination(PATIENCE_SECONDS, SECONDS)).isTrue();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(queued).allSatisfy(future -> assertThat(future.state()).isEqualTo(Future.State.CANCELLED));
        assertThat(busy).allSatisfy(future -> assertThat(future.state()).isNotEqualTo(Future.State.RUNNING));
        gate.open();
        Pools.pids(pool);
        assertThat(log.runs()).containsOnlyKeys(100L, 101L);
    }

    @Test
    void returnsTheRunnablesThatWereExecuted() {
        occupy();
        SideLog begun = log;
        List<Runnable> actions = List.of(action(() -> begun.append(1)), action(() -> begun.append(2)));
        actions.forEach(executor::execute);
        assertThat(executor.shutdownNow()).containsExactlyInAnyOrderElementsOf(actions);
    }

    @Test
    void waitsForItsEndNoLongerThanItIsTold() throws Exception {
        occupy();
        executor.shutdown();
        assertThat(executor.awaitTermination(20, MILLISECONDS)).isFalse();
        gate.open();
        assertThat(executor.awaitTermination(PATIENCE_SECONDS, SECONDS)).isTrue();
    }

    @Test
    void leavesThePoolAndOtherExecutorsOpen() throws Exception {
        ExecutorService other = pool.asExecutorService();
        executor.shutdownNow();
        assertThat(get(other.submit(task(() -> 5)))).isEqualTo(5);
        assertThat(pool.map(n -> n + 1, List.of(1))).containsExactly(2);
        other.close();
    }

    @Test
    void cancelsWhatRunsWhenCloseIsInterrupted() throws Exception {
        List<Future<Long>> busy = occupy();
        FutureTask<Boolean> close = new FutureTask<>(() -> {
            executor.close();
            return Thread.currentThread().isInterrupted();
        });
        Thread closer = Thread.ofPlatform().daemon().start(close);
        await().atMost(PATIENCE).until(executor::isShutdown);
        closer.interrupt();
        assertThat(get(close)).as("the interrupt flag").isTrue();
        assertThat(busy).allMatch(Future::isDone);
    }
}
