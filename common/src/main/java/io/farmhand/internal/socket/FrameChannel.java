package io.farmhand.internal.socket;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A socket over which whole frames go: an int32 length, big-endian as Python's, and that many bytes.
 *
 * <p>The channel does not block; who must wait does so with a selector, for an interrupt then only wakes the thread: in a
 * channel that blocks it would close the channel, and with it what the other side still has to say.
 *
 * <p><b>Concurrency.</b> One thread at a time may receive and one may send; any may close.
 */
public final class FrameChannel implements AutoCloseable {
    /** The longest frame: that of the longest array which every JVM can make. */
    public static final int MAX_FRAME_BYTES = Integer.MAX_VALUE - 8;

    private static final int LENGTH_BYTES = 4;
    /** Larger holds memory for each connection, smaller costs more calls of the kernel for long frames. */
    private static final int BUFFER_BYTES = 32 << 10;
    /** What is allocated at once for a frame of which only the length is known. */
    private static final int FIRST_BYTES = 1 << 20;
    /**
     * How long to look again and again before the kernel is asked to wake us. Longer burns a core that somebody else may
     * need, shorter gains nothing: a frame and its answer take about that long.
     */
    private static final long SPIN_NANOS = 20_000;
    /** Waits that were shorter than this would have been caught by looking. */
    private static final long SHORT_NANOS = 3 * SPIN_NANOS;
    private static final int MOST_TRUST = 8;
    private static final boolean CORES_TO_SPARE = Runtime.getRuntime().availableProcessors() > 1;

    private final SocketChannel channel;
    private final boolean overheard;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private @Nullable Selector readable;
    private @Nullable Selector writable;
    private volatile boolean closed;
    /** The other side sends no more. */
    private boolean ended;
    /** The frame that is being received; null between frames. */
    private byte @Nullable [] frame;
    private int frameLength;
    private int filled;
    /** Whether looking again and again has paid lately: more than 0 if so. */
    private int trust;

    /** @param channel a connected channel, which is this one's from now on */
    public FrameChannel(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        this.overheard = channel.getRemoteAddress() instanceof InetSocketAddress other
                && !other.getAddress().isLoopbackAddress();
    }

    /** Whether others can read what goes over it: it is no socket of this host alone, and nothing encrypts it. */
    public boolean isOverheard() {
        return overheard;
    }

    /** A future that completes on the thread {@code farm-watch} when something comes, be it the end, or this is closed. */
    public CompletableFuture<?> whenReadable() {
        return SocketWatch.whenReadable(channel, () -> closed);
    }

    /** The socket; for watching it. */
    SocketChannel socket() {
        return channel;
    }

    /** Whether it was closed here. */
    public boolean isClosed() {
        return closed;
    }

    // ---- receiving ----

