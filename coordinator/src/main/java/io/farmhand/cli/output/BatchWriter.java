package io.farmhand.cli.output;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes bytes to some outputs as soon as they are there, many at a time when they come fast.
 *
 * <p><b>Concurrency.</b> The caller fills one buffer for each output while the thread {@code farm-stdout} writes the others; it
 * swaps them whenever it has done. So a lone line leaves at once though nobody knows when the next one comes, a hundred
 * thousand of them take few system calls, and no clock is involved. Nothing is written under the lock.
 *
 * <p><b>Order.</b> What is added at once is written to the first output before anything of it to the second, and so on: so a
 * log behind a table never tells of a row that is not there.
 *
 * <p><b>Failure.</b> The first failed write is told to the caller's handler on {@code farm-stdout}, at once even while
 * the caller waits for a slow item; what comes after it is dropped.
 */
public final class BatchWriter implements AutoCloseable {
    /** The caller waits when so much is unwritten: smaller waits more often on a slow reader, larger holds memory. */
    private static final int MAX_UNWRITTEN_BYTES = 1 << 20;

    private final List<OutputStream> outputs;
    private final OnFailure onFailure;
    private final Thread thread;
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private ByteArrayOutputStream[] filling;
    private int unwritten;
    private boolean closed;
    private boolean failed;

    /** Hears, once, that an output cannot be written. */
    public interface OnFailure {
        /**
         * An output cannot be written.
         *
         * @param output its place among the outputs
         */
        void failed(int output, IOException cause);
    }

    /**
     * A writer, with its thread.
     *
     * @param outputs unbuffered, not closed by this
     */
    public BatchWriter(List<OutputStream> outputs, OnFailure onFailure) {
        this.outputs = List.copyOf(outputs);
        this.onFailure = onFailure;
        this.filling = buffers();
        this.thread = Thread.ofPlatform().daemon().name("farm-stdout").start(this::writeAll);
    }

    private ByteArrayOutputStream[] buffers() {
        ByteArrayOutputStream[] buffers = new ByteArrayOutputStream[outputs.size()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = new ByteArrayOutputStream();
        }
        return buffers;
    }

    /**
     * Hands over what belongs together, and waits only where an output is slow.
     *
     * @param parts for each output, in their order; empty for nothing
     */
    public void add(byte[]... parts) {
        lock.lock();
        try {
            while (unwritten > MAX_UNWRITTEN_BYTES && !failed) {
                changed.awaitUninterruptibly();
            }
            for (int i = 0; i < parts.length && !failed; i++) {
                filling[i].writeBytes(parts[i]);
                unwritten += parts[i].length;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void writeAll() {
        ByteArrayOutputStream[] writing = swap(buffers());
        while (writing != null) {
            for (int i = 0; i < writing.length; i++) {
                try {
                    writing[i].writeTo(outputs.get(i));
                    outputs.get(i).flush();
                } catch (IOException e) {
                    dropTheRest();
                    onFailure.failed(i, e);
                    return;
                }
                writing[i].reset();
            }
            writing = swap(writing);
        }
    }

    /** Waits for something and takes it; null means that there will be no more. */
    private ByteArrayOutputStream @Nullable [] swap(ByteArrayOutputStream[] empty) {
        lock.lock();
        try {
            while (unwritten == 0 && !closed) {
                changed.awaitUninterruptibly();
            }
            if (unwritten == 0) {
                return null;
            }
            ByteArrayOutputStream[] full = filling;
            filling = empty;
            unwritten = 0;
            changed.signalAll();
            return full;
        } finally {
            lock.unlock();
        }
    }

    private void dropTheRest() {
        lock.lock();
        try {
            failed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is written; returns whether it was. */
    public boolean finish() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            return !failed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        boolean _ = finish();
    }
}
