package io.farmhand.internal.service;

import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteFunction;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool in a server, as processes call it. Its methods say that they throw whatever a task does, for a proxy lets through only
 * what its interface declares.
 */
public interface PoolFace extends AutoCloseable {
    <T extends @Nullable Object, R extends @Nullable Object> R apply(RemoteFunction<? super T, ? extends R> function,
            T item) throws Throwable;

    <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, Collection<? extends T> items) throws Throwable;

    <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starMap(
            RemoteBiFunction<? super A, ? super B, ? extends R> function, Collection<? extends A> first,
            Collection<? extends B> second) throws Throwable;

    /** Makes a desk for one user's tasks that nobody waits for one by one. */
    PoolTasks tasks();

    @Override
    void close();
}
