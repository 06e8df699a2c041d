package io.farmhand;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines that a {@link Parallel} prints of its run: joblib's own, printed by its rules ({@code Parallel._print},
 * {@code print_progress} and {@code _verbosity_filter} of joblib 1.2's {@code parallel.py}). All state is guarded by
 * {@link #lock}, under which lines are also written, so that they come in order; it guards nothing else.
 */
final class ParallelReport {
    /** From here on lines go to standard output, and not to standard error. */
    private static final int TO_STANDARD_OUTPUT = 50;
    /** From here on changes of the batch size are told. */
    private static final int TELLS_BATCH_SIZES = 10;
    private static final long FAST_BATCH_NANOS = 200_000_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final int verbose;
    private final String prefix;
    private final Console console;
    private final long preDispatched;
    // Guarded by lock.
    private long startNanos;
    private boolean dispatchesAll;
    private boolean inputEnded;
    private boolean over;
    private long dispatchedBatches;
    private long dispatchedTasks;
    private long completedTasks;

    /**
     * Where lines go, and by which clock they tell the time.
     *
     * @param out null for the standard streams
     * @param nanoClock as {@link System#nanoTime}
     */
    record Console(@Nullable Appendable out, LongSupplier nanoClock) {
        static final Console STANDARD = new Console(null, System::nanoTime);
    }

    /**
     * Makes the report of one run.
     *
     * @param jobs as the user asked for them; null for no wish
     * @param preDispatched how many are pulled ahead, or 0 for all
     */
    ParallelReport(int verbose, @Nullable Integer jobs, Console console, long preDispatched) {
        this.verbose = verbose;
        this.prefix = "[Parallel(n_jobs=" + (jobs == null ? 1 : jobs) + ")]: ";
        this.console = console;
        this.preDispatched = preDispatched;
        this.dispatchesAll = preDispatched == 0;
        this.startNanos = console.nanoClock().getAsLong();
    }

    boolean isVerbose() {
        return verbose > 0;
    }

    /** Workers begin. */
    void started(String backend, int workers) {
        lock.lock();
        try {
            print("Using backend " + backend + " with " + workers + " concurrent workers.");
        } finally {
            lock.unlock();
        }
    }

    /** A batch was pulled from the input. */
    void dispatched(int tasks) {
        lock.lock();
        try {
            dispatchedBatches++;
            dispatchedTasks += tasks;
        } finally {
            lock.unlock();
        }
    }

    /** There are no more tasks than were dispatched. */
    void exhausted() {
        lock.lock();
        try {
            inputEnded = true;
            if (completedTasks == dispatchedTasks) {
                finish();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A batch is done, without an error. */
    void completed(int tasks) {
        lock.lock();
        try {
            completedTasks += tasks;
            if (verbose == 0 || over) {
                return;
            }
            if (!inputEnded && !dispatchesAll) {
                progress();
            } else {
                remaining();
            }
            if (inputEnded && completedTasks == dispatchedTasks) {
                finish();
            }
        } finally {
            lock.unlock();
        }
    }

    /** A batch size was changed, since the last batches took too short or too long. */
    void batchResized(long batchNanos, int batchSize) {
        lock.lock();
        try {
            if (verbose >= TELLS_BATCH_SIZES) {
                print("Batch computation too %s (%ss.) Setting batch_size=%d.".formatted(
                        batchNanos < FAST_BATCH_NANOS ? "fast" : "slow", (double) batchNanos / 1e9, batchSize));
            }
        } finally {
            lock.unlock();
        }
    }

    /** Something was found out about the run. */
    void advise(String sentence) {
        lock.lock();
        try {
            print(sentence);
        } finally {
            lock.unlock();
        }
    }

    private void finish() {
        if (!over) {
            over = true;
            String done = number(completedTasks);
            print("Done " + done + " out of " + done + " | elapsed: " + time(elapsedNanos()) + " finished");
        }
    }

    /** While the input goes on. */
    private void progress() {
        if (isFiltered(dispatchedBatches, verbose)) {
            return;
        }
        print("Done " + number(completedTasks) + " tasks      | elapsed: " + time(elapsedNanos()));
    }

    /** When all that is left is known. */
    private void remaining() {
        long index = completedTasks;
        if (index != 0) {
            long cursor = dispatchedTasks - index + 1 - preDispatched;
            long frequency = dispatchedTasks / verbose + 1;
            boolean isLast = index + 1 == dispatchedTasks;
            if (isLast || cursor % frequency != 0) {
                return;
            }
        }
        long elapsed = elapsedNanos();
        long left = Math.round((double) elapsed / Math.max(index, 1) * (dispatchedTasks - index));
        print("Done " + number(index) + " out of " + number(dispatchedTasks) + " | elapsed: " + time(elapsed)
                + " remaining: " + time(left));
    }

    /** Keeps lines ever further apart, by a lag that grows as the square: {@code _verbosity_filter}. */
    static boolean isFiltered(long index, int verbose) {
        if (verbose > 10) {
            return false;
        }
        if (verbose == 0) {
            return true;
        }
        if (index == 0) {
            return false;
        }
        double lag = 0.5 * (11 - verbose) * (11 - verbose);
        return (long) Math.sqrt((double) (index + 1) / lag) == (long) Math.sqrt((double) index / lag);
    }

    private long elapsedNanos() {
        return console.nanoClock().getAsLong() - startNanos;
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%3d", value);
    }

    /** {@code short_format_time} of joblib's {@code logger.py}. */
    private static String time(long nanos) {
        double seconds = (double) nanos / 1e9;
        return seconds > 60
                ? String.format(Locale.ROOT, "%4.1fmin", seconds / 60)
                : String.format(Locale.ROOT, " %5.1fs", seconds);
    }

    private void print(String line) {
        if (verbose == 0) {
            return;
        }
        Appendable standard = verbose < TO_STANDARD_OUTPUT ? System.err : System.out;
        try {
            (console.out() == null ? standard : console.out()).append(prefix + line + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("the progress of a run cannot be written: " + e.getMessage(), e);
        }
    }
}