    /**
     * The next frame, if it is there as a whole; otherwise keeps what is there of it.
     *
     * @param maxBytes how long it may be
     * @throws FrameTooLongException when it is longer; nothing can be received after that
     * @throws EOFException when the other side is gone
     */
    public byte @Nullable [] poll(int maxBytes) throws IOException {
        checkOpen();
        if (frame == null && !begin(maxBytes)) {
            return null;
        }
        if (frameLength > maxBytes) { // it was begun by one that allowed more
            throw new FrameTooLongException(frameLength, maxBytes);
        }
        byte[] bytes = frame;
        while (bytes != null && filled < frameLength) {
            if (!in.hasRemaining() && fill() <= 0) {
                if (ended) {
                    throw new EOFException("the other side was gone in the middle of a message");
                }
                return null;
            }
            if (filled == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(frameLength, 2L * bytes.length));
                frame = bytes;
            }
            int count = Math.min(in.remaining(), bytes.length - filled);
            in.get(bytes, filled, count);
            filled += count;
        }
        frame = null;
        return bytes;
    }

    private boolean begin(int maxBytes) throws IOException {
        while (in.remaining() < LENGTH_BYTES) {
            if (fill() <= 0) {
                if (ended) {
                    throw new EOFException(in.hasRemaining()
                            ? "the other side was gone in the middle of a message"
                            : "the other side is gone");
                }
                return false;
            }
        }
        int length = in.getInt(in.position());
        if (length < 0 || length > maxBytes) {
            throw new FrameTooLongException(length, maxBytes);
        }
        frame = new byte[Math.min(length, FIRST_BYTES)]; // first: when there is no memory, nothing has happened
        in.position(in.position() + LENGTH_BYTES);
        frameLength = length;
        filled = 0;
        return true;
    }

    /** Reads what has come; 0 if nothing has, less at the end. */
    private int fill() throws IOException {
        if (ended) {
            return -1;
        }
        in.compact();
        try {
            int count = channel.read(in);
            ended = count < 0;
            return count;
        } finally {
            in.flip();
        }
    }

    /** Whether something has come that was not received, be it the end. */
    public boolean hasInput() throws IOException {
        checkOpen();
        return in.hasRemaining() || ended || fill() != 0;
    }

    /** Whether the other side is gone, as far as can be told without waiting; what it sent before may be there still. */
    public boolean isEnded() throws IOException {
        if (!ended && in.remaining() < in.capacity()) {
            fill();
        }
        return ended;
    }

    /**
     * Waits until more has come, be it the end, or the thread is interrupted, which it stays; or for nothing.
     *
     * @param timeoutNanos how long at most; {@link Long#MAX_VALUE} for no limit
     */
    public void awaitInput(long timeoutNanos) throws IOException {
        if (ended || (CORES_TO_SPARE && trust > 0 && spin())) {
            return;
        }
        Selector selector = readable;
        if (selector == null) {
            selector = register(SelectionKey.OP_READ);
            readable = selector;
            checkOpen();
        }
        long start = System.nanoTime();
        select(selector, timeoutNanos);
        trust = System.nanoTime() - start < SHORT_NANOS ? Math.min(trust + 1, MOST_TRUST) : trust;
    }

    private boolean spin() throws IOException {
        long start = System.nanoTime();
        do {
            if (fill() != 0) {
                trust = Math.min(trust + 1, MOST_TRUST);
                return true;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() - start < SPIN_NANOS);
        trust -= 2;
        return false;
    }

    /** Waits for the next frame; an interrupt ends that, and whatever has come by then is kept. */
    public byte[] receive(int maxBytes) throws IOException, InterruptedException {
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            byte[] bytes = poll(maxBytes);
            if (bytes != null) {
                return bytes;
            }
            awaitInput(Long.MAX_VALUE);
        }
    }

    /**
     * Waits for the next frame; interrupts are kept for later.
     *
     * @param patience is told of each, and says how long
     */
    public byte[] receiveUninterruptibly(int maxBytes, Patience patience) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                byte[] bytes = poll(maxBytes);
                if (bytes != null) {
                    return bytes;
                }
                if (Thread.interrupted()) {
                    interrupted = true;
                    patience.interrupted();
                }
                awaitInput(left(patience));
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static long left(Patience patience) throws IOException {
        long left = patience.leftNanos();
        if (left > 0) {
            return left;
        }
        patience.isOver();
        return patience.leftNanos();
    }

    // ---- sending ----

    /** Sends a frame; interrupts are kept for later. */
    public void sendUninterruptibly(ByteBuffer bytes) throws IOException {
        sendUninterruptibly(bytes, Patience.ENDLESS);
    }

    /**
     * Sends a frame; interrupts are kept for later.
     *
     * @param patience is told of each, and says how long
     */
    public void sendUninterruptibly(ByteBuffer bytes, Patience patience) throws IOException {
        boolean interrupted = false;
        try {
            begin(bytes);
            while (!write(bytes)) {
                if (Thread.interrupted()) {
                    interrupted = true;
                    patience.interrupted();
                }
                awaitOutput(left(patience));
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Sends a frame.
     *
     * @throws InterruptedException when the thread is interrupted while it waits. If part of the frame was sent by then, this
     *         is closed
     */
    public void send(ByteBuffer bytes) throws IOException, InterruptedException {
        int length = LENGTH_BYTES + bytes.remaining();
        begin(bytes);
        while (!write(bytes)) {
            if (Thread.interrupted()) {
                if (out.remaining() + bytes.remaining() < length) {
                    close();
                }
                throw new InterruptedException();
            }
            awaitOutput(Long.MAX_VALUE);
        }
    }

    private void begin(ByteBuffer bytes) throws IOException {
        checkOpen();
        out.clear().putInt(bytes.remaining());
        more(bytes);
        out.flip();
    }

    private void more(ByteBuffer bytes) {
        int count = Math.min(out.remaining(), bytes.remaining());
        out.put(out.position(), bytes, bytes.position(), count);
        out.position(out.position() + count);
        bytes.position(bytes.position() + count);
    }

    /** Writes what there is room for; says whether that is all. */
    private boolean write(ByteBuffer bytes) throws IOException {
        while (true) {
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    return false;
                }
            }
            if (!bytes.hasRemaining()) {
                return true;
            }
            out.clear();
            more(bytes);
            out.flip();
        }
    }

    private void awaitOutput(long timeoutNanos) throws IOException {
        Selector selector = writable;
        if (selector == null) {
            selector = register(SelectionKey.OP_WRITE);
            writable = selector;
            checkOpen();
        }
        select(selector, timeoutNanos);
    }

    // ---- both ----

    private Selector register(int interest) throws IOException {
        Selector selector = Selector.open();
        boolean registered = false;
        try {
            channel.register(selector, interest);
            registered = true;
        } finally {
            if (!registered) {
                selector.close();
            }
        }
        return selector;
    }

    private void select(Selector selector, long timeoutNanos) throws IOException {
        try {
            if (timeoutNanos == Long.MAX_VALUE) {
                selector.select();
            } else if (timeoutNanos > 0) {
                selector.select(1 + TimeUnit.NANOSECONDS.toMillis(timeoutNanos - 1));
            }
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            throw closedMeanwhile(e);
        }
        checkOpen();
    }

    private static AsynchronousCloseException closedMeanwhile(Throwable cause) {
        AsynchronousCloseException closed = new AsynchronousCloseException();
        closed.initCause(cause);
        return closed;
    }

    private void checkOpen() throws IOException {
        if (closed) {
            closeSelectors(); // a selector that was made while this was being closed
            throw new ClosedChannelException();
        }
    }

    /** Closes the socket; who waits for it gets a {@link ClosedChannelException}. */
    @Override
    public void close() {
        closed = true;
        Quietly.close(channel);
        closeSelectors();
        SocketWatch.wake();
    }

    private void closeSelectors() {
        Quietly.close(readable);
        Quietly.close(writable);
    }
}
