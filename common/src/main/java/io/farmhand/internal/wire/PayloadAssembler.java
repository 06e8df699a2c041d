package io.farmhand.internal.wire;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Puts cut payloads together again, one at a time as the protocol has it. Owned by the thread that delivers one
 * direction of one call.
 *
 * @param <M> the message whose payload is under way
 */
public final class PayloadAssembler<M> {
    /**
     * A message and its payload, whole.
     *
     * @param message the message that began it
     * @param payload little-endian, read-only or not
     */
    public record Assembled<M>(M message, ByteBuffer payload) {}

    private final long maxBytes;
    private @Nullable M message;
    private ByteBuffer payload = ByteBuffer.allocate(0);

    /** @param maxBytes the longest payload that is accepted */
    public PayloadAssembler(long maxBytes) {
        this.maxBytes = Math.min(maxBytes, Integer.MAX_VALUE - 8);
    }

    /** The longest payload that is accepted. */
    public long maxBytes() {
        return maxBytes;
    }

    /**
     * Takes a message that begins a payload.
     *
     * @return the whole, or null when frames are to follow
     * @throws ProtocolViolation when another payload is not complete yet, or the length is wrong or over the limit
     */
    public @Nullable Assembled<M> begin(M begun, long payloadBytes, ByteString head) {
        if (message != null) {
            throw new ProtocolViolation("a payload began before the one under way was complete");
        }
        if (payloadBytes == head.size()) {
            return new Assembled<>(begun, head.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN));
        }
        if (payloadBytes < head.size() || payloadBytes > maxBytes) {
            throw new ProtocolViolation(
                    "payload_bytes=%d is not between the first part's %d and the limit of %d".formatted(payloadBytes,
                            head.size(), maxBytes));
        }
        message = begun;
        payload = ByteBuffer.allocate((int) payloadBytes).order(ByteOrder.LITTLE_ENDIAN);
        head.copyTo(payload);
        return null;
    }

    /**
     * Takes a further part.
     *
     * @return the whole when this was its last part, else null
     * @throws ProtocolViolation when no payload is under way, or this part is longer than what is missing
     */
    public @Nullable Assembled<M> frame(ByteString data) {
        M begun = message;
        if (begun == null) {
            throw new ProtocolViolation("a frame came without a payload under way");
        }
        if (data.size() > payload.remaining()) {
            throw new ProtocolViolation("a frame of %d bytes is longer than the missing %d".formatted(data.size(),
                    payload.remaining()));
        }
        data.copyTo(payload);
        if (payload.hasRemaining()) {
            return null;
        }
        Assembled<M> whole = new Assembled<>(begun, payload.flip());
        message = null;
        payload = ByteBuffer.allocate(0);
        return whole;
    }
}
