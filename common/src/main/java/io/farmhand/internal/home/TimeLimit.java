package io.farmhand.internal.home;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes a channel that blocks, if what is done with it takes too long: nothing else ends that but an interrupt. */
public final class TimeLimit implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TimeLimit.class.getName());

    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

    /**
     * Begins to count.
     *
     * @param channel what is closed
     * @param nanos how long it may take
     */
    public TimeLimit(Closeable channel, long nanos) {
        var _ = over.orTimeout(Math.max(1, nanos), TimeUnit.NANOSECONDS).exceptionally(_ -> end(channel));
    }

    private static @Nullable Void end(Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a channel was not closed", e);
        }
        return null;
    }

    /** Whether it took too long. */
    public boolean hasPassed() {
        return over.isCompletedExceptionally();
    }

    /** It is done. */
    @Override
    public void close() {
        over.complete(null);
    }
}
