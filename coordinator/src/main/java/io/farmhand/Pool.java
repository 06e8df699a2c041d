package io.farmhand;

import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.BaseStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pool of worker JVMs that map functions over data, in order.
 *
 * <pre>{@code
 * try (Pool pool = Pool.create()) {
 *     List<Long> squares = pool.map(n -> n * n, List.of(1L, 2L, 3L));
 * }
 * }</pre>
 *
 * <p><b>Functions</b> are lambdas, method references or objects; they and the values that they capture are serialized
 * and sent once for each job and worker, and so they work on copies. Workers have this JVM's class path.
 *
 * <p><b>Inputs</b> are {@code Iterable}s, arrays, {@code Iterator}s and streams (also {@code IntStream} and its kin:
 * for an {@code int[]} pass {@code Arrays.stream(array)}). Items and results travel by Java serialization, with fast
 * paths for numbers, strings, primitive arrays and lists of those.
 *
 * <p><b>Failures.</b> An exception that the function throws comes out of the call as the type that it is, also when it
 * is a checked one, with the worker's stack and a {@link RemoteTaskException} at the end of its causes that says
 * which item it was, and where. An item whose worker dies is run again, at most twice; then it alone fails with
 * {@link WorkerCrashedException}. What cannot be serialized fails with {@link TaskSerializationException}. The
 * list-returning calls throw the first error by item order and drop the rest; {@link #imapResults} gives all.
 * A call on a closed pool throws {@link PoolClosedException}; when no worker can be had any more, calls throw
 * {@link PoolBrokenException}. Interrupting a waiting call cancels its job: it throws
 * {@link CancellationException} and leaves the thread's interrupt flag set.
 *
 * <p>A pool may be used by many threads at once; their jobs are served in turn.
 */
public final class Pool implements AutoCloseable {
    private final PoolOptions options;
    private final LocalFarm farm;
    private final Calls calls;

    Pool(PoolOptions options) {
        this.options = options;
        try {
            this.farm = new LocalFarm(options);
        } catch (IOException e) {
            throw new UncheckedIOException("the farm's directory or socket cannot be made: " + e.getMessage(), e);
        }
        boolean ready = false;
        try {
            farm.awaitReady();
            ready = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while the pool was starting");
        } finally {
            if (!ready) {
                farm.shutdownNow();
            }
        }
        this.calls = new Calls(options, farm.dispatcher());
    }

    /**
     * Makes a pool with a worker for each core.
     *
     * @throws PoolBrokenException when no worker can be started
     */
    public static Pool create() {
        return builder().build();
    }

    /**
     * Makes a pool.
     *
     * @param workers how many worker JVMs, at least 1
     * @throws PoolBrokenException when no worker can be started
     */
    public static Pool create(int workers) {
        return builder().workers(workers).build();
    }

    /** Begins a pool with options. */
    public static PoolBuilder builder() {
        return new PoolBuilder();
    }

    /** How many workers the pool has. */
    public int size() {
        return options.workers();
    }

    // ---- map ----

    /**
     * Maps a function over the input and waits for all results. By default there are four chunks for each worker, as in
     * CPython; an input of unknown size is read to its end first for that.
     *
     * @param function runs in the workers
     * @param items the input
     * @return the results, in the order of the items
     */
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items) {
        return calls.list(function, Input.of(items), 0);
    }

    /** As {@link #map(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items, int chunkSize) {
        return calls.list(function, Input.of(items), checked(chunkSize));
    }

    /** As {@link #map(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, T[] items) {
        return calls.list(function, Input.of(items), 0);
    }

    /** As {@link #map(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, T[] items, int chunkSize) {
        return calls.list(function, Input.of(items), checked(chunkSize));
    }

    /** As {@link #map(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.list(function, Input.of(items), 0);
    }

    /** As {@link #map(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items, int chunkSize) {
        return calls.list(function, Input.of(items), checked(chunkSize));
    }

    /** As {@link #map(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items) {
        return calls.list(function, Input.of(items), 0);
    }

    /** As {@link #map(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items, int chunkSize) {
        return calls.list(function, Input.of(items), checked(chunkSize));
    }

    // ---- mapAsync ----

    /**
     * Maps a function over the input without waiting for it. The input is read on a thread of the job; it must not be
     * changed meanwhile. Cancelling the future cancels the job.
     *
     * @param function runs in the workers
     * @param items the input
     * @return completes on a thread of the job with the results in the order of the items, or with the first error
     */
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items) {
        return calls.listAsync(function, Input.of(items), 0);
    }

    /** As {@link #mapAsync(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items, int chunkSize) {
        return calls.listAsync(function, Input.of(items), checked(chunkSize));
    }

    /** As {@link #mapAsync(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            RemoteFunction<? super T, ? extends R> function, T[] items) {
        return calls.listAsync(function, Input.of(items), 0);
    }

    /** As {@link #mapAsync(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            RemoteFunction<? super T, ? extends R> function, T[] items, int chunkSize) {
        return calls.listAsync(function, Input.of(items), checked(chunkSize));
    }

    /** As {@link #mapAsync(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.listAsync(function, Input.of(items), 0);
    }

    /** As {@link #mapAsync(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items, int chunkSize) {
        return calls.listAsync(function, Input.of(items), checked(chunkSize));
    }

    /** As {@link #mapAsync(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items) {
        return calls.listAsync(function, Input.of(items), 0);
    }

    /** As {@link #mapAsync(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> mapAsync(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items, int chunkSize) {
        return calls.listAsync(function, Input.of(items), checked(chunkSize));
    }

    // ---- imap ----

    /**
     * Maps a function over an input of any length, also an endless one: results come lazily, in order, while the input
     * is pulled on a thread of the job, a bounded window ahead. The default chunk size is 1. Closing the stream cancels
     * the rest; close it when it is not read to its end.
     *
     * @param function runs in the workers
     * @param items the input
     * @return the results, in the order of the items; an error ends the stream by being thrown from it
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items) {
        return calls.lazily(function, Input.of(items), 0, true).map(Result::get);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), true).map(Result::get);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, T[] items) {
        return calls.lazily(function, Input.of(items), 0, true).map(Result::get);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, T[] items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), true).map(Result::get);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.lazily(function, Input.of(items), 0, true).map(Result::get);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), true).map(Result::get);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items) {
        return calls.lazily(function, Input.of(items), 0, true).map(Result::get);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), true).map(Result::get);
    }

    // ---- imapUnordered ----

    /**
     * As {@code imap}, but results come as soon as they are there.
     *
     * @param function runs in the workers
     * @param items the input
     * @return the results, in the order in which they come
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items) {
        return calls.lazily(function, Input.of(items), 0, false).map(Result::get);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), false).map(Result::get);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, T[] items) {
        return calls.lazily(function, Input.of(items), 0, false).map(Result::get);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, T[] items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), false).map(Result::get);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.lazily(function, Input.of(items), 0, false).map(Result::get);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), false).map(Result::get);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items) {
        return calls.lazily(function, Input.of(items), 0, false).map(Result::get);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), false).map(Result::get);
    }

    // ---- imapResults ----

    /**
     * As {@code imap}, but errors come as {@link Result.Failure} in their place and the others go on.
     *
     * @param function runs in the workers
     * @param items the input
     * @return what came of each item, in the order of the items
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items) {
        return calls.lazily(function, Input.of(items), 0, true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, T[] items) {
        return calls.lazily(function, Input.of(items), 0, true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, T[] items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.lazily(function, Input.of(items), 0, true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items) {
        return calls.lazily(function, Input.of(items), 0, true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items, int chunkSize) {
        return calls.lazily(function, Input.of(items), checked(chunkSize), true);
    }

    // ---- two inputs, one item, none ----

    /**
     * Maps a function of two arguments over two inputs in step, as {@code zip} in Python does.
     *
     * @param function runs in the workers
     * @param first the first arguments
     * @param second the second arguments
     * @return the results, in the order of the items
     * @throws IllegalArgumentException when both are collections, of different sizes
     */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starMap(
            RemoteBiFunction<? super A, ? super B, ? extends R> function, Iterable<? extends A> first,
            Iterable<? extends B> second) {
        return calls.starList(function, first, second, 0);
    }

    /** As {@link #starMap(RemoteBiFunction, Iterable, Iterable)}, in chunks of {@code chunkSize} items. */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starMap(
            RemoteBiFunction<? super A, ? super B, ? extends R> function, Iterable<? extends A> first,
            Iterable<? extends B> second, int chunkSize) {
        return calls.starList(function, first, second, checked(chunkSize));
    }

    /**
     * Runs a function on one argument in a worker and waits for its result.
     *
     * @param function runs in a worker
     * @param argument its argument
     * @return its result
     */
    public <T extends @Nullable Object, R extends @Nullable Object> R apply(
            RemoteFunction<? super T, ? extends R> function, T argument) {
        return calls.single(function, argument);
    }

    /**
     * Runs a task in a worker without waiting for it.
     *
     * @param task runs in a worker
     * @return completes on a thread of the job; cancelling it cancels the task, if it has not begun
     * @throws TaskSerializationException at once, when the task cannot be serialized
     */
    public <R extends @Nullable Object> CompletableFuture<R> submit(RemoteCallable<? extends R> task) {
        return calls.submit(task);
    }

    // ---- the end ----

    /**
     * Waits for what was submitted, then ends the workers. Lazy streams get what was under way and then
     * {@link PoolClosedException}. Safe to call again and from several threads; an interrupt turns it into
     * {@link #shutdownNow}.
     *
     * @throws IllegalStateException when called by the input of a blocking or asynchronous call of this pool, which would wait for
     *     itself
     */
    @Override
    public void close() {
        calls.checkNotFeeding();
        farm.close();
    }

    /** Ends the workers at once; calls under way throw {@link PoolClosedException}. */
    public void shutdownNow() {
        farm.shutdownNow();
    }

    private static int checked(int chunkSize) {
        if (chunkSize < 1) {
            throw new IllegalArgumentException("chunkSize=" + chunkSize + " is not at least 1");
        }
        return chunkSize;
    }
}
