package io.farmhand.sync;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A thread of a test, and what comes of it. */
final class Running<T> {
    private static final long PATIENCE_SECONDS = 60;

    private final FutureTask<T> task;
    private final Thread thread;

    private Running(FutureTask<T> task, Thread thread) {
        this.task = task;
        this.thread = thread;
    }

    /** What kind of thread. */
    enum Kind {
        PLATFORM,
        VIRTUAL;

        /** Every other one of either kind. */
        static Kind alternate(int number) {
            return number % 2 == 0 ? PLATFORM : VIRTUAL;
        }

        /** Starts one. */
        <T> Running<T> start(Callable<T> callable) {
            FutureTask<T> task = new FutureTask<>(callable);
            return new Running<>(task,
                    this == PLATFORM ? Thread.ofPlatform().daemon().start(task) : Thread.ofVirtual().start(task));
        }
    }

    /** Its result; an exception is thrown as it was. */
    T result() throws Exception {
        try {
            return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("hangs: " + thread, e);
        }
    }

    /** Interrupts it. */
    void interrupt() {
        thread.interrupt();
    }

    boolean isDone() {
        return task.isDone();
    }

    /** Gives threads and processes a moment to fall asleep: without it a test holds as well, but shows less. */
    static void settle() throws InterruptedException {
        Thread.sleep(60);
    }
}
