package io.farmhand.managed;

import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A pool whose coordinator is a manager's process, as Python's {@code Manager.Pool}: several processes can use it. What a task
 * throws comes out as the type that it is, checked or not, as of a {@link io.farmhand.Pool}.
 */
public interface ManagedPool extends AutoCloseable {
    /** {@link io.farmhand.Pool#apply}. */
    <T extends @Nullable Object, R extends @Nullable Object> R apply(RemoteFunction<? super T, ? extends R> function,
            T item);

    /** {@link io.farmhand.Pool#map}. */
    <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, Collection<? extends T> items);

    /** {@link io.farmhand.Pool#starMap}. */
    <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starMap(
            RemoteBiFunction<? super A, ? super B, ? extends R> function, Collection<? extends A> first,
            Collection<? extends B> second);

    /**
     * {@link io.farmhand.Pool#submit}; to cancel the future cancels the task. The tasks of a process that ends are cancelled, too.
     */
    <R extends @Nullable Object> CompletableFuture<R> submit(RemoteCallable<? extends R> task);

    /** Closes the pool, when what was submitted is done. */
    @Override
    void close();
}
