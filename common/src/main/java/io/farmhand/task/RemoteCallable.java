package io.farmhand.task;

import java.io.Serializable;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A task without arguments that can be sent to a worker.
 *
 * @param <R> what it gives
 */
@FunctionalInterface
public interface RemoteCallable<R extends @Nullable Object> extends Callable<R>, Serializable {
    /**
     * Runs this task in a worker.
     *
     * @return the result, which must be serializable
     * @throws Exception whatever the task wishes; it comes back to the caller as itself
     */
    @Override
    R call() throws Exception;
}
