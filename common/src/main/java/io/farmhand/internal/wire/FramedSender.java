package io.farmhand.internal.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.CallStreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a Work call: sends messages in order, cuts long payloads into frames, and hands gRPC no more than
 * it is ready for. All state is guarded by this object's monitor; nothing blocks and no foreign code runs under it
 * but gRPC's own enqueueing.
 *
 * @param <M> {@code ToWorker} or {@code FromWorker}
 */
public final class FramedSender<M> {
    private final CallStreamObserver<M> out;
    private final Function<ByteString, M> frame;
    /** Messages that wait for the transport. A cut payload stands here as one supplier for each frame. */
    private final ArrayDeque<Supplier<M>> waiting = new ArrayDeque<>();
    private boolean completing;
    private boolean closed;
    private final Runnable onDrained;

    /**
     * @param out the call; its ready handler must call {@link #ready()}
     * @param frame wraps a further part of a payload into a message
     * @param onDrained called, without the monitor, when what waited has been taken by the transport
     */
    public FramedSender(CallStreamObserver<M> out, Function<ByteString, M> frame, Runnable onDrained) {
        this.out = out;
        this.frame = frame;
        this.onDrained = onDrained;
    }

    /** Sends a message without a payload; after {@link #complete} and {@link #close} it is dropped. */
    public synchronized void send(M message) {
        if (!completing && !closed) {
            enqueue(() -> message);
        }
    }

    /**
     * Sends a message with a payload.
     *
     * @param payload the bytes between position and limit, which nobody may change any more
     * @param head makes the message from the first part of the payload
     */
    public synchronized void send(ByteBuffer payload, Function<ByteString, M> head) {
        if (completing || closed) {
            return;
        }
        ByteBuffer rest = payload.duplicate();
        enqueue(cut(rest, head));
        while (rest.hasRemaining()) {
            enqueue(cut(rest, frame));
        }
    }

    private static <M> Supplier<M> cut(ByteBuffer rest, Function<ByteString, M> message) {
        int length = Math.min(rest.remaining(), Wire.FRAME_BYTES);
        ByteString part = UnsafeByteOperations.unsafeWrap(rest.slice(rest.position(), length));
        rest.position(rest.position() + length);
        return () -> message.apply(part);
    }

    private void enqueue(Supplier<M> message) {
        if (waiting.isEmpty() && out.isReady()) {
            out.onNext(message.get());
        } else {
            waiting.add(message);
        }
    }

    /** Half-closes the call once all that was sent before has left. */
    public void complete() {
        synchronized (this) {
            completing = true;
        }
        ready();
    }

    /** Forgets what waits: the call is gone. */
    public synchronized void close() {
        closed = true;
        waiting.clear();
    }

    /** Ends the call with an error, at once. */
    public synchronized void abort(RuntimeException status) {
        if (!closed) {
            close();
            out.onError(status);
        }
    }

    /** Passes on what waits; to be called when the transport has become ready. */
    public void ready() {
        synchronized (this) {
            while (out.isReady()) {
                @Nullable
                Supplier<M> next = waiting.poll();
                if (next == null) {
                    break;
                }
                out.onNext(next.get());
            }
            if (!waiting.isEmpty()) {
                return;
            }
            if (completing && !closed) {
                closed = true;
                out.onCompleted();
            }
        }
        onDrained.run();
    }

    /** Whether something waits for the transport. */
    public synchronized boolean isBacklogged() {
        return !waiting.isEmpty();
    }
}
