package io.farmhand;

import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.FarmStatistics;
import io.farmhand.internal.dispatch.WorkerStatus;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.observe.ProgressBar;
import io.farmhand.internal.observe.Screen;
import io.farmhand.internal.serial.Items;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of one call. It knows nothing of the call, so that an abandoned one can be found.
 *
 * <p><b>Concurrency.</b> The dispatcher's thread, or the one that feeds, tells {@link #outcome}, which only counts; the
 * thread that draws asks how many workers are busy, which only enqueues a question.
 */
final class CallProgress {
    private static final long PATIENCE_SECONDS = 2;

    private final Dispatcher dispatcher;
    private final Screen screen;
    private final ProgressBar bar;
    /** Where the workers' time had gone before; null if nobody is told. */
    private final @Nullable CompletableFuture<FarmStatistics> before;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile int busy = -1;
    private volatile long job;

    /** @param total how many items there are, or less than 0 if that is not known */
    CallProgress(Progress shown, Dispatcher dispatcher, Screen screen, long total) {
        this.dispatcher = dispatcher;
        this.screen = screen;
        this.before = shown == Progress.INSIGHTS ? dispatcher.statistics() : null;
        this.bar = new ProgressBar(screen, total, this::busy);
    }

    /** The call's number, by which its items are found among those that were slow. */
    void began(long number) {
        job = number;
    }

    /** How many items there are is known now; less than 0 if not. */
    void total(long items) {
        bar.total(items);
    }

    /** Some items are done. */
    void outcome(Run run) {
        switch (run) {
            case Run.Outcomes outcomes -> bar.add(run.count(), failures(outcomes));
            case Run.Unsendable _,Run.Crashed _,Run.TimedOut _ -> bar.add(1, 1);
            case Run.InputFailed _,Run.JobFailed _ -> {
                // No item.
            }
        }
    }

    private static long failures(Run.Outcomes outcomes) {
        long failures = 0;
        for (Items.Cursor items = Items.cursor(outcomes.items()); items.hasNext();) {
            items.step();
            failures += items.isFailure() ? 1 : 0;
        }
        return failures;
    }

    private int busy() {
        CompletableFuture<List<WorkerStatus>> asked = dispatcher.workers();
        CompletableFuture<?> _ = asked.thenAccept(workers -> busy = (int) workers.stream()
                .filter(worker -> worker.state() == WorkerStatus.State.BUSY).count());
        return busy;
    }

    /**
     * Shows it for the last time, unless that was done.
     *
     * @param whole whether the call has come to its end
     */
    void end(boolean whole) {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        bar.close();
        if (whole && before != null) {
            try {
                FarmStatistics then = before.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                FarmStatistics now = dispatcher.statistics().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                screen.print(Insights.of(now.since(then, job)).table());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                return; // the farm ends, and has other things to do
            }
        }
    }
}
