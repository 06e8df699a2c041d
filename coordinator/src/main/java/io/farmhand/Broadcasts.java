package io.farmhand;

import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.channel.BlobStore;
import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Room;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.task.Blobs;
import io.farmhand.task.Broadcast;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The values that the callers of a pool have broadcast and not closed. Its set is concurrent; whoever removes a value
 * from it lets go of it, once.
 */
final class Broadcasts {
    /** A function from this length on is kept by workers for further jobs: hashing it costs less than sending it. */
    private static final int LONG_FUNCTION_BYTES = 1 << 20;

    /** One broadcast; two of the same content are two. */
    private static final class Held {
        final String sha256;

        Held(String sha256) {
            this.sha256 = sha256;
        }
    }

    private final Set<Held> open = ConcurrentHashMap.newKeySet();
    private final BlobStore store;
    private final Consumer<String> releaseInWorkers;
    private final long maxPayloadBytes;
    private final Room room;
    private final Destination destination;

    /**
     * @param store where workers ask for values
     * @param releaseInWorkers tells the workers that a value is needed no more
     * @param room for long values
     * @param destination where they go
     */
    Broadcasts(BlobStore store, Consumer<String> releaseInWorkers, long maxPayloadBytes, Room room,
            Destination destination) {
        this.store = store;
        this.releaseInWorkers = releaseInWorkers;
        this.maxPayloadBytes = maxPayloadBytes;
        this.room = room;
        this.destination = destination;
    }

    <T> Broadcast<T> of(T value) {
        Objects.requireNonNull(value, "value");
        PayloadBuffer buffer = new PayloadBuffer(room);
        try {
            new ValueWriter(buffer, maxPayloadBytes, new MemoryClasses(store, maxPayloadBytes), destination)
                    .writeValue(value);
        } catch (UnwritableValueException e) {
            throw new TaskSerializationException(Stage.ARGUMENT_OUT, -1,
                    "The value was not broadcast: " + e.getMessage(), e);
        }
        ByteBuffer bytes = buffer.detach();
        Held held = new Held(sha256(bytes));
        store.hold(held.sha256, bytes);
        Blobs.hold(held.sha256, value);
        open.add(held);
        return new Broadcast<>(held.sha256, () -> release(held));
    }

    private void release(Held held) {
        if (open.remove(held)) {
            Blobs.release(held.sha256);
            if (store.release(held.sha256)) {
                releaseInWorkers.accept(held.sha256);
            }
        }
    }

    /** Lets go of all that is open: the pool is closed. */
    void close() {
        List.copyOf(open).forEach(this::release);
    }

    /** The name under which workers keep a function; null for one that is too short to be worth it. */
    static @Nullable String nameOf(ByteBuffer function) {
        return function.remaining() < LONG_FUNCTION_BYTES ? null : sha256(function);
    }

    private static String sha256(ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes.duplicate());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
