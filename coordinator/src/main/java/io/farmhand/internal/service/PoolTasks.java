package io.farmhand.internal.service;

import io.farmhand.task.RemoteCallable;
import org.jspecify.annotations.Nullable;

/** Tasks of a pool in a server that one process has submitted, by numbers which that process gives them. */
public interface PoolTasks {
    /** Submits a task. */
    void submit(long number, RemoteCallable<?> task);

    /** Waits until tasks are done, whichever; each is told once. */
    long[] awaitDone() throws InterruptedException;

    /** What a task that is done gave, and forgets it; throws what it threw. */
    @Nullable
    Object result(long number) throws Throwable;

    /** Cancels a task, which is done with that. */
    void cancel(long number);
}
