package io.farmhand;

import io.farmhand.internal.service.PoolFace;
import io.farmhand.internal.service.PoolTasks;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteFunction;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pool in a manager's process. */
final class ServedPool implements PoolFace {
    private final Pool pool;

    ServedPool(Pool pool) {
        this.pool = pool;
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> R apply(
            RemoteFunction<? super T, ? extends R> function, T item) {
        return pool.apply(function, item);
    }

    @Override
    public <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            RemoteFunction<? super T, ? extends R> function, Collection<? extends T> items) {
        return pool.map(function, items);
    }

    @Override
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> List<R> starMap(
            RemoteBiFunction<? super A, ? super B, ? extends R> function, Collection<? extends A> first,
            Collection<? extends B> second) {
        return pool.starMap(function, first, second);
    }

    @Override
    public PoolTasks tasks() {
        return new ServedTasks(pool);
    }

    @Override
    public void close() {
        pool.close();
    }
}
