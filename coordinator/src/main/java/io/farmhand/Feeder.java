package io.farmhand;

import io.farmhand.internal.chunk.Chunker;
import io.farmhand.internal.chunk.Piece;
import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.Job;
import io.farmhand.internal.gather.Gather;
import io.farmhand.internal.gather.Run;
import io.farmhand.internal.serial.Travel;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Feeds the input of one job. Owned by the thread that feeds: the one that consumes, too, or, after {@link #feedApart},
 * a virtual thread of its own, so that an input that keeps its reader waiting does not hold back results that are
 * there.
 *
 * <p>It knows nothing of who consumes, so that an abandoned consumer can be found by the garbage collector.
 */
final class Feeder {
    private final Dispatcher dispatcher;
    private final Job job;
    private final Gather gather;
    private final boolean failFast;
    private final Supplier<Feed> input;
    private final Travel travel;
    private @Nullable Feed feed;
    private long nextIndex;
    private boolean over;

    /**
     * @param failFast whether an item that cannot be sent ends the job
     * @param input is asked once, by the thread that feeds: an input of unknown size may have to be read
     * @param travel of what is in the items
     */
    Feeder(Dispatcher dispatcher, Job job, Gather gather, boolean failFast, Supplier<Feed> input, Travel travel) {
        this.dispatcher = dispatcher;
        this.job = job;
        this.gather = gather;
        this.failFast = failFast;
        this.input = input;
        this.travel = travel;
    }

    /** Feeds on a thread of its own from now on; returns that thread, which an interrupt ends. */
    Thread feedApart() {
        return Thread.ofVirtual().name("farm-feeder").start(this::feedAll);
    }

    /** Whether nothing more is to be fed. */
    boolean isOver() {
        return over;
    }

    /** How many items were fed. */
    long fed() {
        return nextIndex;
    }

    /** How many items there are, fed or not, as far as that is known. */
    long size() {
        return feed == null ? nextIndex : Math.max(feed.size(), nextIndex);
    }

    private void feedAll() {
        try {
            while (!over && gather.awaitRoom()) {
                feed();
            }
            end();
        } catch (InterruptedException e) {
            // The call was closed.
            dispatcher.cancel(job);
        } catch (RuntimeException | Error e) { // an OutOfMemoryError, most likely: the consumer must hear of it
            fail(nextIndex, e);
        }
    }

    /** Feeds one piece, unless what was fed is enough. */
    void feed() {
        if (gather.isSated()) {
            end();
            return;
        }
        Chunker chunker = chunker();
        switch (travel.serialize(chunker::next)) {
            case Piece.Chunk chunk -> {
                dispatcher.submit(job, chunk.firstIndex(), chunk.count(), chunk.items());
                nextIndex = chunk.firstIndex() + chunk.count();
            }
            case Piece.Unsendable unsendable -> {
                long index = unsendable.firstIndex();
                gather.put(new Run.Unsendable(index, unsendable.item(), unsendable.cause()));
                nextIndex = index + 1;
                if (failFast) {
                    dispatcher.unsent(job, index);
                    end();
                }
            }
            case Piece.InputFailed failed -> fail(failed.firstIndex(), failed.cause());
            case Piece.End _ -> end();
        }
    }

    private Chunker chunker() {
        if (feed == null) {
            feed = input.get();
        }
        return feed.chunker();
    }

    /** Nothing more is fed. */
    void end() {
        if (!over) {
            over = true;
            dispatcher.endInput(job);
        }
    }

    private void fail(long index, Throwable cause) {
        gather.put(new Run.InputFailed(index, cause));
        end();
    }
}
