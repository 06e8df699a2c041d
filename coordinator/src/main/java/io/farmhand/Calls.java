package io.farmhand;

import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.chunk.AdaptiveChunkSizer;
import io.farmhand.internal.chunk.ChunkSizer;
import io.farmhand.internal.chunk.Chunker;
import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.Job;
import io.farmhand.internal.gather.Gather;
import io.farmhand.internal.gather.OrderedGather;
import io.farmhand.internal.gather.UnorderedGather;
import io.farmhand.internal.gather.Window;
import io.farmhand.internal.observe.ProgressBar;
import io.farmhand.internal.observe.Screen;
import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.Lambdas;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Room;
import io.farmhand.internal.serial.Travel;
import io.farmhand.internal.serial.TravellingClasses;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.task.RetryingFunction;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of a pool with one set of options: encodes the function, chooses chunk sizes and window, and gives the
 * results the shape that the caller wants. Immutable but for {@link #feeding}.
 */
final class Calls {
    private static final int WINDOW_CHUNKS_PER_WORKER = 512;
    /** joblib's {@code pre_dispatch='2*n_jobs'}: with more under way the size would be chosen long before it is used. */
    private static final int ADAPTIVE_CHUNKS_PER_WORKER = 2;
    private static final long WINDOW_BYTES = 64L << 20;
    /** Of this JVM's heap at most one part in so many is for what is under way in one job. */
    private static final int WINDOW_HEAP_PART = 8;

    /** What functions that captured nothing are encoded as, by their classes: the same each time. */
    private static final ClassValue<AtomicReference<@Nullable ByteBuffer>> ENCODED = new ClassValue<>() {
        @Override
        protected AtomicReference<@Nullable ByteBuffer> computeValue(Class<?> type) {
            return new AtomicReference<>();
        }
    };

    /**
     * A list of results is not made longer than this beforehand. Smaller copies the list as it grows, and large arrays,
     * dead or alive, keep what they refer to from being collected; larger believes in a size that may be wrong.
     */
    private static final int FIRST_CAPACITY = 1 << 22;

    private final Target farm;
    private final long maxPayloadBytes;
    private final CallOptions options;
    /** Threads that run the input of a blocking or an asynchronous call of this pool; each adds and removes itself. */
    private final Set<Thread> feeding;

    /** Where calls go. */
    interface Target {
        /** Runs the jobs. */
        Dispatcher dispatcher();

        /** How many workers there are to be. */
        int size();

        /** Where long items are written. */
        default Room roomForItems() {
            return Room.NONE;
        }

        /** Where long functions are written. */
        default Room roomForFunctions() {
            return Room.NONE;
        }

        /** The classes that travel beside values; null where none do. */
        default @Nullable TravellingClasses classes() {
            return null;
        }

        /** Where the progress of calls is shown. */
        default Screen screen() {
            return Screen.standardError();
        }

        /** Where what is sent goes. */
        default Destination destination() {
            return Destination.HERE;
        }

        /**
         * Refuses a call before it begins.
         *
         * @throws PoolClosedException when it is closed
         * @throws PoolBrokenException when it can run nothing any more
         */
        void checkRunning();
    }

    Calls(Target farm, long maxPayloadBytes, CallOptions options) {
        this(farm, maxPayloadBytes, options, ConcurrentHashMap.newKeySet());
    }

    private Calls(Target farm, long maxPayloadBytes, CallOptions options, Set<Thread> feeding) {
        this.farm = farm;
        this.maxPayloadBytes = maxPayloadBytes;
        this.options = options;
        this.feeding = feeding;
    }

    /** Calls of the same pool with other options. */
    Calls with(CallOptions other) {
        return new Calls(farm, maxPayloadBytes, other, feeding);
    }

    CallOptions options() {
        return options;
    }

    /** Refuses what would wait for the call that runs it. */
    void checkNotFeeding() {
        if (feeding.contains(Thread.currentThread())) {
            throw new IllegalStateException("close() was called by the input of a call of the same pool, which it would"
                    + " wait for for ever; close the pool after the call, or use shutdownNow()");
        }
    }

    private <A extends @Nullable Object> A feeding(Supplier<A> call) {
        boolean outermost = feeding.add(Thread.currentThread());
        try {
            return call.get();
        } finally {
            if (outermost) {
                feeding.remove(Thread.currentThread());
            }
        }
    }

    // ---- what callers ask for ----

    <T extends @Nullable Object, R extends @Nullable Object> R single(RemoteFunction<? super T, ? extends R> function,
            T argument) {
        Calls quiet = options.shownProgress() == Progress.NONE ? this : with(options.progress(Progress.NONE));
        Call<R> call = quiet.eager(encode(function, function), function, Input.single(argument), 1, true);
        return collect(call, 1).get(0);
    }

    <R extends @Nullable Object> CompletableFuture<R> submit(RemoteCallable<? extends R> task) {
        Objects.requireNonNull(task, "task");
        return this.<R>start(encode(new CallableTask<>(task), task), task).future();
    }

    /** Starts a single task without an argument. */
    <R extends @Nullable Object> Started<R> start(Encoded encoded, Object task) {
        Call<R> call = open(encoded, this.<R>decoder(encoded, task, true), new OrderedGather(window(sizing(1), false)),
                ChunkSizer.fixed(1), false, true,
                () -> new Feed(chunker(Input.single(null), ChunkSizer.fixed(1)), 1), Progress.NONE);
        return new Started<>(call, this.<R, R>async(call, results -> results.get(0)));
    }

    /** A task that runs, or will. */
    record Started<R extends @Nullable Object>(Call<R> call, CompletableFuture<R> future) {}

    /** @param chunkSize 0 for the default */
    <R extends @Nullable Object> List<R> starList(RemoteBiFunction<?, ?, ? extends R> function, Input first,
            Input second, int chunkSize) {
        Encoded encoded = encode(StarTask.of(function), function);
        return feeding(() -> {
            Input pairs = Input.zip(first, second);
            return collect(this.<R>eager(encoded, function, pairs, chunkSize, true), pairs.size());
        });
    }

    /** @param chunkSize 0 for the default */
    <R extends @Nullable Object> List<R> list(RemoteFunction<?, ? extends R> function, Input input, int chunkSize) {
        Encoded encoded = encode(function, function);
        return feeding(() -> collect(this.<R>eager(encoded, function, input, chunkSize, true), input.size()));
    }

    <R extends @Nullable Object> CompletableFuture<List<R>> listAsync(RemoteFunction<?, ? extends R> function,
            Input input, int chunkSize) {
        Encoded encoded = encode(function, function);
        return this.<R, List<R>>async(eager(encoded, function, input, chunkSize, true), results -> results);
    }

    <R extends @Nullable Object> List<Result<R>> results(RemoteFunction<?, ? extends R> function, Input input) {
        farm.checkRunning();
        Encoded encoded = encode(function, function);
        return feeding(() -> CollectedResults.of(this.<R>eager(encoded, function, input, 0, false)));
    }

    <R extends @Nullable Object> Stream<R> values(RemoteFunction<?, ? extends R> function, Input input, int chunkSize,
            boolean ordered) {
        Call<R> call = lazy(function, input, chunkSize, ordered, true);
        return stream(new LazyValues<>(call), ordered, call);
    }

    <R extends @Nullable Object> Stream<Result<R>> lazyResults(RemoteFunction<?, ? extends R> function, Input input,
            int chunkSize, boolean ordered) {
        Call<R> call = lazy(function, input, chunkSize, ordered, false);
        return stream(call, ordered, call);
    }

    private static <A extends @Nullable Object> Stream<A> stream(Iterator<A> items, boolean ordered,
            Call<?> call) {
        int characteristics = ordered ? Spliterator.ORDERED : 0;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(items, characteristics), false)
                .onClose(call::close);
    }

    // ---- jobs ----

    private <R extends @Nullable Object> Call<R> eager(Encoded encoded, Object function, Input input, int chunkSize,
            boolean failFast) {
        ChunkSizing sizing = sizing(chunkSize);
        ChunkSizer told = told(sizing);
        return open(encoded, this.<R>decoder(encoded, function, false), new OrderedGather(window(sizing, false)), told,
                false,
                failFast, () -> {
                    if (!(sizing instanceof ChunkSizing.Standard)) {
                        return new Feed(chunker(input, told), input.size());
                    }
                    Input known = input.sized();
                    int items = ChunkSizer.forSizedInput(known.size(), farm.size());
                    return new Feed(chunker(known, ChunkSizer.fixed(bounded(items))), known.size());
                }, options.shownProgress());
    }

    private <R extends @Nullable Object> Call<R> lazy(RemoteFunction<?, ? extends R> function, Input input,
            int chunkSize, boolean ordered, boolean failFast) {
        ChunkSizing sizing = sizing(chunkSize);
        ChunkSizer told = told(sizing);
        Window window = window(sizing, true);
        Encoded encoded = encode(function, function);
        Call<R> call = open(encoded, this.<R>decoder(encoded, function, false),
                ordered ? new OrderedGather(window) : new UnorderedGather(window), told, true, failFast,
                () -> new Feed(chunker(input, told), input.size()), options.shownProgress());
        return call.feedApart();
    }

    /**
     * A call whose items come one by one from outside, by {@link ByHand}.
     *
     * @param bytes what {@link #bytes} gave: a gatherer may run more than once
     */
    <R extends @Nullable Object> ByHand<R> byHand(ByteBuffer bytes, Object function, boolean ordered) {
        Encoded encoded = new Encoded(bytes, Travel.toMany());
        ChunkSizing sizing = sizing(0);
        ChunkSizer told = told(sizing);
        Window window = window(sizing, true);
        Backlog backlog = new Backlog(told);
        Call<R> call = open(encoded, this.<R>decoder(encoded, function, false),
                ordered ? new OrderedGather(window) : new UnorderedGather(window), told, true, true,
                () -> new Feed(chunker(new Input(backlog, -1), backlog::chunkSize), -1), options.shownProgress());
        return new ByHand<>(call.cancelIfAbandoned(), backlog);
    }

    /**
     * Opens a job, on the caller's thread: what was called before a close is finished by it.
     *
     * @param told hears how long chunks took
     * @param input makes the chunker on the thread that feeds, where an input of unknown size may have to be read
     * @param shown what of its progress
     */
    private <R extends @Nullable Object> Call<R> open(Encoded encoded, ResultDecoder<R> decoder, Gather gather,
            ChunkSizer told, boolean lazy, boolean failFast, Supplier<Feed> input, Progress shown) {
        Dispatcher dispatcher = farm.dispatcher();
        CallProgress progress = shown == Progress.NONE
                ? null
                : new CallProgress(shown, dispatcher, farm.screen(), ProgressBar.UNKNOWN);
        if (progress != null) {
            gather.observedBy(progress::outcome);
        }
        ByteBuffer bytes = encoded.bytes();
        Travel travel = encoded.travel();
        Job job = dispatcher.open(bytes, Broadcasts.nameOf(bytes), options.forJob(lazy, failFast), gather, told);
        Supplier<Feed> counted = input;
        if (progress != null) {
            progress.began(job.number());
            counted = () -> {
                Feed feed = input.get();
                progress.total(feed.size());
                return feed;
            };
        }
        return new Call<>(dispatcher, job, gather, new Feeder(dispatcher, job, gather, failFast, counted, travel),
                decoder, travel, progress);
    }

    /** @param isTask whether it is a task without an argument */
    private <R extends @Nullable Object> ResultDecoder<R> decoder(Encoded encoded, Object function, boolean isTask) {
        ClassLoader loader = function.getClass().getClassLoader();
        return new ResultDecoder<>(loader == null ? ClassLoader.getSystemClassLoader() : loader, encoded.travel(),
                farm.destination(), options.taskTimeout(), isTask);
    }

    private Chunker chunker(Input input, ChunkSizer sizer) {
        return new Chunker(input.items(), sizer, maxPayloadBytes, farm.roomForItems(), farm.classes(),
                farm.destination());
    }

    private ChunkSizing sizing(int chunkSize) {
        return chunkSize > 0 ? ChunkSizing.fixed(chunkSize) : options.chunkSizing();
    }

    /** The sizer of a job; where the size of the input decides, the one for an unknown size. */
    private ChunkSizer told(ChunkSizing sizing) {
        return switch (sizing) {
            case ChunkSizing.Standard _ -> ChunkSizer.fixed(1);
            case ChunkSizing.Fixed(int items) -> ChunkSizer.fixed(bounded(items));
            case ChunkSizing.Adaptive _ -> new AdaptiveChunkSizer();
        };
    }

    /** No chunk is longer than all that may be under way. */
    private int bounded(int items) {
        return (int) Math.min(items, options.maxInFlight());
    }

    private Window window(ChunkSizing sizing, boolean lazy) {
        long chunks = (long) farm.size()
                * (sizing instanceof ChunkSizing.Adaptive ? ADAPTIVE_CHUNKS_PER_WORKER : WINDOW_CHUNKS_PER_WORKER);
        long bytes = Math.min(WINDOW_BYTES, Runtime.getRuntime().maxMemory() / WINDOW_HEAP_PART);
        return new Window((int) Math.min(chunks, Integer.MAX_VALUE), options.maxInFlight(),
                options.windowBytes(bytes), lazy);
    }

    private static <R extends @Nullable Object> List<R> collect(Call<R> call, long expected) {
        boolean done = false;
        try {
            List<R> results = new ArrayList<>(Math.clamp(expected, 0, FIRST_CAPACITY));
            call.drainTo(results);
            done = true;
            return results;
        } finally {
            if (!done) {
                call.close();
            }
        }
    }

    /**
     * Runs a call on a virtual thread of its own, where its future completes. Whatever else completes that, such as a
     * cancel or {@code orTimeout}, ends the job.
     */
    private <R extends @Nullable Object, A extends @Nullable Object> CompletableFuture<A> async(
            Call<R> call, Function<List<R>, A> finish) {
        CompletableFuture<A> future = new CompletableFuture<>();
        CompletableFuture<?> _ = future.whenComplete((value, error) -> call.close());
        Thread.ofVirtual().name("farm-call").start(() -> {
            try {
                // Whoever waits for the future runs here, too: by then this thread feeds nothing any more.
                List<R> results = feeding(() -> collect(call, 0));
                future.complete(finish.apply(results));
            } catch (Throwable e) { // also what the function threw, as it is
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    // ---- encoding ----

    /**
     * Encodes what is sent as the function; an error speaks of what the user wrote, not of our wrappers.
     *
     * @throws TaskSerializationException when it cannot be serialized, or what {@code retryIf} was given
     */
    Encoded encode(RemoteFunction<?, ?> sent, Object written) {
        Travel travel = Travel.toMany();
        return new Encoded(travel.serialize(() -> bytes(sent, written)), travel);
    }

    /**
     * What is sent as the function.
     *
     * @param travel of what is in it, and in the arguments of the same call; it is over with that
     */
    record Encoded(ByteBuffer bytes, Travel travel) {}

    /** The bytes of what is sent as the function, when they may be sent again. */
    ByteBuffer bytes(RemoteFunction<?, ?> sent, Object written) {
        Objects.requireNonNull(written, "function");
        AtomicReference<@Nullable ByteBuffer> same = ENCODED.get(sent.getClass());
        ByteBuffer known = same.get();
        if (known != null && options.retries() == 0 && known.remaining() <= maxPayloadBytes) {
            return known.duplicate().order(known.order());
        }
        PayloadBuffer encoded = new PayloadBuffer(farm.roomForFunctions());
        ValueWriter writer = new ValueWriter(encoded, maxPayloadBytes, farm.classes(), farm.destination());
        try {
            writer.writeValue(options.retries() > 0 ? retrying(sent) : sent);
            ByteBuffer bytes = encoded.detach();
            if (options.retries() == 0 && Lambdas.capturesNothing(sent) && !carriesClasses()) {
                same.set(bytes);
            }
            return bytes;
        } catch (UnwritableValueException e) {
            throw notSent(writer, e, written);
        }
    }

    /** Whether classes go along with what was encoded just now: other ones may do so the next time. */
    private static boolean carriesClasses() {
        Travel travel = Travel.current();
        return travel == null || (travel.baggage() != null && MemoryCode.loaderOf(travel) != null);
    }

    @SuppressWarnings("unchecked")
    private RetryingFunction<?, ?> retrying(RemoteFunction<?, ?> sent) {
        return new RetryingFunction<@Nullable Object, @Nullable Object>(
                (RemoteFunction<@Nullable Object, @Nullable Object>) sent, options.retryIf());
    }

    private TaskSerializationException notSent(ValueWriter writer, UnwritableValueException failure, Object written) {
        UnwritableValueException ofFunction = failureOf(writer, written);
        UnwritableValueException ofPredicate = ofFunction == null && options.retries() > 0
                ? failureOf(writer, options.retryIf())
                : null;
        if (ofPredicate != null) {
            return new TaskSerializationException(Stage.FUNCTION_OUT, -1,
                    "The predicate of retryIf was not sent: " + ofPredicate.getMessage(), ofPredicate);
        }
        UnwritableValueException cause = ofFunction == null ? failure : ofFunction;
        return new TaskSerializationException(Stage.FUNCTION_OUT, -1,
                "The function was not sent: " + cause.getMessage(), cause);
    }

    private static @Nullable UnwritableValueException failureOf(ValueWriter writer, Object value) {
        try {
            writer.writeValue(value);
            return null;
        } catch (UnwritableValueException e) {
            return e;
        }
    }
}
