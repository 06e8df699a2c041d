package io.farmhand;

import io.farmhand.internal.home.Caller;
import io.farmhand.internal.home.Occupant;
import io.farmhand.internal.service.PoolTasks;
import io.farmhand.task.RemoteCallable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** The tasks that one process has submitted to a pool in a manager's process; they are cancelled when it ends. */
final class ServedTasks implements PoolTasks, Occupant {
    private final Pool pool;
    /** The process, by its slot: the one that asks for this. */
    private final int user = Caller.current().slot();
    private final Map<Long, CompletableFuture<?>> tasks = new ConcurrentHashMap<>();
    private final BlockingQueue<Long> done = new LinkedBlockingQueue<>();

    ServedTasks(Pool pool) {
        this.pool = pool;
    }

    @Override
    public void submit(long number, RemoteCallable<?> task) {
        CompletableFuture<?> result = pool.submit(task);
        tasks.put(number, result);
        var _ = result.whenComplete((_, _) -> done.add(number));
    }

    @Override
    public long[] awaitDone() throws InterruptedException {
        List<Long> numbers = new ArrayList<>();
        numbers.add(done.take());
        done.drainTo(numbers);
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public @Nullable Object result(long number) throws Throwable {
        CompletableFuture<?> result = tasks.remove(number);
        if (result == null) {
            throw new IllegalArgumentException("there is no such task: number=" + number);
        }
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    @Override
    public void cancel(long number) {
        CompletableFuture<?> result = tasks.get(number);
        if (result != null) {
            result.cancel(true);
        }
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        if (slot == user) {
            tasks.values().forEach(result -> result.cancel(true));
        }
    }

    @Override
    public void wakeAll() {
        // who waits here is interrupted when his process or the server ends
    }
}
