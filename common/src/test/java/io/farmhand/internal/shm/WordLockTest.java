package io.farmhand.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.shm.WordLock.Acquired;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lock as several processes see it, each with a slot of its own, in one JVM. */
@Timeout(60)
class WordLockTest {
    private static final long FOR_EVER = Long.MAX_VALUE;

    private final MemorySegment memory = Arena.ofAuto().allocate(32, 8);

    private record User(int slot) implements Party {
        @Override
        public long thread() {
            return Thread.currentThread().threadId();
        }

        @Override
        public void check() {}

        @Override
        public void await(Bell bell, int seen, long timeoutNanos) throws InterruptedException {
            bell.await(seen, timeoutNanos);
        }

        @Override
        public void awaitUninterruptibly(Bell bell, int seen, long timeoutNanos) {
            bell.awaitUninterruptibly(seen, timeoutNanos);
        }
    }

    private WordLock lockOf(int slot) {
        return new WordLock(memory, 8, new User(slot), new FutexBell(memory, 8 + WordLock.BELL_OFFSET));
    }

    @Test
    void isHeldByOneAtATime() {
        WordLock one = lockOf(1);
        WordLock two = lockOf(2);
        assertThat(one.tryAcquire()).isEqualTo(Acquired.IN_ORDER);
        assertThat(two.tryAcquire()).isEqualTo(Acquired.NOT);
        assertThat(one.isMine()).isTrue();
        assertThat(two.isMine()).isFalse();
        assertThat(two.holder()).isEqualTo(1);
        assertThat(one.release()).isTrue();
        assertThat(one.release()).isFalse();
        assertThat(two.tryAcquire()).isEqualTo(Acquired.IN_ORDER);
    }

    @Test
    void theNextOneLearnsOnceThatItsHolderDied() {
        lockOf(5).acquire();
        WordLock two = lockOf(2);
        two.release(5);
        assertThat(two.isHeld()).isFalse();
        assertThat(two.tryAcquire()).isEqualTo(Acquired.FROM_THE_DEAD);
        two.release();
        assertThat(two.tryAcquire()).isEqualTo(Acquired.IN_ORDER);
    }

    @Test
    void theDeathOfAnotherProcessChangesNothing() {
        WordLock two = lockOf(2);
        two.acquire();
        lockOf(1).release(5);
        assertThat(two.isMine()).isTrue();
    }

    @Test
    void aWaiterGetsItFromTheDead() throws Exception {
        lockOf(5).acquire();
        CompletableFuture<Acquired> how = CompletableFuture.supplyAsync(() -> lockOf(2).acquire());
        lockOf(1).release(5);
        assertThat(how.get(10, TimeUnit.SECONDS)).isEqualTo(Acquired.FROM_THE_DEAD);
    }

    @Test
    void aWaitEndsInTime() throws InterruptedException {
        lockOf(1).acquire();
        assertThat(lockOf(2).acquire(TimeUnit.MILLISECONDS.toNanos(20))).isEqualTo(Acquired.NOT);
        assertThat(lockOf(2).acquire(0)).isEqualTo(Acquired.NOT);
    }

    /** Threads of many slots count under the lock; some give up in time, are interrupted, or die holding it. */
    @Test
    void neitherLosesAWakeUpNorLetsTwoInWhileThreadsGiveUpAndProcessesDie() throws Exception {
        int threads = 8;
        int rounds = 3_000;
        AtomicInteger inside = new AtomicInteger();
        long[] counted = {0};
        AtomicInteger expected = new AtomicInteger();
        List<CompletableFuture<Void>> runs = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int slot = i + 2;
            runs.add(CompletableFuture.runAsync(() -> {
                Random random = new Random(slot);
                WordLock lock = lockOf(slot);
                WordLock home = lockOf(1);
                for (int round = 0; round < rounds; round++) {
                    if (random.nextInt(50) == 0) {
                        Thread.currentThread().interrupt();
                    }
                    Acquired how;
                    try {
                        how = switch (random.nextInt(3)) {
                            case 0 -> lock.acquire();
                            case 1 -> lock.acquire(FOR_EVER);
                            default -> lock.acquire(random.nextInt(200_000));
                        };
                    } catch (InterruptedException e) {
                        continue;
                    } finally {
                        boolean _ = Thread.interrupted();
                    }
                    if (how == Acquired.NOT) {
                        continue;
                    }
                    assertThat(inside.getAndIncrement()).isZero();
                    counted[0]++;
                    expected.incrementAndGet();
                    inside.decrementAndGet();
                    if (random.nextInt(20) == 0) {
                        home.release(slot); // the process died, and its home heard of it
                    } else {
                        lock.release();
                    }
                }
            }));
        }
        for (CompletableFuture<Void> run : runs) {
            run.get(50, TimeUnit.SECONDS);
        }
        assertThat(counted[0]).isEqualTo(expected.get()).isPositive();
        assertThat(lockOf(2).isHeld()).isFalse();
    }
}
