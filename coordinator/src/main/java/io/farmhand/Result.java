package io.farmhand;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What came of one item.
 *
 * @param <R> the type of the value
 */
public sealed interface Result<R extends @Nullable Object> {
    /** The index of the item in its job, from 0. */
    long index();

    /** The worker that ran it last, or -1 when none did. */
    int worker();

    /** How often it was run, or begun: more than 1 after retries, or after workers died of it. */
    int attempts();

    /** How long the function took for it the last time, without reading and writing; zero when that is not known. */
    Duration taken();

    /**
     * The value.
     *
     * @return what the function gave
     * @throws RuntimeException the item's error, as it is: also a checked exception of the function comes out here
     */
    R get();

    /** An item that has a value. */
    record Success<R extends @Nullable Object>(long index, R value, int worker, int attempts, Duration taken)
            implements
                Result<R> {
        @Override
        public R get() {
            return value;
        }
    }

    /**
     * An item that has none.
     *
     * @param error what the function threw, or {@link RemoteTaskException}, {@link WorkerCrashedException},
     *     {@link TaskSerializationException}, {@link TaskTimeoutException}, {@link PoolClosedException} or
     *     {@link PoolBrokenException}
     * @param kind tells our errors from the function's own
     */
    record Failure<R extends @Nullable Object>(long index, Throwable error, Kind kind, int worker, int attempts,
            Duration taken) implements Result<R> {

        /** Why an item has no value. */
        public enum Kind {
            /** The function threw. */
            EXCEPTION,
            /** The function, the argument or the result could not be written, read, or was too long. */
            SERIALIZATION,
            /** It ran too long. */
            TIMEOUT,
            /** Its worker died of it. */
            CRASH,
            /** The pool ended before it had an outcome. */
            CANCELLED
        }

        @Override
        public R get() {
            throw Failures.asItIs(error);
        }
    }
}
