package io.farmhand.internal.worker;

import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.task.RetryingFunction;
import io.farmhand.task.RemoteFunction;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A job's function, read when its first item is at hand; owned by the runner. */
final class JobFunction {
    private final long seed;
    private final ByteBuffer encoded;
    private @Nullable RemoteFunction<@Nullable Object, @Nullable Object> function;
    private @Nullable UnreadableValueException unreadable;
    private @Nullable ClassLoader classes;

    /** @param seed what the random numbers of the job's items are seeded by */
    JobFunction(long seed, ByteBuffer encoded) {
        this.seed = seed;
        this.encoded = encoded;
    }

    long seed() {
        return seed;
    }

    boolean isRead() {
        return function != null || unreadable != null;
    }

    /** The loader of the classes that came with the function; null if none did, or it was not read yet. */
    @Nullable
    ClassLoader classes() {
        return classes;
    }

    /** The function was read with classes of this loader. */
    void classes(@Nullable ClassLoader loader) {
        classes = loader;
    }

    /**
     * Reads the function, or gives what was read before.
     *
     * @param item the item that needs it: when it was told to stop meanwhile, a failure may be no more than that, and
     *     the next item tries again
     */
    @SuppressWarnings("unchecked") // the coordinator's Pool takes nothing else
    RemoteFunction<@Nullable Object, @Nullable Object> get(KnownFunctions known, ItemContext item)
            throws UnreadableValueException {
        if (unreadable != null) {
            throw unreadable;
        }
        if (function == null) {
            try {
                function = (RemoteFunction<@Nullable Object, @Nullable Object>) known.read(encoded);
            } catch (UnreadableValueException e) {
                if (!item.isCancelled()) {
                    unreadable = e;
                }
                throw e;
            }
        }
        if (function == null) {
            throw new IllegalStateException("the function is null");
        }
        return function;
    }

    /**
     * Whether an item that threw this is to be tried again. When the job's own rule throws, the answer is no, and what it
     * threw is kept with what the item threw.
     */
    @SuppressWarnings("ReferenceEquality")
    boolean isRetryable(Throwable thrown) {
        if (!(function instanceof RetryingFunction<?, ?> retrying)) {
            return false;
        }
        try {
            return retrying.isRetryable(thrown);
        } catch (Throwable e) {
            if (e != thrown) { // an exception cannot suppress itself
                thrown.addSuppressed(e);
            }
            return false;
        }
    }
}
