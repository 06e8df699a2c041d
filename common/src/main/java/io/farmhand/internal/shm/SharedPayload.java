package io.farmhand.internal.shm;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * A payload in shared memory, from the moment in which its segment is lent to the moment in which nobody of this JVM needs
 * it any more. Everybody else deals with its bytes as with any other {@link ByteBuffer}, and asks here where they are.
 *
 * <p><b>The end.</b> Whoever knows that some bytes are not needed any more says so by {@link #release}; when that was said
 * of all of them, the segment is given back. What nobody speaks of (an item that is run again, a job that was cancelled,
 * a result that is dropped) is given back when no buffer refers to it any more, which {@code farm-cleaner} finds out. So
 * to forget a release costs time, and a release too many is the only mistake that there is.
 *
 * <p><b>Concurrency.</b> The payloads of this JVM are a concurrent map by address; the count of bytes is guarded by its
 * payload's monitor.
 */
public final class SharedPayload {
    private static final ConcurrentSkipListMap<Long, SharedPayload> PAYLOADS = new ConcurrentSkipListMap<>();

    private final int segment;
    private final long segmentOffset;
    private final long address;
    private final long sizeBytes;
    private final Cleaner.Cleanable ended;
    // Guarded by this.
    private long neededBytes;

    private SharedPayload(MemorySegment part, int segment, long segmentOffset, Runnable giveBack) {
        this.segment = segment;
        this.segmentOffset = segmentOffset;
        this.address = part.address();
        this.sizeBytes = part.byteSize();
        this.neededBytes = sizeBytes;
        PAYLOADS.put(address, this);
        this.ended = Cleaning.register(part, new End(address, giveBack));
    }

    /** What ends a payload; refers to none of its buffers. */
    private record End(long address, Runnable giveBack) implements Runnable {
        @Override
        public void run() {
            PAYLOADS.remove(address); // before another payload can be there
            giveBack.run();
        }
    }

    /**
     * Where a payload is.
     *
     * @param segment the number of its segment among those of the process that writes it
     * @param offset where it begins there
     */
    public record Place(int segment, long offset) {}

    /**
     * Lends memory for one payload.
     *
     * @param part the memory: an object of its own, which each buffer of these bytes refers to
     * @param giveBack called once when no buffer of it is needed any more
     */
    static ByteBuffer lend(MemorySegment part, int segment, long segmentOffset, Runnable giveBack) {
        SharedPayload _ = new SharedPayload(part, segment, segmentOffset, giveBack);
        return part.asByteBuffer();
    }

    private static @Nullable SharedPayload of(ByteBuffer bytes) {
        if (!bytes.isDirect()) {
            return null;
        }
        long at = MemorySegment.ofBuffer(bytes).address();
        Map.Entry<Long, SharedPayload> below = PAYLOADS.floorEntry(at);
        boolean inside = below != null && at + bytes.remaining() <= below.getKey() + below.getValue().sizeBytes;
        return inside ? below.getValue() : null;
    }

    /** Where these bytes, all or a part of a payload, are; null when they are not in shared memory. */
    public static @Nullable Place placeOf(ByteBuffer bytes) {
        SharedPayload payload = of(bytes);
        return payload == null
                ? null
                : new Place(payload.segment,
                        payload.segmentOffset + MemorySegment.ofBuffer(bytes).address() - payload.address);
    }

    /** These bytes, from the first on, are the payload; the rest of what was lent is not used. */
    static void seal(ByteBuffer written) {
        SharedPayload payload = of(written);
        if (payload != null) {
            payload.setNeeded(written.remaining());
        }
    }

    private synchronized void setNeeded(long bytes) {
        neededBytes = bytes;
    }

    /**
     * These bytes, all or a part of a payload, are not needed any more; to be said once. Of others than those in shared
     * memory it means nothing.
     */
    public static void release(ByteBuffer bytes) {
        SharedPayload payload = of(bytes);
        if (payload != null && payload.releaseLast(bytes.remaining())) {
            payload.ended.clean();
        }
    }

    private synchronized boolean releaseLast(int bytes) {
        neededBytes -= bytes;
        return neededBytes <= 0;
    }

    /** None of it is needed any more. */
    static void end(ByteBuffer bytes) {
        SharedPayload payload = of(bytes);
        if (payload != null) {
            payload.ended.clean();
        }
    }
}
