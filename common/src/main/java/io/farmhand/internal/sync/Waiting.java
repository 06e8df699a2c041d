package io.farmhand.internal.sync;

import io.farmhand.sync.Waitable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for one of several things. */
final class Waiting {
    private Waiting() {}

    /** See {@link io.farmhand.sync.Connection#waitAny}. */
    static <W extends Waitable> List<W> any(Collection<W> things, @Nullable Duration timeout)
            throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        List<W> waited = List.copyOf(things);
        long timeoutNanos = timeout == null ? Long.MAX_VALUE : Timeouts.nanos(timeout);
        long start = System.nanoTime();
        List<CompletableFuture<?>> futures = new ArrayList<>();
        try {
            for (W thing : waited) {
                futures.add(thing.whenReady().toCompletableFuture());
            }
            while (true) {
                long left = Timeouts.left(start, timeoutNanos);
                if (!futures.isEmpty()) {
                    awaitAny(futures, left);
                }
                List<W> ready = new ArrayList<>();
                for (int i = 0; i < futures.size(); i++) {
                    if (futures.get(i).isDone() && isStill(waited.get(i), futures, i)) {
                        ready.add(waited.get(i));
                    }
                }
                if (futures.isEmpty() || !ready.isEmpty() || left <= 0) {
                    return List.copyOf(ready);
                }
            }
        } finally {
            futures.forEach(future -> future.cancel(false));
        }
    }

    /** Asks once more: another thread may have received meanwhile what came. */
    private static boolean isStill(Waitable thing, List<CompletableFuture<?>> futures, int index) {
        futures.set(index, thing.whenReady().toCompletableFuture());
        return futures.get(index).isDone();
    }

    private static void awaitAny(List<CompletableFuture<?>> futures, long timeoutNanos) throws InterruptedException {
        CompletableFuture<?> any = CompletableFuture.anyOf(futures.toArray(CompletableFuture<?>[]::new));
        try {
            any.get(timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // None is ready.
        } catch (ExecutionException e) {
            // One is: it will say what is the matter when it is used.
        }
    }
}
