package io.farmhand;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A task of a {@link FarmExecutor}: a future that a worker completes. Of {@link FutureTask} it has the states of a
 * future; nothing of the task runs here.
 *
 * <p><b>Concurrency.</b> {@code call} is guarded by this; all else is immutable or volatile.
 */
final class FarmTask<V extends @Nullable Object> extends FutureTask<V> {
    private final FarmExecutor executor;
    private final Calls.Encoded encoded;
    private final Object written;
    private final Function<@Nullable Object, V> finish;
    private final boolean unobserved;
    private @Nullable Call<?> call;
    /** Whether somebody here has ended its job. */
    private volatile boolean givenUp;

    /**
     * @param encoded what is sent
     * @param written what the user wrote
     * @param finish makes what the future gives of what the worker gave
     * @param unobserved whether nobody has its future, so that a failure is to be logged
     */
    FarmTask(FarmExecutor executor, Calls.Encoded encoded, Object written, Function<@Nullable Object, V> finish,
            boolean unobserved) {
        super(() -> {
            throw new AssertionError("a task of a farm does not run here");
        });
        this.executor = executor;
        this.encoded = encoded;
        this.written = written;
        this.finish = finish;
        this.unobserved = unobserved;
    }

    /** Sends it to a worker, unless it was sent or cancelled before. */
    void start() {
        Calls.Started<@Nullable Object> started;
        synchronized (this) {
            if (call != null || isDone()) {
                return;
            }
            started = executor.calls().start(encoded, written);
            call = started.call();
        }
        CompletableFuture<?> _ = started.future().whenComplete(this::finished);
    }

    private void finished(@Nullable Object value, @Nullable Throwable error) {
        if (error == null) {
            set(finish.apply(value));
        } else if (givenUp && error instanceof CancellationException) {
            super.cancel(false);
        } else {
            setException(error);
        }
    }

    private synchronized @Nullable Call<?> call() {
        return call;
    }

    /** Sends it, unless it was sent, and waits until it is done: for those who wrap a task in one of theirs. */
    @Override
    public void run() {
        if (!executor.begin(this)) {
            return;
        }
        try {
            get();
        } catch (InterruptedException e) {
            cancel(true);
            Thread.currentThread().interrupt();
        } catch (ExecutionException | CancellationException e) {
            // That is for those who have the future.
            return;
        }
    }

    /** With an interrupt, ends the task whatever it is at; without, it is only kept from beginning. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        Call<?> sent = call();
        if (sent == null || mayInterruptIfRunning) {
            boolean cancelled = super.cancel(mayInterruptIfRunning);
            sent = call(); // it may have been sent meanwhile
            if (cancelled && sent != null) {
                sent.close();
            }
            return cancelled;
        }
        return !isDone() && withdraw().join() && isCancelled();
    }

    /** Gives it up; completes with whether it had not begun, and never will. */
    CompletableFuture<Boolean> withdraw() {
        Call<?> sent = call();
        if (sent == null) {
            return CompletableFuture.completedFuture(cancel(false));
        }
        givenUp = true;
        return sent.withdraw().thenApply(untouched -> {
            if (untouched) {
                super.cancel(false);
            }
            return untouched;
        });
    }

    /** What to return of a task that never begins. */
    Runnable original() {
        return unobserved && written instanceof Runnable runnable ? runnable : this;
    }

    @Override
    protected void done() {
        if (unobserved && state() == State.FAILED) {
            executor.log(exceptionNow());
        }
        encoded.travel().lose(); // it may never have been sent
        executor.left(this);
    }
}
