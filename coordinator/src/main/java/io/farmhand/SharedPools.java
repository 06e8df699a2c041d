package io.farmhand;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The shared pools of this JVM, one for equal options, as loky's reusable executor is.
 *
 * <p><b>Concurrency.</b> {@code lock} guards the map and is held for looking into it only: who finds no pool puts a
 * promise there, makes the pool without the lock, and keeps the promise; others wait for that.
 */
final class SharedPools {
    /** joblib's {@code idle_worker_timeout}: longer holds memory for nothing, shorter starts workers again and again. */
    static final Duration KEEP_ALIVE = Duration.ofMinutes(5);

    /** The only ones outside of tests. */
    static final SharedPools INSTANCE = new SharedPools();

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<List<@Nullable Object>, CompletableFuture<Pool>> pools = new HashMap<>(); // guarded by lock

    private SharedPools() {}

    /**
     * The pool with these options; made if there is none, or none that can be used.
     *
     * @param resize whether a pool of another size is to be resized
     */
    Pool get(PoolOptions options, boolean resize) {
        List<@Nullable Object> key = options.sharedKey();
        while (true) {
            CompletableFuture<Pool> promise = new CompletableFuture<>();
            CompletableFuture<Pool> promised = promised(key, promise);
            if (promised == null) {
                return make(options, promise);
            }
            Pool pool = await(promised);
            if (pool != null && !pool.isOver()) {
                if (resize && pool.size() != options.workers()) {
                    pool.resize(options.workers());
                }
                return pool;
            }
        }
    }

    /** What stands for the key; null when it is the given promise from now on. What is of no use any more is removed. */
    private @Nullable CompletableFuture<Pool> promised(List<@Nullable Object> key, CompletableFuture<Pool> promise) {
        lock.lock();
        try {
            pools.values().removeIf(old -> old.isCompletedExceptionally() || (old.isDone() && old.join().isOver()));
            return pools.putIfAbsent(key, promise);
        } finally {
            lock.unlock();
        }
    }

    private static Pool make(PoolOptions options, CompletableFuture<Pool> promise) {
        try {
            Pool pool = new Pool(options, true);
            promise.complete(pool);
            return pool;
        } catch (RuntimeException | Error e) {
            promise.completeExceptionally(e);
            throw e;
        }
    }

    /** The pool that another thread makes; null when that gave up, so that this one is to try. */
    private static @Nullable Pool await(CompletableFuture<Pool> promised) {
        try {
            return promised.get();
        } catch (CancellationException e) { // that thread was interrupted
            return null;
        } catch (ExecutionException e) {
            throw Failures.asItIs(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while another thread made the shared pool");
        }
    }
}
