package io.farmhand;

import io.farmhand.internal.service.PoolFace;
import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
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
    public <R extends @Nullable Object> R call(RemoteCallable<? extends R> task) throws Exception {
        var future = pool.submit(task);
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw Failures.asItIs(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
