package io.farmhand;

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

    /** How often it was run, or begun: more than 1 after workers died of it. */
    int attempts();

    /**
     * The value.
     *
     * @return what the function gave
     * @throws RuntimeException the item's error, as it is: also a checked exception of the function comes out here
     */
    R get();

    /** An item that has a value. */
    record Success<R extends @Nullable Object>(long index, R value, int worker, int attempts) implements Result<R> {
        @Override
        public R get() {
            return value;
        }
    }

    /**
     * An item that has none.
     *
     * @param error what the function threw, or {@link RemoteTaskException}, {@link WorkerCrashedException} or
     *     {@link TaskSerializationException}
     */
    record Failure<R extends @Nullable Object>(long index, Throwable error, int worker, int attempts)
            implements
                Result<R> {
        @Override
        public R get() {
            throw Failures.asItIs(error);
        }
    }
}
