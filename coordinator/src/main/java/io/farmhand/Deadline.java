package io.farmhand;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The deadline of one task that runs on a thread of this JVM, where nothing can be killed. Kept by the JDK's timer. */
final class Deadline implements AutoCloseable {
    private final CompletableFuture<@Nullable Void> alarm = new CompletableFuture<>();

    private Deadline() {}

    /**
     * Sets it.
     *
     * @param timeout null for never
     * @param onAlarm runs on the JDK's timer thread and must be quick
     */
    static Deadline in(@Nullable Duration timeout, Runnable onAlarm) {
        Deadline deadline = new Deadline();
        if (timeout != null) {
            CompletableFuture<?> _ = deadline.alarm.completeOnTimeout(null, TimeUnit.NANOSECONDS.convert(timeout),
                    TimeUnit.NANOSECONDS);
            CompletableFuture<?> _ = deadline.alarm.thenRun(onAlarm);
        }
        return deadline;
    }

    /** The one place that says what a late task of this JVM fails with. */
    static Exception error(long index, @Nullable Duration timeout) {
        return new TimeoutException(
                ("Item %d ran longer than timeout=%s and was interrupted; a thread cannot be killed:"
                        + " .backend(PROCESSES) ends what does not listen to interrupts").formatted(index, timeout));
    }

    /** The task is done. */
    @Override
    public void close() {
        alarm.cancel(false);
    }
}
