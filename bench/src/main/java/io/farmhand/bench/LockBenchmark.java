package io.farmhand.bench;

import io.farmhand.shared.SharedLong;
import io.farmhand.sync.BoundedSemaphore;
import io.farmhand.sync.Event;
import io.farmhand.sync.Lock;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What costs no wait: one thread alone with a lock and its kin. */
@State(Scope.Benchmark)
public class LockBenchmark {
    private final Lock lock = Lock.create();
    private final RLock rlock = RLock.create();
    private final Semaphore semaphore = Semaphore.create(3);
    private final BoundedSemaphore boundedSemaphore = BoundedSemaphore.create(3);
    private final Event event = Event.create();
    private final SharedLong value = SharedLong.create(0);

    /** As {@code with value.get_lock(): value.value += 1}. */
    @Benchmark
    public void lockedIncrement() {
        value.lock().lock();
        try {
            value.set(value.get() + 1);
        } finally {
            value.lock().unlock();
        }
    }

    /** Acquire and release. */
    @Benchmark
    @SuppressWarnings("LockNotBeforeTry") // nothing stands between them
    public void lock() {
        lock.lock();
        lock.unlock();
    }

    /** Acquire and release. */
    @Benchmark
    @SuppressWarnings("LockNotBeforeTry") // nothing stands between them
    public void rlock() {
        rlock.lock();
        rlock.unlock();
    }

    /** Acquire and release. */
    @Benchmark
    public void semaphore() throws InterruptedException {
        semaphore.acquire();
        semaphore.release();
    }

    /** Acquire and release. */
    @Benchmark
    public void boundedSemaphore() throws InterruptedException {
        boundedSemaphore.acquire();
        boundedSemaphore.release();
    }

    /** Set, look, clear. */
    @Benchmark
    public boolean event() {
        event.set();
        boolean set = event.isSet();
        event.clear();
        return set;
    }

    /** Ends what was measured. */
    @TearDown
    public void close() {
        lock.close();
        rlock.close();
        semaphore.close();
        boundedSemaphore.close();
        event.close();
        value.close();
    }
}
