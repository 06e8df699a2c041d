package io.farmhand.internal.sync;

import io.farmhand.internal.home.Caller;
import io.farmhand.sync.Lock;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import java.time.Duration;
import java.util.function.Supplier;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories of locks and semaphores, checked by Lincheck against plain objects: in shared memory, and in memory of
 * this JVM, where each thread is one of another process.
 */
@Timeout(120)
class LinearizabilityTest {
    private static final Duration MOMENT = Duration.ofNanos(20_000);

    @ParameterizedTest
    @ValueSource(classes = {Locks.Shared.class, Locks.Local.class})
    void eachHistoryOfALockIsOneOfALock(Class<?> operations) {
        check(operations, Locks.Plain.class);
    }

    @ParameterizedTest
    @ValueSource(classes = {RLocks.Shared.class, RLocks.Local.class})
    void eachHistoryOfAReentrantLockIsOneOfAReentrantLock(Class<?> operations) {
        check(operations, RLocks.Plain.class);
    }

    @ParameterizedTest
    @ValueSource(classes = {Semaphores.Shared.class, Semaphores.Local.class})
    void eachHistoryOfASemaphoreIsOneOfASemaphore(Class<?> operations) {
        check(operations, Semaphores.Plain.class);
    }

    private static void check(Class<?> operations, Class<?> specification) {
        new StressOptions().iterations(10)
                .invocationsPerIteration(100)
                .threads(3)
                .actorsPerThread(4)
                .actorsBefore(0)
                .actorsAfter(0)
                .sequentialSpecification(specification)
                .check(operations);
    }

    /** Whose thread does it: of process {@code 1 + thread}. */
    private static <R> R by(int thread, Supplier<R> operation) {
        return new Caller(1 + thread, 100 + thread).call(operation::get);
    }

    private static <R> R uninterrupted(java.util.concurrent.Callable<R> operation) {
        try {
            return operation.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static boolean unlocked(Lock lock) {
        try {
            lock.unlock();
            return true;
        } catch (IllegalMonitorStateException e) {
            return false;
        }
    }

    /** The operations of a lock. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public abstract static class Locks {
        final Lock lock;

        Locks(Lock lock) {
            this.lock = lock;
        }

        /** Tries. */
        @Operation
        public boolean tryLock(@Param(name = "thread") int thread) {
            return by(thread, lock::tryLock);
        }

        /** Tries for a moment. */
        @Operation
        public boolean tryLockForAMoment(@Param(name = "thread") int thread) {
            return by(thread, () -> uninterrupted(() -> lock.tryLock(MOMENT)));
        }

        /** Unlocks, whoever has locked. */
        @Operation
        public boolean unlock(@Param(name = "thread") int thread) {
            return by(thread, () -> unlocked(lock));
        }

        /** Looks. */
        @Operation
        public boolean isLocked() {
            return lock.isLocked();
        }

        /** In shared memory. */
        public static final class Shared extends Locks {
            /** Made by Lincheck for each history. */
            public Shared() {
                super(Lock.create());
            }
        }

        /** In memory of this JVM. */
        public static final class Local extends Locks {
            /** Made by Lincheck for each history. */
            public Local() {
                super(LocalThings.lock());
            }
        }

        /** What is right. */
        public static final class Plain {
            private boolean locked;

            /** Locks. */
            public boolean tryLock(int thread) {
                boolean free = !locked;
                locked = true;
                return free;
            }

            /** Locks. */
            public boolean tryLockForAMoment(int thread) {
                return tryLock(thread);
            }

            /** Unlocks. */
            public boolean unlock(int thread) {
                boolean was = locked;
                locked = false;
                return was;
            }

            /** Looks. */
            public boolean isLocked() {
                return locked;
            }
        }
    }

    /** The operations of a reentrant lock. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public abstract static class RLocks {
        final RLock lock;

        RLocks(RLock lock) {
            this.lock = lock;
        }

        /** Tries. */
        @Operation
        public boolean tryLock(@Param(name = "thread") int thread) {
            return by(thread, lock::tryLock);
        }

        /** Tries for a moment. */
        @Operation
        public boolean tryLockForAMoment(@Param(name = "thread") int thread) {
            return by(thread, () -> uninterrupted(() -> lock.tryLock(MOMENT)));
        }

        /** Unlocks. */
        @Operation
        public boolean unlock(@Param(name = "thread") int thread) {
            return by(thread, () -> unlocked(lock));
        }

        /** Looks. */
        @Operation
        public int holds(@Param(name = "thread") int thread) {
            return by(thread, lock::getHoldCount);
        }

        /** In shared memory. */
        public static final class Shared extends RLocks {
            /** Made by Lincheck for each history. */
            public Shared() {
                super(RLock.create());
            }
        }

        /** In memory of this JVM. */
        public static final class Local extends RLocks {
            /** Made by Lincheck for each history. */
            public Local() {
                super(LocalThings.rlock());
            }
        }

        /** What is right. */
        public static final class Plain {
            private int owner;
            private int holds;

            /** Locks. */
            public boolean tryLock(int thread) {
                if (holds > 0 && owner != thread) {
                    return false;
                }
                owner = thread;
                holds++;
                return true;
            }

            /** Locks. */
            public boolean tryLockForAMoment(int thread) {
                return tryLock(thread);
            }

            /** Unlocks. */
            public boolean unlock(int thread) {
                if (holds == 0 || owner != thread) {
                    return false;
                }
                holds--;
                return true;
            }

            /** Looks. */
            public int holds(int thread) {
                return owner == thread ? holds : 0;
            }
        }
    }

    /** The operations of a bounded semaphore of two permits. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "permits", gen = IntGen.class, conf = "1:2")
    public abstract static class Semaphores {
        final Semaphore semaphore;

        Semaphores(Semaphore semaphore) {
            this.semaphore = semaphore;
        }

        /** Tries. */
        @Operation
        public boolean tryAcquire(@Param(name = "thread") int thread) {
            return by(thread, semaphore::tryAcquire);
        }

        /** Tries for a moment. */
        @Operation
        public boolean tryAcquireForAMoment(@Param(name = "thread") int thread) {
            return by(thread, () -> uninterrupted(() -> semaphore.tryAcquire(MOMENT)));
        }

        /** Releases. */
        @Operation
        public boolean release(@Param(name = "thread") int thread, @Param(name = "permits") int permits) {
            return by(thread, () -> {
                try {
                    semaphore.release(permits);
                    return true;
                } catch (IllegalStateException e) {
                    return false;
                }
            });
        }

        /** Looks. */
        @Operation
        public int available() {
            return semaphore.availablePermits();
        }

        /** In shared memory. */
        public static final class Shared extends Semaphores {
            /** Made by Lincheck for each history. */
            public Shared() {
                super(io.farmhand.sync.BoundedSemaphore.create(2));
            }
        }

        /** In memory of this JVM. */
        public static final class Local extends Semaphores {
            /** Made by Lincheck for each history. */
            public Local() {
                super(LocalThings.boundedSemaphore(2));
            }
        }

        /** What is right. */
        public static final class Plain {
            private int available = 2;

            /** Acquires. */
            public boolean tryAcquire(int thread) {
                if (available == 0) {
                    return false;
                }
                available--;
                return true;
            }

            /** Acquires. */
            public boolean tryAcquireForAMoment(int thread) {
                return tryAcquire(thread);
            }

            /** Releases. */
            public boolean release(int thread, int permits) {
                if (available + permits > 2) {
                    return false;
                }
                available += permits;
                return true;
            }

            /** Looks. */
            public int available() {
                return available;
            }
        }
    }
}
