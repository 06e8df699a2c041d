package io.farmhand.internal.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.CallStreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * One direction of a Work call: sends messages in order, cuts long payloads into frames, puts short messages that wait
 * together into one, and hands gRPC no more than it is ready for. All state is guarded by this object's monitor;
 * nothing blocks and no foreign code runs under it but gRPC's own enqueueing.
 *
 * @param <M> {@code ToWorker} or {@code FromWorker}
 */
public final class FramedSender<M extends MessageLite> {
    /** Set to {@code false} to send each message for itself, to see what that costs. */
    private static final String BATCHES = "farmhand.batches";
    /** Messages go together up to this length. Smaller costs the transport's work more often, larger holds memory. */
    private static final int BATCH_BYTES = System.getProperty(BATCHES, "").equals("false") ? 0 : 64 << 10;
    /** What a message takes in a batch besides itself, at most: its tag and its length. */
    private static final int ENTRY_BYTES = 6;

    private final CallStreamObserver<M> out;
    private final Function<ByteString, M> frame;
    private final Function<List<M>, M> batch;
    private final Runnable onDrained;
    /** Messages that wait for the transport, or for {@link #flush}. */
    private final ArrayDeque<M> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean completing;
    private boolean closed;

    /**
     * @param out the call; its ready handler must call {@link #ready()}
     * @param frame wraps a further part of a payload into a message
     * @param batch wraps several messages into one
     * @param onDrained called, without the monitor, when what waited has been taken by the transport
     */
    public FramedSender(CallStreamObserver<M> out, Function<ByteString, M> frame, Function<List<M>, M> batch,
            Runnable onDrained) {
        this.out = out;
        this.frame = frame;
        this.batch = batch;
        this.onDrained = onDrained;
    }

    /** Sends a message without a payload; after {@link #complete} and {@link #close} it is dropped. */
    public synchronized void send(M message) {
        queue(message);
        flush();
    }

    /** Sends a message with a payload, as {@link #queue(ByteBuffer, Function)} says. */
    public synchronized void send(ByteBuffer payload, Function<ByteString, M> head) {
        queue(payload, head);
        flush();
    }

    /** As {@link #send(MessageLite)}, but it may wait for {@link #flush}, which must follow soon. */
    public synchronized void queue(M message) {
        if (!completing && !closed) {
            waiting.add(message);
            waitingBytes += size(message);
            if (waitingBytes >= BATCH_BYTES) {
                flush();
            }
        }
    }

    /**
     * Queues a message with a payload, which may wait for {@link #flush}.
     *
     * @param payload the bytes between position and limit, which nobody may change any more
     * @param head makes the message from the first part of the payload
     */
    public synchronized void queue(ByteBuffer payload, Function<ByteString, M> head) {
        ByteBuffer rest = payload.duplicate();
        queue(head.apply(cut(rest)));
        while (rest.hasRemaining()) {
            queue(frame.apply(cut(rest)));
        }
    }

    private static ByteString cut(ByteBuffer rest) {
        int length = Math.min(rest.remaining(), Wire.FRAME_BYTES);
        ByteString part = UnsafeByteOperations.unsafeWrap(rest.slice(rest.position(), length));
        rest.position(rest.position() + length);
        return part;
    }

    /** Hands over what waits, as far as the transport takes it now; the rest follows when it is ready. */
    public synchronized void flush() {
        while (!waiting.isEmpty() && out.isReady()) {
            out.onNext(next());
        }
    }

    /** The next message, or the next few as one. */
    private M next() {
        M first = take();
        long bytes = size(first);
        M second = waiting.peek();
        if (second == null || bytes + size(second) > BATCH_BYTES) {
            return first;
        }
        List<M> together = new ArrayList<>();
        together.add(first);
        for (M more = second; more != null && bytes + size(more) <= BATCH_BYTES; more = waiting.peek()) {
            together.add(take());
            bytes += size(more);
        }
        return batch.apply(together);
    }

    private M take() {
        M message = waiting.remove();
        waitingBytes -= size(message);
        return message;
    }

    private static long size(MessageLite message) {
        return (long) message.getSerializedSize() + ENTRY_BYTES;
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
        waitingBytes = 0;
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
            flush();
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
        return !waiting.isEmpty() && !out.isReady();
    }
}
