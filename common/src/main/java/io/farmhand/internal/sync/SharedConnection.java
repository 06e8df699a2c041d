package io.farmhand.internal.sync;

import io.farmhand.internal.home.ObjectKey;
import io.farmhand.internal.serial.Travel;
import io.farmhand.sync.BufferTooShortException;
import io.farmhand.sync.Connection;
import io.farmhand.sync.HandleClosedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One end of a pipe, as this process uses it. */
final class SharedConnection implements Connection, Serializable {
    private static final long serialVersionUID = 1L;

    private final transient SharedPipe pipe;
    private final transient int number;
    private final transient @Nullable Lane in;
    private final transient @Nullable Lane out;

    SharedConnection(SharedPipe pipe, int number, @Nullable Lane in, @Nullable Lane out) {
        this.pipe = pipe;
        this.number = number;
        this.in = in;
        this.out = out;
    }

    private Lane in() throws IOException {
        if (in == null) {
            throw new IOException(
                    "This end of the pipe only sends: the first end of a pipe that is not duplex receives.");
        }
        pipe.ends().use(number);
        return in;
    }

    private Lane out() throws IOException {
        if (out == null) {
            throw new IOException(
                    "This end of the pipe only receives: the second end of a pipe that is not duplex sends.");
        }
        pipe.ends().use(number);
        return out;
    }

    // ---- sending ----

    @Override
    public void send(@Nullable Object value) throws IOException, InterruptedException {
        Travel travel = Travel.toOne();
        boolean sent = false;
        try (Scratch scratch = Scratch.take()) {
            ByteBuffer bytes = travel.serialize(() -> scratch.write(value));
            sendWhole(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            sent = true;
        } finally {
            if (!sent) {
                travel.undo();
            }
        }
    }

    @Override
    public void sendBytes(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
        int _ = Objects.checkFromIndexSize(offset, length, bytes.length);
        sendWhole(bytes, offset, length);
    }

    private void sendWhole(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
        try {
            boolean whole = out().send(bytes, offset, length);
            if (!whole) {
                close();
                throw new InterruptedException("interrupted in the middle of a message: this end is closed now");
            }
        } catch (HandleClosedException e) {
            throw new IOException("The message was not sent: " + e.getMessage(), e);
        }
    }

    // ---- receiving ----

    @Override
    public @Nullable Object receive() throws IOException, InterruptedException {
        try (Scratch scratch = Scratch.take()) {
            ByteBuffer bytes = receive(scratch::room);
            return scratch.read(bytes.order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    @Override
    public byte[] receiveBytes(int maxLength) throws IOException, InterruptedException {
        if (maxLength < 0) {
            throw new IllegalArgumentException("maxLength must not be negative: maxLength=" + maxLength);
        }
        return receive(length -> {
            if (length > maxLength) {
                close();
                throw new IOException("A message is longer than allowed: messageBytes=" + length + " maxLength="
                        + maxLength + ". This end is closed now.");
            }
            return ByteBuffer.wrap(new byte[length]);
        }).array();
    }

    @Override
    public int receiveBytesInto(byte[] target, int offset) throws IOException, InterruptedException {
        int room = target.length - Objects.checkIndex(offset, target.length + 1);
        ByteBuffer bytes = receive(
                length -> length <= room ? ByteBuffer.wrap(target, offset, length) : ByteBuffer.wrap(new byte[length]));
        if (bytes.remaining() > room) {
            throw new BufferTooShortException(bytes.array(), room);
        }
        return bytes.remaining();
    }

    private ByteBuffer receive(Lane.Target target) throws IOException, InterruptedException {
        try {
            ByteBuffer received = in().receive(target);
            if (received == null) {
                close();
                throw new InterruptedException("interrupted in the middle of a message: this end is closed now");
            }
            return received;
        } catch (HandleClosedException e) {
            throw ended(e);
        }
    }

    /** What the caller gets where it, or this process, closed the end: an error; where the pipe's home ended: the end of file. */
    private IOException ended(HandleClosedException e) {
        IOException ended = isClosed() ? new IOException(e.getMessage()) : new EOFException(e.getMessage());
        ended.initCause(e);
        return ended;
    }

    // ---- waiting ----

    @Override
    public boolean poll(Duration timeout) throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            return in().awaitReady(Timeouts.nanos(timeout));
        } catch (HandleClosedException e) {
            if (isClosed()) {
                throw ended(e);
            }
            return true; // there is the end of file to receive
        }
    }

    @Override
    public CompletionStage<?> whenReady() {
        CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
        try {
            if (poll()) {
                ready.complete(null);
                return ready;
            }
        } catch (IOException e) {
            ready.completeExceptionally(e);
            return ready;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Thread waiter = Thread.ofVirtual().name("farm-pipe-ready").unstarted(() -> {
            try {
                while (!poll(Duration.ofNanos(Long.MAX_VALUE))) {
                    // For ever is long, but not endless.
                }
                ready.complete(null);
            } catch (Throwable e) { // an Error, too: somebody waits for it
                ready.completeExceptionally(e);
            }
        });
        var _ = ready.whenComplete((_, _) -> waiter.interrupt());
        waiter.start();
        return ready;
    }

    // ---- ends ----

    @Override
    public void close() {
        pipe.leave(number);
    }

    @Override
    public boolean isClosed() {
        return pipe.ends().isClosed(number);
    }

    /** What travels instead. */
    private Object writeReplace() {
        Kind.PIPE.checkMaySetOut(this);
        ObjectKey key = pipe.place().key();
        return new End(key, number, pipe.depart(number));
    }

    @SuppressWarnings("unused") // called by serialization
    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException("a reference travels instead of it");
    }

    /** An end on its way. */
    private record End(ObjectKey key, int number, long departure) implements Serializable {
        @SuppressWarnings("unused") // called by serialization
        private Object readResolve() {
            SharedPipe pipe = (SharedPipe) SyncObjects.open(Kind.PIPE, key);
            pipe.ends().arrive(number, departure);
            return pipe.end(number);
        }
    }

    @Override
    public String toString() {
        return "Connection[end=" + number + (isClosed() ? " closed" : "") + "]";
    }
}
