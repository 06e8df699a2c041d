package io.farmhand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemotePredicate;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** What an executor refuses, which needs no worker. */
@NullUnmarked
class FarmExecutorTest {
    private static final long LIMIT = 100_000;

    private static Calls calls(CallOptions options) {
        return new Calls(new Nowhere(), LIMIT, options);
    }

    /** Nothing is to be sent. */
    private static final class Nowhere implements Calls.Target {
        @Override
        public Dispatcher dispatcher() {
            throw new AssertionError("a call was made");
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public void checkRunning() {
            throw new AssertionError("a call was made");
        }
    }

    private final ExecutorService executor = new FarmExecutor(() -> false, calls(CallOptions.DEFAULT));

    private static void assertRefused(ThrowingCallable submit) {
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(submit)
                .withMessageContaining("RemoteCallable").withCauseInstanceOf(TaskSerializationException.class);
    }

    @Test
    void refusesWhatIsNotSerializable() {
        Callable<Integer> callable = () -> 1;
        Runnable runnable = () -> {};
        assertRefused(() -> executor.submit(callable));
        assertRefused(() -> executor.submit(runnable));
        assertRefused(() -> executor.submit(runnable, "done"));
        assertRefused(() -> executor.execute(runnable));
        assertRefused(() -> executor.invokeAll(List.of(callable)));
        assertRefused(() -> executor.invokeAny(List.of(callable)));
    }

    @Test
    void refusesWhatCapturesWhatIsNotSerializable() {
        Object lock = new Object();
        assertRefused(() -> executor.submit((RemoteCallable<String>) lock::toString));
        assertRefused(() -> executor.execute((Runnable & Serializable) lock::notifyAll));
    }

    @Test
    void saysWhatToDoInPlaceOfWhatACompletableFutureWraps() {
        for (ThrowingCallable wrapping : List.<ThrowingCallable>of(
                () -> CompletableFuture.supplyAsync(() -> 1, executor),
                () -> CompletableFuture.runAsync(() -> {}, executor))) {
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(wrapping)
                    .withMessageContainingAll("pool.submit(task)", "RemoteCallable", "Callable<T> & Serializable")
                    .withCauseInstanceOf(TaskSerializationException.class);
        }
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException().isThrownBy(() -> executor.execute(null));
        assertThatNullPointerException().isThrownBy(() -> executor.submit((Callable<String>) null));
        assertThatNullPointerException().isThrownBy(() -> executor.submit((Runnable) null));
    }

    @Test
    void refusesAllAfterItsShutdown() throws InterruptedException {
        assertThat(executor.isShutdown()).isFalse();
        executor.shutdown();
        assertThat(executor.isShutdown()).isTrue();
        assertThat(executor.isTerminated()).isTrue();
        assertThat(executor.awaitTermination(0, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> executor.submit((RemoteCallable<Integer>) () -> 1))
                .isInstanceOf(RejectedExecutionException.class).hasMessageContaining("shut down");
        assertThat(executor.shutdownNow()).isEmpty();
        executor.close();
    }

    @Test
    void refusesAllWhenItsPoolIsOver() {
        ExecutorService late = new FarmExecutor(() -> true, calls(CallOptions.DEFAULT));
        assertThatThrownBy(() -> late.execute((Runnable & Serializable) () -> {}))
                .isInstanceOf(RejectedExecutionException.class).hasMessageContaining("closed");
    }

    @Test
    void isNotTerminatedBeforeItIsShutDown() throws InterruptedException {
        assertThat(executor.awaitTermination(1, TimeUnit.MILLISECONDS)).isFalse();
    }

    // ---- the encoding of functions ----

    @Test
    void namesRetryIfWhenItIsThePredicateThatCannotBeSent() {
        Object lock = new Object();
        RemotePredicate<Throwable> predicate = lock::equals;
        Calls retrying = calls(CallOptions.DEFAULT.retries(1).retryIf(predicate));
        assertThatThrownBy(() -> retrying.encode(item -> item, "written"))
                .isInstanceOf(TaskSerializationException.class).hasMessageContaining("retryIf");
        assertThat(calls(CallOptions.DEFAULT.retryIf(predicate)).bytes(item -> item, "written").remaining())
                .isPositive();
    }

    @Test
    void speaksOfTheFunctionAsTheUserWroteItAlsoWithRetries() {
        Object lock = new Object();
        RemoteCallable<String> task = lock::toString;
        assertThatThrownBy(() -> calls(CallOptions.DEFAULT.retries(1)).encode(new CallableTask<>(task), task))
                .isInstanceOf(TaskSerializationException.class).hasMessageContaining("java.lang.Object")
                .hasMessageNotContainingAny("CallableTask", "RetryingFunction");
    }
}
