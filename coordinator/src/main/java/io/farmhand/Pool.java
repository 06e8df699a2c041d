package io.farmhand;

import io.farmhand.internal.channel.BlobStore;
import io.farmhand.task.Broadcast;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.BaseStream;
import java.util.stream.Gatherer;
import java.util.stream.Gatherer.Downstream;
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
 * {@link WorkerCrashedException}. An item that runs past the {@code taskTimeout}, if there is one, alone fails with
 * {@link TaskTimeoutException}. What cannot be serialized fails with {@link TaskSerializationException}. The
 * list-returning calls throw the first error by item order and drop the rest; {@link #mapResults} and {@link #imapResults} give all.
 * A call on a closed pool throws {@link PoolClosedException}; when no worker can be had any more, calls throw
 * {@link PoolBrokenException}. Interrupting a waiting call cancels its job: it throws
 * {@link CancellationException} and leaves the thread's interrupt flag set.
 *
 * <p><b>Options</b> of the pool are its {@link PoolBuilder}'s; those of its calls can be changed with {@link #with}.
 *
 * <p><b>Ends.</b> A call that nobody waits for any more is cancelled: its waiting thread was interrupted, its future
 * was cancelled or completed otherwise, its stream was closed, or was dropped and found by the garbage collector. What
 * runs of it is interrupted, and its worker killed when it does not stop within {@code cancelGrace}.
 *
 * <p><b>Pools in tasks.</b> A task may make a pool of its own; the cores that it sees there are its worker's share. In a
 * worker of a worker of a worker that is refused ({@code farmhand.maxDepth}, 3).
 *
 * <p>A pool may be used by many threads at once; their jobs are served in turn.
 */
public final class Pool implements AutoCloseable {
    private final PoolFarm farm;
    private final Calls calls;
    private final boolean shared;

    /** @param shared whether it is this JVM's, so that nobody in particular may close it */
    Pool(PoolOptions options, boolean shared) {
        Nesting.check();
        BlobStore blobs = new BlobStore();
        ByteBuffer setup = SetupEncoder.encode(options, blobs);
        try {
            this.farm = new PoolFarm(options, setup, blobs);
        } catch (IOException e) {
            throw new UncheckedIOException(options.backend().name() + " cannot provide workers: " + e.getMessage(), e);
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
        this.calls = new Calls(farm, options.maxPayloadBytes(), options.calls());
        this.shared = shared;
    }

    /** A view with other options for its calls. */
    private Pool(Pool pool, CallOptions options) {
        this.farm = pool.farm;
        this.calls = pool.calls.with(options);
        this.shared = pool.shared;
    }

    /**
     * A pool of the workers of a cluster: as many as its coordinator gives it, which may change at any time.
     *
     * @param farm {@code farm://HOST[:PORT]}, as {@link PoolBuilder#farm} says
     * @throws IllegalArgumentException when it is no such address, or the files by which to prove oneself cannot be used
     * @throws UncheckedIOException when the coordinator cannot be reached, or refuses this client
     * @throws PoolBrokenException when no worker can be started
     */
    public static Pool connect(String farm) {
        return builder().farm(farm).build();
    }

    /**
     * Makes a pool with a worker for each core.
     *
     * @throws PoolBrokenException when no worker can be started
     * @throws IllegalStateException in a worker that is too deep: see {@link Pool}
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

    /**
     * The pool that all of this JVM shares, with a worker for each core: made when it is first asked for, and made anew
     * when it has ended. Its workers leave when there was nothing to do for 5 minutes, and start again with the next
     * call. {@link #close} leaves it open; {@link #shutdownNow} ends it.
     *
     * @throws PoolBrokenException when no worker can be started
     */
    public static Pool shared() {
        return builder().shared();
    }

    /**
     * The pool that all of this JVM shares, as {@link #shared()}; it is resized if it has another size. What runs goes
     * on meanwhile.
     *
     * @param workers how many worker JVMs, at least 1
     * @throws PoolBrokenException when no worker can be started
     */
    public static Pool shared(int workers) {
        return builder().workers(workers).shared();
    }

    /**
     * This pool with other options for its calls: {@code pool.with(options -> options.retries(3)).map(...)}. It is a
     * view; closing it closes the pool.
     *
     * @param change makes the view's options of this pool's
     * @throws IllegalArgumentException when an option is not to be had of the pool's {@link PoolBuilder#backend}
     */
    public Pool with(UnaryOperator<CallOptions> change) {
        CallOptions options = change.apply(calls.options());
        farm.checkCapabilities(options);
        return new Pool(this, options);
    }

    // ---- its workers ----

    /** How many workers the pool is to have: as it was made, or {@link #resize}d last. */
    public int size() {
        return farm.size();
    }

    /**
     * Changes how many workers there are, without waiting for it. Those that are too many finish what they have begun;
     * nothing is lost.
     *
     * @param workers how many, at least 1
     * @throws IllegalArgumentException when it is less than 1
     */
    public void resize(int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers=" + workers + " is not at least 1");
        }
        farm.resize(workers);
    }

    /**
     * What each worker process is at; empty when the pool has ended. After a {@link #resize} to fewer the others are
     * among them until their processes are gone, as {@link WorkerInfo.State#LEAVING} or
     * {@link WorkerInfo.State#DYING}; so is, for a while, a worker beside its replacement. {@link #size} tells what is
     * wanted.
     */
    public List<WorkerInfo> workers() {
        return answer(farm.dispatcher().workers()).stream().map(WorkerInfo::of).toList();
    }

    /** Where the workers' time went so far, and what took longest; all zero when the pool has ended. */
    public Insights insights() {
        return Insights.of(answer(farm.dispatcher().statistics()));
    }

    /**
     * Sends a value to each worker at most once, at its first use there: capture the broadcast in lambdas, or pass it as
     * an argument, and {@link Broadcast#get} gives the value. It is kept until it is closed, or the pool is.
     *
     * <p>A captured value of more than a megabyte need not be broadcast by hand: workers keep the last such function,
     * and further calls with the same content send nothing.
     *
     * @param value any serializable value
     * @throws TaskSerializationException when it cannot be serialized, or is longer than the pool's {@code maxPayload}
     */
    public <T> Broadcast<T> broadcast(T value) {
        return farm.broadcasts().of(value);
    }

    private static <A> A answer(CompletableFuture<A> asked) {
        try {
            return asked.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for the dispatcher's answer");
        } catch (ExecutionException e) {
            throw new AssertionError("nothing completes it with a failure", e);
        }
    }

    boolean isOver() {
        return farm.isOver();
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

    // ---- mapResults ----

    /**
     * As {@link #map(RemoteFunction, Iterable)}, but all items are run, and errors come as {@link Result.Failure} in
     * their place. When the pool ends meanwhile, by {@link #shutdownNow} or since it breaks, items without an outcome
     * have that as their error.
     *
     * @param function runs in the workers
     * @param items the input
     * @return what came of each item, in the order of the items
     * @throws PoolClosedException when the pool was closed before
     */
    public <T extends @Nullable Object, R extends @Nullable Object> List<Result<R>> mapResults(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items) {
        return calls.results(function, Input.of(items));
    }

    /** As {@link #mapResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<Result<R>> mapResults(
            RemoteFunction<? super T, ? extends R> function, T[] items) {
        return calls.results(function, Input.of(items));
    }

    /** As {@link #mapResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<Result<R>> mapResults(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.results(function, Input.of(items));
    }

    /** As {@link #mapResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> List<Result<R>> mapResults(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items) {
        return calls.results(function, Input.of(items));
    }

    // ---- mapAsync ----

    /**
     * Maps a function over the input without waiting for it. The input is read on a thread of the job; it must not be
     * changed meanwhile. Cancelling the future cancels the job, and stops what runs.
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
        return calls.values(function, Input.of(items), 0, true);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items, int chunkSize) {
        return calls.values(function, Input.of(items), checked(chunkSize), true);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, T[] items) {
        return calls.values(function, Input.of(items), 0, true);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, T[] items, int chunkSize) {
        return calls.values(function, Input.of(items), checked(chunkSize), true);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.values(function, Input.of(items), 0, true);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items, int chunkSize) {
        return calls.values(function, Input.of(items), checked(chunkSize), true);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items) {
        return calls.values(function, Input.of(items), 0, true);
    }

    /** As {@link #imap(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imap(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items, int chunkSize) {
        return calls.values(function, Input.of(items), checked(chunkSize), true);
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
        return calls.values(function, Input.of(items), 0, false);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items, int chunkSize) {
        return calls.values(function, Input.of(items), checked(chunkSize), false);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, T[] items) {
        return calls.values(function, Input.of(items), 0, false);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, T[] items, int chunkSize) {
        return calls.values(function, Input.of(items), checked(chunkSize), false);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.values(function, Input.of(items), 0, false);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items, int chunkSize) {
        return calls.values(function, Input.of(items), checked(chunkSize), false);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items) {
        return calls.values(function, Input.of(items), 0, false);
    }

    /** As {@link #imapUnordered(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<R> imapUnordered(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items, int chunkSize) {
        return calls.values(function, Input.of(items), checked(chunkSize), false);
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
        return calls.lazyResults(function, Input.of(items), 0, true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items, int chunkSize) {
        return calls.lazyResults(function, Input.of(items), checked(chunkSize), true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, T[] items) {
        return calls.lazyResults(function, Input.of(items), 0, true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, T[] items, int chunkSize) {
        return calls.lazyResults(function, Input.of(items), checked(chunkSize), true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.lazyResults(function, Input.of(items), 0, true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items, int chunkSize) {
        return calls.lazyResults(function, Input.of(items), checked(chunkSize), true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items) {
        return calls.lazyResults(function, Input.of(items), 0, true);
    }

    /** As {@link #imapResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapResults(
            RemoteFunction<? super T, ? extends R> function, BaseStream<? extends T, ?> items, int chunkSize) {
        return calls.lazyResults(function, Input.of(items), checked(chunkSize), true);
    }

    // ---- imapUnorderedResults ----

    /**
     * As {@code imapResults}, but what came of an item comes as soon as it is there; {@link Result#index} tells of which.
     *
     * @param function runs in the workers
     * @param items the input
     * @return what came of each item, in the order in which that is known
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapUnorderedResults(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items) {
        return calls.lazyResults(function, Input.of(items), 0, false);
    }

    /** As {@link #imapUnorderedResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapUnorderedResults(
            RemoteFunction<? super T, ? extends R> function, Iterable<? extends T> items, int chunkSize) {
        return calls.lazyResults(function, Input.of(items), checked(chunkSize), false);
    }

    /** As {@link #imapUnorderedResults(RemoteFunction, Iterable)}. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapUnorderedResults(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items) {
        return calls.lazyResults(function, Input.of(items), 0, false);
    }

    /** As {@link #imapUnorderedResults(RemoteFunction, Iterable)}, in chunks of {@code chunkSize} items. */
    public <T extends @Nullable Object, R extends @Nullable Object> Stream<Result<R>> imapUnorderedResults(
            RemoteFunction<? super T, ? extends R> function, Iterator<? extends T> items, int chunkSize) {
        return calls.lazyResults(function, Input.of(items), checked(chunkSize), false);
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
        return calls.starList(function, Input.of(Objects.requireNonNull(first, "first")),
                Input.of(Objects.requireNonNull(second, "second")), 0);
    }

    /** As {@link #starMap(RemoteBiFunction, Iterable, Iterable)}, in chunks of {@code chunkSize} items. */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starMap(
            RemoteBiFunction<? super A, ? super B, ? extends R> function, Iterable<? extends A> first,
            Iterable<? extends B> second, int chunkSize) {
        return calls.starList(function, Input.of(Objects.requireNonNull(first, "first")),
                Input.of(Objects.requireNonNull(second, "second")), checked(chunkSize));
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
     * @return completes on a thread of the job; cancelling it cancels the task, also when it runs
     * @throws TaskSerializationException at once, when the task cannot be serialized
     */
    public <R extends @Nullable Object> CompletableFuture<R> submit(RemoteCallable<? extends R> task) {
        return calls.submit(task);
    }

    // ---- other shapes ----

    /**
     * This pool as an executor. Its tasks must be serializable: a {@code RemoteCallable}, or a lambda that is cast to
     * {@code Runnable & Serializable}; others are refused with {@link RejectedExecutionException}, which has a
     * {@link TaskSerializationException} as its cause. So are all tasks of {@code CompletableFuture.supplyAsync(task,
     * executor)} and its kin, which wrap them in what cannot be sent: {@link #submit} gives a {@code CompletableFuture}
     * by itself. Shutting it down leaves the pool as it is; {@code shutdownNow}
     * stops its own tasks, also those that run, and returns those that had not begun.
     */
    public ExecutorService asExecutorService() {
        return new FarmExecutor(farm::isOver, calls);
    }

    /**
     * A stage of a stream that maps in the workers, a bounded window ahead, and keeps the order:
     * {@code stream.gather(pool.mapping(f)).limit(10)}, also of an endless stream. An error is thrown from the stream.
     *
     * @param function runs in the workers
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Gatherer<T, ?, R> mapping(
            RemoteFunction<? super T, ? extends R> function) {
        return gathering(function, true, (R value, Downstream<? super R> downstream) -> downstream.push(value));
    }

    /**
     * As {@link #mapping}, but results come as soon as they are there.
     *
     * @param function runs in the workers
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Gatherer<T, ?, R> mappingUnordered(
            RemoteFunction<? super T, ? extends R> function) {
        return gathering(function, false, (R value, Downstream<? super R> downstream) -> downstream.push(value));
    }

    /**
     * As {@link #mapping}, for a function that gives many results for an item, which follow each other in the stream.
     *
     * @param function runs in the workers; what it gives must be serializable, such as a list, and is sent as a whole
     */
    public <T extends @Nullable Object, R extends @Nullable Object> Gatherer<T, ?, R> flatMapping(
            RemoteFunction<? super T, ? extends Iterable<? extends R>> function) {
        return gathering(function, true, (Iterable<? extends R> values, Downstream<? super R> downstream) -> {
            for (R value : values) {
                if (!downstream.push(value)) {
                    return false;
                }
            }
            return !downstream.isRejecting();
        });
    }

    private <T extends @Nullable Object, V extends @Nullable Object, R extends @Nullable Object> Gatherer<T, ?, R> gathering(
            RemoteFunction<? super T, ? extends V> function, boolean ordered, PoolGatherer.Emitter<V, R> emitter) {
        ByteBuffer encoded = calls.bytes(function, function);
        return PoolGatherer.of(() -> calls.byHand(encoded, function, ordered), emitter);
    }

    // ---- the end ----

    /**
     * Waits for what was submitted, then ends the workers. One that has not ended after 5 seconds, since its finalizer
     * runs for longer or somebody has stopped it (SIGSTOP), is killed. Lazy streams get what was under way and then
     * {@link PoolClosedException}. Safe to call again and from several threads; an interrupt turns it into
     * {@link #shutdownNow}. A {@link #shared} pool is left as it is.
     *
     * @throws IllegalStateException when called by the input of a blocking or asynchronous call of this pool, which would wait for
     *     itself
     */
    @Override
    public void close() {
        if (!shared) {
            calls.checkNotFeeding();
            farm.close();
        }
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
