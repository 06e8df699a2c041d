package io.farmhand;

import io.farmhand.internal.chunk.Chunker;
import io.farmhand.internal.chunk.Piece;
import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.Job;
import io.farmhand.internal.gather.Gather;
import io.farmhand.internal.gather.Run;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of one job: feeds its input and iterates over its results.
 *
 * <p><b>Threads.</b> A call is consumed by one thread. Its input is fed by that same thread between results, or, after
 * {@link #feedApart}, by a virtual thread of the job's own, so that an input that keeps its reader waiting does not
 * hold back results that are there.
 *
 * @param <R> what the function gives
 */
final class Call<R extends @Nullable Object> implements Iterator<Result<R>>, AutoCloseable {
    private final Dispatcher dispatcher;
    private final Job job;
    private final Gather gather;
    private final ResultDecoder<R> decoder;
    // Owned by the thread that feeds.
    private final Supplier<Chunker> input;
    private @Nullable Chunker chunker;
    private long nextIndex;
    private boolean inputEnded;
    // Owned by the thread that consumes.
    private boolean fedApart;
    private @Nullable Thread feeder;
    private Iterator<Result<R>> decoded = Collections.emptyIterator();
    private boolean over;

    Call(Dispatcher dispatcher, Job job, Gather gather, Supplier<Chunker> input, ResultDecoder<R> decoder) {
        this.dispatcher = dispatcher;
        this.job = job;
        this.gather = gather;
        this.input = input;
        this.decoder = decoder;
    }

    /** Feeds the input on a thread of its own from now on. */
    Call<R> feedApart() {
        fedApart = true;
        feeder = Thread.ofVirtual().name("farm-feeder").start(this::feedAll);
        return this;
    }

    @Override
    public boolean hasNext() {
        while (!decoded.hasNext()) {
            if (over) {
                return false;
            }
            Run run = nextRun();
            if (run == null) {
                over = true;
                return false;
            }
            over = run instanceof Run.JobFailed || run instanceof Run.InputFailed;
            decoded = decoder.decode(run);
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

    /** Gives the job up, unless it is over. */
    @Override
    public void close() {
        dispatcher.cancel(job);
        if (feeder != null) {
            feeder.interrupt();
        }
    }

    private @Nullable Run nextRun() {
        try {
            // A chunk in for each run out: feeding first would find failures late, and taking first starve the workers.
            while (!fedApart && !inputEnded) {
                if (gather.hasRoom()) {
                    feed();
                }
                Run run = gather.takeUnlessRoom();
                if (run != null) {
                    return run;
                }
            }
            return gather.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            over = true;
            close();
            throw new CancellationException("interrupted while waiting for results; the job was cancelled");
        }
    }

    private void feedAll() {
        try {
            while (!inputEnded && gather.awaitRoom()) {
                feed();
            }
        } catch (InterruptedException e) {
            // The call was closed.
            dispatcher.cancel(job);
        } catch (RuntimeException | Error e) { // an OutOfMemoryError, most likely: the consumer must hear of it
            failInput(nextIndex, e);
        }
    }

    private void feed() {
        Chunker pieces = chunker;
        if (pieces == null) {
            pieces = input.get();
            chunker = pieces;
        }
        Piece piece = pieces.next();
        switch (piece) {
            case Piece.Chunk chunk -> {
                dispatcher.submit(job, chunk.firstIndex(), chunk.count(), chunk.items());
                nextIndex = chunk.firstIndex() + chunk.count();
            }
            case Piece.Unsendable unsendable -> {
                gather.put(new Run.Unsendable(unsendable.firstIndex(), unsendable.item(), unsendable.cause()));
                nextIndex = unsendable.firstIndex() + 1;
            }
            case Piece.InputFailed failed -> failInput(failed.firstIndex(), failed.cause());
            case Piece.End _ -> {
                inputEnded = true;
                dispatcher.endInput(job);
            }
        }
    }

    private void failInput(long index, Throwable cause) {
        inputEnded = true;
        gather.put(new Run.InputFailed(index, cause));
        dispatcher.endInput(job);
    }
}
