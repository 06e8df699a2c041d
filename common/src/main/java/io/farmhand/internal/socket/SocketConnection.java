package io.farmhand.internal.socket;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Travel;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.sync.BufferTooShortException;
import io.farmhand.sync.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Connection} over a socket: each message is a frame.
 *
 * <p><b>Concurrency.</b> {@code receiving} is held by the thread that receives or looks whether it could, {@code sending} by
 * the one that sends, while they wait, too; closing takes neither. Who receives may read more from the socket than it takes,
 * which nobody can see at the socket then: it tells {@code watchers} itself, after it let go of {@code receiving}.
 */
final class SocketConnection implements Connection, Receiver {
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final FrameChannel channel;
    private final ValueReader reader = ValueReader.trusting(ClassLoader.getSystemClassLoader());
    private final ReentrantLock sending = new ReentrantLock();
    private final ReentrantLock receiving = new ReentrantLock();
    /** Those who wait until there is something to receive. */
    private final Set<CompletableFuture<@Nullable Void>> watchers = ConcurrentHashMap.newKeySet();

    SocketConnection(FrameChannel channel) {
        this.channel = channel;
    }

    @Override
    public void send(@Nullable Object value) throws IOException, InterruptedException {
        Travel travel = Travel.toOne();
        ByteBuffer message = travel.serialize(() -> bytes(value));
        boolean sent = false;
        try {
            send(message);
            sent = true;
        } finally {
            if (!sent) {
                travel.undo();
            }
        }
    }

    private ByteBuffer bytes(@Nullable Object value) {
        PayloadBuffer buffer = new PayloadBuffer();
        try {
            ScopedValue.where(Receiver.CURRENT, this).<Void, UnwritableValueException>call(() -> {
                new ValueWriter(buffer, FrameChannel.MAX_FRAME_BYTES).writeValue(value);
                return null;
            });
            return buffer.detach();
        } catch (UnwritableValueException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public void sendBytes(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        send(ByteBuffer.wrap(bytes, offset, length));
    }

    private void send(ByteBuffer message) throws IOException, InterruptedException {
        sending.lockInterruptibly();
        try {
            channel.send(message);
        } finally {
            sending.unlock();
        }
    }

    @Override
    public @Nullable Object receive() throws IOException, InterruptedException {
        byte[] message = receiveBytes();
        try {
            return reader.read(ByteBuffer.wrap(message));
        } catch (UnreadableValueException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public byte[] receiveBytes(int maxLength) throws IOException, InterruptedException {
        if (maxLength < 0) {
            throw new IllegalArgumentException("maxLength must not be negative: maxLength=" + maxLength);
        }
        receiving.lockInterruptibly();
        try {
            return channel.receive(Math.min(maxLength, FrameChannel.MAX_FRAME_BYTES));
        } catch (FrameTooLongException e) {
            close();
            throw e;
        } finally {
            letGo();
        }
    }

    private void letGo() {
        receiving.unlock();
        if (!watchers.isEmpty()) {
            boolean _ = isReadyNow();
        }
    }

    @Override
    public int receiveBytesInto(byte[] target, int offset) throws IOException, InterruptedException {
        Objects.checkFromIndexSize(offset, 0, target.length);
        byte[] message = receiveBytes();
        int room = target.length - offset;
        if (message.length > room) {
            throw new BufferTooShortException(message, room);
        }
        System.arraycopy(message, 0, target, offset, message.length);
        return message.length;
    }

    @Override
    public boolean poll(Duration timeout) throws IOException, InterruptedException {
        long timeoutNanos = timeout.compareTo(LONGEST) >= 0
                ? Long.MAX_VALUE
                : timeout.isNegative() ? 0 : timeout.toNanos();
        long start = System.nanoTime();
        receiving.lockInterruptibly();
        try {
            while (true) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (channel.hasInput()) {
                    return true;
                }
                long left = timeoutNanos == Long.MAX_VALUE
                        ? Long.MAX_VALUE
                        : timeoutNanos - (System.nanoTime() - start);
                if (left <= 0) {
                    return false;
                }
                channel.awaitInput(left);
            }
        } finally {
            letGo();
        }
    }

    /** Completes on the thread that watches sockets, on one that receives, or at once. */
    @Override
    @SuppressWarnings("CollectionUndefinedEquality") // a future is equal to itself only
    public CompletionStage<?> whenReady() {
        CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
        boolean _ = watchers.add(ready);
        CompletableFuture<Boolean> readable = SocketWatch.whenReadable(channel.socket(), this::isReadyNow);
        var _ = ready.whenComplete((_, _) -> {
            watchers.remove(ready);
            readable.cancel(false);
        });
        var _ = readable.thenRun(() -> ready.complete(null));
        return ready;
    }

    /** Whether something was read from the socket already, or its end; false while another thread receives. */
    private boolean isReadyNow() {
        if (!receiving.tryLock()) {
            return false;
        }
        boolean ready;
        try {
            ready = channel.hasInput();
        } catch (IOException e) {
            ready = true; // to receive tells what is wrong
        } finally {
            receiving.unlock();
        }
        if (ready) {
            watchers.forEach(each -> each.complete(null));
        }
        return ready;
    }

    @Override
    public boolean isOverheard() {
        return channel.isOverheard();
    }

    @Override
    public void close() {
        channel.close();
    }

    @Override
    public boolean isClosed() {
        return channel.isClosed();
    }
}
