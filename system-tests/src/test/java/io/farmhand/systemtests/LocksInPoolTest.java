package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.Pool;
import io.farmhand.sync.BoundedSemaphore;
import io.farmhand.sync.Event;
import io.farmhand.sync.Lock;
import io.farmhand.sync.OwnerDiedException;
import io.farmhand.sync.Semaphore;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Locks and semaphores that tasks capture, and what becomes of them when a worker dies. */
@FarmTest(replacesWorkers = true)
class LocksInPoolTest {
    private static Pool pool;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick(), 2);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    /** Ends its worker with the lock held at the first attempt; says at the second whether that is known. */
    private static boolean learns(Lock lock, Event begun) {
        boolean first = !begun.isSet();
        begun.set();
        try {
            lock.lockReportingDeath();
        } catch (OwnerDiedException e) {
            lock.unlock();
            return true;
        }
        if (first) {
            Runtime.getRuntime().halt(9);
        }
        lock.unlock();
        return false;
    }

    @Test
    void theLockOfAWorkerThatDiedGoesToTheNextOneWhoLearnsThat() {
        try (Lock lock = Lock.create(); Event begun = Event.create()) {
            boolean learnt = pool.apply(_ -> learns(lock, begun), 0);
            assertThat(learnt).isTrue();
            assertThat(lock.isLocked()).isFalse();
        }
    }

    @Test
    void thePermitsOfAWorkerThatDiedReturn() {
        try (Semaphore semaphore = BoundedSemaphore.create(2); Event begun = Event.create()) {
            boolean both = pool.apply(_ -> {
                boolean first = !begun.isSet();
                begun.set();
                boolean one = semaphore.tryAcquire(Duration.ofSeconds(30));
                boolean other = semaphore.tryAcquire(Duration.ofSeconds(30));
                if (first) {
                    Runtime.getRuntime().halt(9);
                }
                semaphore.release(2);
                return one && other;
            }, 0);
            assertThat(both).isTrue();
            assertThat(semaphore.availablePermits()).isEqualTo(2);
        }
    }

    @Test
    void oneTaskAtATimeHoldsALock() {
        try (Lock lock = Lock.create(); Semaphore inside = Semaphore.create(1)) {
            List<Integer> items = IntStream.range(0, 2_000).boxed().toList();
            List<Boolean> alone = pool.map(_ -> {
                lock.lock();
                try {
                    boolean free = inside.tryAcquire();
                    inside.release();
                    return free;
                } finally {
                    lock.unlock();
                }
            }, items, 10);
            assertThat(alone).isEqualTo(Collections.nCopies(2_000, true));
        }
    }
}
