package io.farmhand.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Writes lines to standard output as soon as they are there, many at a time when they come fast.
 *
 * <p><b>Concurrency.</b> The caller fills one buffer while the thread {@code farm-stdout} writes the other; it swaps
 * them whenever it has done. So a lone line leaves at once though nobody knows when the next one comes, a hundred
 * thousand of them take few system calls, and no clock is involved. Nothing is written under the lock.
 *
 * <p><b>Failure.</b> The first failed write is told to the caller's handler on {@code farm-stdout}, at once even while
 * the caller waits for a slow item; lines after it are dropped.
 */
final class ResultWriter implements AutoCloseable {
    /** The caller waits when so much is unwritten: smaller waits more often on a slow reader, larger holds memory. */
    private static final int MAX_UNWRITTEN_BYTES = 1 << 20;

    private final OutputStream output;
    private final Consumer<IOException> onFailure;
    private final Thread thread;
    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by lock.
    private ByteArrayOutputStream filling = new ByteArrayOutputStream();
    private boolean closed;
    private boolean failed;

    /**
     * A writer, with its thread.
     *
     * @param output unbuffered, not closed by this
     * @param onFailure called at most once
     */
    ResultWriter(OutputStream output, Consumer<IOException> onFailure) {
        this.output = output;
        this.onFailure = onFailure;
        this.thread = Thread.ofPlatform().daemon().name("farm-stdout").start(this::writeAll);
    }

    /** Hands over a line, and waits only where the reader is slow. */
    void line(String line) {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        lock.lock();
        try {
            while (filling.size() > MAX_UNWRITTEN_BYTES && !failed) {
                changed.awaitUninterruptibly();
            }
            if (!failed) {
                filling.writeBytes(bytes);
                filling.write('\n');
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void writeAll() {
        ByteArrayOutputStream writing = new ByteArrayOutputStream();
        try {
            while (true) {
                writing = swap(writing);
                if (writing.size() == 0) {
                    return;
                }
                writing.writeTo(output);
                output.flush();
                writing.reset();
            }
        } catch (IOException e) {
            dropTheRest();
            onFailure.accept(e);
        }
    }

    /** Waits for lines and takes them; none means that there will be no more. */
    private ByteArrayOutputStream swap(ByteArrayOutputStream empty) {
        lock.lock();
        try {
            while (filling.size() == 0 && !closed) {
                changed.awaitUninterruptibly();
            }
            ByteArrayOutputStream full = filling;
            filling = empty;
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

    /** Waits until all lines are written. */
    @Override
    public void close() {
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
    }
}
