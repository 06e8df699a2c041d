package io.farmhand.internal.worker;

import io.farmhand.internal.serial.ArrivedClasses;
import io.farmhand.internal.serial.SegmentMaker;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.task.Blobs;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The blobs that this worker was given, by their SHA-256 in hexadecimal: long functions, which came unasked, broadcast
 * values, which a task asked for, and classes, which a value named.
 *
 * <p><b>Concurrency.</b> A concurrent map of futures. {@code farm-grpc} completes and removes them; the threads of tasks
 * ask and wait, and the first that needs a value reads it.
 */
final class BlobCache implements ArrivedClasses {
    /** A segment of memory in shared memory is not copied: it ends with the blob. */
    private final ValueReader reader = ValueReader.trusting(ClassLoader.getSystemClassLoader(),
            bytes -> bytes.isDirect() && bytes.hasRemaining()
                    ? MemorySegment.ofBuffer(bytes).asReadOnly()
                    : SegmentMaker.COPY.of(bytes),
            this);

    private final Map<String, Blob> blobs = new ConcurrentHashMap<>();
    private final Consumer<String> ask;
    /** Made when the first value names classes. */
    private @Nullable MemoryWorlds worlds; // guarded by this

    /** @param ask asks the coordinator for a blob */
    BlobCache(Consumer<String> ask) {
        this.ask = ask;
    }

    /**
     * farm-grpc: a blob has come.
     *
     * @param unmap called when its bytes are not needed any more
     */
    void arrived(String sha256, ByteBuffer bytes, Runnable unmap) {
        Blob blob = blobs.computeIfAbsent(sha256, _ -> new Blob(reader));
        if (blob.bytes.isDone()) {
            unmap.run(); // it is here
            return;
        }
        blob.unmap = unmap;
        blob.bytes.complete(bytes);
    }

    /** farm-grpc: the coordinator has no such blob. */
    void missing(String sha256) {
        Blob blob = blobs.remove(sha256);
        if (blob != null) {
            blob.bytes.completeExceptionally(Blobs.closed(sha256));
        }
    }

    /** farm-grpc: a blob is needed no more. */
    void release(String sha256) {
        Blob blob = blobs.remove(sha256);
        if (blob != null) {
            blob.unmap.run();
        }
    }

    /** The bytes of a blob that has come. */
    ByteBuffer bytes(String sha256) {
        Blob blob = blobs.get(sha256);
        if (blob == null || !blob.bytes.isDone()) {
            throw new IllegalStateException("a function came before its blob sha256=" + sha256);
        }
        return blob.bytes.join().duplicate();
    }

    /**
     * The value of a blob, waiting for it when it has not come yet.
     *
     * @throws IllegalStateException when the coordinator has none, or it cannot be read
     * @throws CancellationException when the thread is interrupted meanwhile
     */
    Object value(String sha256) {
        Blob fresh = new Blob(reader);
        Blob before = blobs.putIfAbsent(sha256, fresh);
        if (before == null) {
            ask.accept(sha256);
        }
        Blob blob = before == null ? fresh : before;
        try {
            blob.bytes.get();
            blob.value.run(); // does nothing when it has run, or runs elsewhere
            return blob.value.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for broadcast sha256=" + sha256);
        } catch (ExecutionException e) {
            blobs.remove(sha256, blob); // the next to ask tries anew
            if (e.getCause() instanceof IllegalStateException closed) {
                throw closed;
            }
            throw new IllegalStateException("broadcast sha256=" + sha256 + " cannot be read here: " + e.getCause(),
                    e.getCause());
        }
    }

    @Override
    public ClassLoader loader(String note) throws IOException {
        return worlds().loader(note);
    }

    private synchronized MemoryWorlds worlds() {
        MemoryWorlds made = worlds == null ? new MemoryWorlds(this) : worlds;
        worlds = made;
        return made;
    }

    /** One blob; its value is read once, by the first that needs it. */
    private static final class Blob {
        final CompletableFuture<ByteBuffer> bytes = new CompletableFuture<>();
        /** Set before the bytes are there. */
        volatile Runnable unmap = () -> {};
        final FutureTask<Object> value = new FutureTask<>(this::read);
        private final ValueReader reader;

        Blob(ValueReader reader) {
            this.reader = reader;
        }

        private Object read() throws UnreadableValueException {
            Object value = reader.read(bytes.join().duplicate());
            if (value == null) {
                throw new IllegalStateException("the value is null");
            }
            bytes.obtrudeValue(ByteBuffer.allocate(0)); // nobody needs them beside the value
            return value;
        }
    }
}
