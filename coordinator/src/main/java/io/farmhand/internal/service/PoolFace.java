package io.farmhand.internal.service;

import io.farmhand.internal.remote.AtCaller;
import io.farmhand.managed.ManagedPool;
import io.farmhand.task.RemoteCallable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A pool in a server, as its users see it. */
@AtCaller
public interface PoolFace extends ManagedPool {
    /** Runs a task in a worker, and waits for it. */
    <R extends @Nullable Object> R call(RemoteCallable<? extends R> task) throws Exception;

    @Override
    default <R extends @Nullable Object> CompletableFuture<R> submit(RemoteCallable<? extends R> task) {
        CompletableFuture<R> result = new CompletableFuture<>();
        Thread.ofVirtual().name("farm-managed-task").start(() -> {
            try {
                result.complete(call(task));
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }
}
