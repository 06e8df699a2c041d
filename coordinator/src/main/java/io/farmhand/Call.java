package io.farmhand;

import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.Job;
import io.farmhand.internal.gather.Gather;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.gather.Run.JobFailed.Reason;
import io.farmhand.internal.serial.Travel;
import java.lang.ref.Cleaner;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of one job: iterates over its results. Owned by the thread that consumes them; {@link #close} may
 * be called by any.
 *
 * <p>Its input is fed by that same thread between results, or, after {@link #feedApart}, by a thread of the
 * {@link Feeder}'s own.
 *
 * <p><b>Abandoned calls.</b> Whoever reads a lazy stream may just stop. Neither feeder nor dispatcher nor gather refers
 * to the call, so when nobody can read it any more the garbage collector finds it, and its job is cancelled.
 *
 * @param <R> what the function gives
 */
final class Call<R extends @Nullable Object> implements Iterator<Result<R>>, AutoCloseable {
    /** One thread for the JVM, made with the first lazy call. */
    private static final class Abandoned {
        static final Cleaner CLEANER = Cleaner.create();

        private Abandoned() {}
    }

    private final Dispatcher dispatcher;
    private final Job job;
    private final Gather gather;
    private final Feeder feeder;
    private final ResultDecoder<R> decoder;
    private final Travel travel;
    private final @Nullable CallProgress progress;
    private @Nullable Thread apart;
    private Cleaner.@Nullable Cleanable cleanable;
    private Iterator<Result<R>> decoded = Collections.emptyIterator();
    private boolean over;
    private boolean poolEnded;

    /**
     * @param travel what set out for the workers; it is over with the call
     * @param progress what is shown of it; it is over with the call, too
     */
    Call(Dispatcher dispatcher, Job job, Gather gather, Feeder feeder, ResultDecoder<R> decoder, Travel travel,
            @Nullable CallProgress progress) {
        this.dispatcher = dispatcher;
        this.job = job;
        this.gather = gather;
        this.feeder = feeder;
        this.decoder = decoder;
        this.travel = travel;
        this.progress = progress;
    }

    /** Feeds the input on a thread of its own from now on. */
    Call<R> feedApart() {
        apart = feeder.feedApart();
        return cancelIfAbandoned();
    }

    /** Cancels the job when nobody can read this call any more. */
    Call<R> cancelIfAbandoned() {
        cleanable = Abandoned.CLEANER.register(this, new Cancellation(dispatcher, job, apart, travel, progress));
        return this;
    }

    /** What ends a job; refers to no call. */
    private record Cancellation(Dispatcher dispatcher, Job job, @Nullable Thread apart, Travel travel,
            @Nullable CallProgress progress) implements Runnable {
        @Override
        public void run() {
            dispatcher.cancel(job);
            if (apart != null) {
                apart.interrupt();
            }
            travel.lose();
            if (progress != null) {
                progress.end(false);
            }
        }
    }

    @Override
    public boolean hasNext() {
        while (!decoded.hasNext()) {
            if (over) {
                return false;
            }
            decode(nextRun());
        }
        return true;
    }

    @Override
    public Result<R> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return decoded.next();
    }

    /**
     * Adds all values to a list, in the order in which they come.
     *
     * @throws RuntimeException what the first item that failed did so with, or the job as a whole
     */
    void drainTo(List<? super R> values) {
        while (!over) {
            Run run = nextRun();
            accept(run);
            if (run != null) {
                decoder.decode(run, values);
            }
        }
    }

    /**
     * For a call that is fed by hand: the next result if it is there, waiting for it once the window is full.
     *
     * @return null when there is none yet, but room for more items
     */
    @Nullable
    Result<R> nextUnlessRoom() {
        while (!decoded.hasNext()) {
            if (over) {
                return null;
            }
            Run run;
            boolean toTheEnd = gather.isSated();
            try {
                run = toTheEnd ? gather.take() : gather.takeUnlessRoom();
            } catch (InterruptedException e) {
                throw interrupted();
            }
            if (run == null && !toTheEnd) {
                return null;
            }
            decode(run);
        }
        return decoded.next();
    }

    private void decode(@Nullable Run run) {
        accept(run);
        if (run != null) {
            decoded = decoder.decode(run);
        }
    }

    /** After some runs nothing more is to come. */
    private void accept(@Nullable Run run) {
        if (run == null || run instanceof Run.JobFailed || run instanceof Run.InputFailed) {
            end(run == null);
        }
        if (run instanceof Run.JobFailed failed) {
            poolEnded = failed.reason() == Reason.CLOSED || failed.reason() == Reason.BROKEN;
        }
    }

    private void end(boolean whole) {
        over = true;
        travel.lose();
        if (progress != null) {
            progress.end(whole);
        }
        if (cleanable != null) {
            cleanable.clean();
        }
    }

    /** Gives the job up, unless it is over. */
    @Override
    public void close() {
        new Cancellation(dispatcher, job, apart, travel, progress).run();
    }

    /** Gives the job up; completes with whether nothing of it had begun, so that it never will. */
    CompletableFuture<Boolean> withdraw() {
        return dispatcher.withdraw(job);
    }

    /** The feeding half. */
    Feeder feeder() {
        return feeder;
    }

    /** Whether what this call threw last is that its pool ended before it did. */
    boolean poolEnded() {
        return poolEnded;
    }

    /** Once the job has failed as a whole: results that wait behind a gap; null when there are no more. */
    @Nullable
    Iterator<Result<R>> left() {
        Run run = gather.takeLeft();
        return run == null || run instanceof Run.InputFailed ? null : decoder.decode(run);
    }

    private @Nullable Run nextRun() {
        try {
            // A chunk in for each run out: feeding first would find failures late, and taking first starve the workers.
            while (apart == null && !feeder.isOver()) {
                if (gather.isSated() || gather.hasRoom()) {
                    feeder.feed();
                }
                Run run = gather.takeUnlessRoom();
                if (run != null) {
                    return run;
                }
            }
            return gather.take();
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private CancellationException interrupted() {
        Thread.currentThread().interrupt();
        over = true;
        close();
        return new CancellationException("interrupted while waiting for results; the job was cancelled");
    }
}
