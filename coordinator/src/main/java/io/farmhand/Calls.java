package io.farmhand;

import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.chunk.ChunkSizer;
import io.farmhand.internal.chunk.Chunker;
import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.Job;
import io.farmhand.internal.gather.Gather;
import io.farmhand.internal.gather.OrderedGather;
import io.farmhand.internal.gather.UnorderedGather;
import io.farmhand.internal.gather.Window;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of a pool: encodes the function, chooses chunk size and window, and gives the results the shape that
 * the caller wants. Immutable but for {@link #feeding}.
 */
final class Calls {
    private static final int WINDOW_CHUNKS_PER_WORKER = 128;
    private static final long WINDOW_BYTES = 64L << 20;
    /** Of this JVM's heap at most one part in so many is for what is under way in one job. */
    private static final int WINDOW_HEAP_PART = 8;

    /** A list of results is not made longer than this beforehand. */
    private static final int FIRST_CAPACITY = 1 << 16;

    private final PoolOptions options;
    private final Dispatcher dispatcher;
    /** Threads that run the input of a blocking or an asynchronous call; each adds and removes itself. */
    private final Set<Thread> feeding = ConcurrentHashMap.newKeySet();

    Calls(PoolOptions options, Dispatcher dispatcher) {
        this.options = options;
        this.dispatcher = dispatcher;
    }

    /** Refuses what would wait for the call that runs it. */
    void checkNotFeeding() {
        if (feeding.contains(Thread.currentThread())) {
            throw new IllegalStateException("close() was called by the input of a call of the same pool, which it would"
                    + " wait for for ever; close the pool after the call, or use shutdownNow()");
        }
    }

    <T extends @Nullable Object, R extends @Nullable Object> R single(RemoteFunction<? super T, ? extends R> function,
            T argument) {
        Call<R> call = eager(encode(function, function), function, Input.single(argument), 1);
        return collect(call, 1).get(0);
    }

    <R extends @Nullable Object> CompletableFuture<R> submit(RemoteCallable<? extends R> task) {
        Objects.requireNonNull(task, "task");
        ByteBuffer encoded = encode(new CallableTask<>(task), task);
        return this.<R, R>async(eager(encoded, task, Input.single(null), 1), results -> results.get(0));
    }

    <R extends @Nullable Object> List<R> starList(RemoteBiFunction<?, ?, ? extends R> function,
            Iterable<?> first, Iterable<?> second, int chunkSize) {
        Objects.requireNonNull(first, "first");
        Objects.requireNonNull(second, "second");
        ByteBuffer encoded = encode(StarTask.of(function), function);
        return list(encoded, function, Input.zip(Input.of(first), Input.of(second)), chunkSize);
    }

    <R extends @Nullable Object> List<R> list(RemoteFunction<?, ? extends R> function, Input input,
            int chunkSize) {
        return list(encode(function, function), function, input, chunkSize);
    }

    /** @param chunkSize 0 for the default */
    <R extends @Nullable Object> List<R> list(ByteBuffer encoded, Object function, Input input, int chunkSize) {
        boolean outermost = feeding.add(Thread.currentThread());
        try {
            return collect(eager(encoded, function, input, chunkSize), input.size());
        } finally {
            if (outermost) {
                feeding.remove(Thread.currentThread());
            }
        }
    }

    <R extends @Nullable Object> CompletableFuture<List<R>> listAsync(RemoteFunction<?, ? extends R> function,
            Input input, int chunkSize) {
        ByteBuffer encoded = encode(function, function);
        return this.<R, List<R>>async(eager(encoded, function, input, chunkSize), results -> results);
    }

    private <R extends @Nullable Object> Call<R> eager(ByteBuffer encoded, Object function, Input input,
            int chunkSize) {
        return call(encoded, function, () -> {
            if (chunkSize > 0) {
                return chunker(input, chunkSize);
            }
            Input known = input.sized();
            return chunker(known, ChunkSizer.forSizedInput(known.size(), options.workers()));
        }, new OrderedGather(window(false)), false);
    }

    private Chunker chunker(Input input, int chunkSize) {
        return new Chunker(input.items(), chunkSize, options.maxPayloadBytes());
    }

    <R extends @Nullable Object> Stream<Result<R>> lazily(RemoteFunction<?, ? extends R> function, Input input,
            int chunkSize, boolean ordered) {
        Gather gather = ordered ? new OrderedGather(window(true)) : new UnorderedGather(window(true));
        Call<R> call = call(encode(function, function), function, () -> chunker(input, Math.max(1, chunkSize)), gather,
                true);
        int characteristics = Spliterator.NONNULL | (ordered ? Spliterator.ORDERED : 0);
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(call.feedApart(), characteristics), false)
                .onClose(call::close);
    }

    /**
     * Opens a job, on the caller's thread: what was called before a close is finished by it.
     *
     * @param input makes the chunker on the thread that feeds, where an input of unknown size may have to be read
     */
    private <R extends @Nullable Object> Call<R> call(ByteBuffer encoded, Object function, Supplier<Chunker> input,
            Gather gather, boolean lazy) {
        ClassLoader loader = function.getClass().getClassLoader();
        ResultDecoder<R> decoder = new ResultDecoder<>(loader == null ? ClassLoader.getSystemClassLoader() : loader);
        Job job = dispatcher.open(encoded, gather, lazy);
        return new Call<>(dispatcher, job, gather, input, decoder);
    }

    private Window window(boolean lazy) {
        long bytes = Math.min(WINDOW_BYTES, Runtime.getRuntime().maxMemory() / WINDOW_HEAP_PART);
        return new Window(WINDOW_CHUNKS_PER_WORKER * options.workers(), bytes, lazy);
    }

    private static <R extends @Nullable Object> List<R> collect(Call<R> call, long expected) {
        boolean done = false;
        try {
            List<R> results = new ArrayList<>(Math.clamp(expected, 0, FIRST_CAPACITY));
            while (call.hasNext()) {
                results.add(call.next().get());
            }
            done = true;
            return results;
        } finally {
            if (!done) {
                call.close();
            }
        }
    }

    /** Runs a call on a virtual thread of its own, where its future completes. */
    private <R extends @Nullable Object, A extends @Nullable Object> CompletableFuture<A> async(
            Call<R> call, Function<List<R>, A> finish) {
        CompletableFuture<A> future = new CompletableFuture<>();
        CompletableFuture<?> _ = future.whenComplete((value, error) -> {
            if (future.isCancelled()) {
                call.close();
            }
        });
        Thread.ofVirtual().name("farm-call").start(() -> {
            try {
                // Whoever waits for the future runs here, too: by then this thread feeds nothing any more.
                future.complete(finish.apply(collectFeeding(call)));
            } catch (Throwable e) { // also what the function threw, as it is
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    private <R extends @Nullable Object> List<R> collectFeeding(Call<R> call) {
        feeding.add(Thread.currentThread());
        try {
            return collect(call, 0);
        } finally {
            feeding.remove(Thread.currentThread());
        }
    }

    /** Encodes what is sent as the function; an error speaks of what the user wrote, not of our wrapper. */
    private ByteBuffer encode(Object sent, Object written) {
        Objects.requireNonNull(written, "function");
        PayloadBuffer encoded = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(encoded, options.maxPayloadBytes());
        UnwritableValueException failure;
        try {
            writer.writeValue(sent);
            return encoded.detach();
        } catch (UnwritableValueException e) {
            failure = e;
        }
        try {
            writer.writeValue(written);
        } catch (UnwritableValueException e) {
            failure = e;
        }
        throw new TaskSerializationException(Stage.FUNCTION_OUT, -1,
                "The function was not sent: " + failure.getMessage(), failure);
    }
}
