package io.farmhand.task;

import io.farmhand.internal.task.Blobs;
import java.io.Serializable;
import java.util.concurrent.CancellationException;

/**
 * The name of a value that is sent to each worker once, however many calls use it: capture the broadcast in a lambda, or
 * pass it as an argument, and {@link #get} gives the value there. Made by {@code Pool.broadcast}.
 *
 * <p>Each worker has one copy, which all of its tasks share: treat it as constant. A value is kept by the SHA-256 of its
 * encoded bytes, so that the same content is held and sent once.
 *
 * @param <T> the value's type
 */
public final class Broadcast<T> implements Serializable, AutoCloseable {
    private static final long serialVersionUID = 1;

    private final String sha256;
    private final transient Runnable release;

    /**
     * For {@code Pool.broadcast}.
     *
     * @param sha256 of the encoded value, in hexadecimal
     * @param release what closing it does
     */
    public Broadcast(String sha256, Runnable release) {
        this.sha256 = sha256;
        this.release = release;
    }

    /**
     * The value. In a worker that has not had it yet this waits until it has come.
     *
     * @throws IllegalStateException when the broadcast was closed, or its pool, or in a task of another pool
     * @throws CancellationException when the thread is interrupted meanwhile
     */
    @SuppressWarnings("unchecked") // the value was a T when it was broadcast
    public T get() {
        return (T) Blobs.get(sha256);
    }

    /**
     * Lets go of the value, here and in all workers; it must not be used any more. The pool's {@code close} does the
     * same. Closing it in a worker, or twice, does nothing.
     */
    @Override
    public void close() {
        if (release != null) {
            release.run();
        }
    }

    @Override
    public String toString() {
        return "Broadcast[" + sha256.substring(0, 12) + "]";
    }
}
