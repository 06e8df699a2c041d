package io.farmhand.sync;

import io.farmhand.internal.sync.SyncObjects;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One end of a line between two processes over which objects or bytes are sent, as Python's
 * {@code multiprocessing.connection.Connection}. {@link Pipe} makes two ends at once, {@link Listener} and {@link Client}
 * one each.
 *
 * <p>Any thread may send and any may receive; messages stay whole. When the other end is closed, or its process ends, what
 * it had sent whole can still be received; after that comes the end of file. Everything that waits can be interrupted.
 *
 * <p>A line holds little: 256 KiB for each way of a pipe, what the kernel likes for a socket. So two sides that both send
 * more than that before they receive wait for each other for ever, as in Python: until one is interrupted, whose end is
 * closed then, or ends. Receive in another thread than you send in, or take turns.
 */
public interface Connection extends Waitable, AutoCloseable {
    /**
     * Sends an object; waits while the other side is too far behind.
     *
     * @param value what to send; it must be serializable
     * @throws IllegalArgumentException if it cannot be serialized; nothing is sent then
     * @throws IOException when the other side is gone, or this end only receives
     * @throws InterruptedException when the thread is interrupted while it waits. If part of the message was sent by then,
     *         this end is closed, since the rest would never come
     */
    void send(@Nullable Object value) throws IOException, InterruptedException;

    /**
     * Receives the next object, waiting for it however long that takes.
     *
     * @throws EOFException when the other side is gone and all was received
     * @throws IOException when it cannot be read here, and is gone then, or this end only sends
     * @throws InterruptedException when the thread is interrupted before or while it waits. If part of the message was
     *         received by then, this end is closed, since the rest alone means nothing
     */
    @Nullable
    Object receive() throws IOException, InterruptedException;

    /**
     * Receives the next object as one of a class.
     *
     * @param type what it must be
     * @throws ClassCastException if it is of another class, or null; it is gone then
     * @throws EOFException when the other side is gone and all was received
     * @throws IOException when it cannot be read here, or this end only sends
     * @throws InterruptedException when the thread is interrupted before or while it waits
     */
    default <T> T receive(Class<T> type) throws IOException, InterruptedException {
        Object value = receive();
        if (!type.isInstance(value)) {
            throw new ClassCastException(
                    "another kind of object was received: expected=" + type.getName() + " received="
                            + (value == null ? "null" : value.getClass().getName()));
        }
        return type.cast(value);
    }

    /**
     * Whether there is something to receive at this moment, be it the end of file. A message that has begun to arrive counts:
     * to receive it may take as long as its sender does.
     */
    default boolean poll() throws IOException, InterruptedException {
        return poll(Duration.ZERO);
    }

    /**
     * Waits until there is something to receive, be it the end of file.
     *
     * @param timeout how long to wait at most; zero or less does not wait
     * @return whether there is
     * @throws IOException when this end is closed, or only sends
     * @throws InterruptedException when the thread is interrupted before or while it waits
     */
    boolean poll(Duration timeout) throws IOException, InterruptedException;

    /** Sends bytes as one message, which is to be received by one of the methods for bytes. */
    default void sendBytes(byte[] bytes) throws IOException, InterruptedException {
        sendBytes(bytes, 0, bytes.length);
    }

    /**
     * Sends a part of an array as one message, which is to be received by one of the methods for bytes.
     *
     * @param bytes the array
     * @param offset where the part begins
     * @param length how many bytes
     * @throws IndexOutOfBoundsException if the array has no such part
     * @throws IOException as {@link #send}
     * @throws InterruptedException as {@link #send}
     */
    void sendBytes(byte[] bytes, int offset, int length) throws IOException, InterruptedException;

    /** Receives one message of bytes, of any length. */
    default byte[] receiveBytes() throws IOException, InterruptedException {
        return receiveBytes(Integer.MAX_VALUE);
    }

    /**
     * Receives one message of bytes.
     *
     * @param maxLength how many bytes it may have
     * @throws IOException when it has more: this end is closed then, as in Python, for the rest cannot be skipped safely; or
     *         as {@link #receive}
     * @throws InterruptedException as {@link #receive}
     */
    byte[] receiveBytes(int maxLength) throws IOException, InterruptedException;

    /**
     * Receives one message of bytes into an array.
     *
     * @param target where to
     * @param offset where in it
     * @return how many bytes the message has
     * @throws BufferTooShortException when it does not fit: the exception has the message, so that nothing is lost
     * @throws IOException as {@link #receive}
     * @throws InterruptedException as {@link #receive}
     */
    int receiveBytesInto(byte[] target, int offset) throws IOException, InterruptedException;

    /** Closes this end of this process. The other side receives what was sent, and then the end of file. */
    @Override
    void close();

    /** Whether this end was closed here. */
    boolean isClosed();

    /**
     * Waits until one of several things is ready: connections that have something to receive, or its end, and processes
     * that have ended. As Python's {@code multiprocessing.connection.wait}. Where several threads receive from one connection,
     * another one may be quicker than who was told of it.
     *
     * @param things connections and processes
     * @param timeout how long to wait at most; zero or less does not wait; null is for ever
     * @return those that are ready, in their order; empty when the time ran out
     * @throws InterruptedException when the thread is interrupted before or while it waits
     */
    static <W extends Waitable> List<W> waitAny(Collection<W> things, @Nullable Duration timeout)
            throws InterruptedException {
        return SyncObjects.waitAny(things, timeout);
    }
}
