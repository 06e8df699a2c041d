package io.farmhand.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class FutexBellTest {
    private static final long FOR_EVER = Long.MAX_VALUE;

    private final FutexBell bell = new FutexBell(Arena.ofAuto().allocate(8, 8), 4);

    private static Thread start(boolean virtual, Runnable task) {
        return virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().start(task);
    }

    @Test
    void doesNotWaitWhenItRangSinceItWasRead() throws InterruptedException {
        int seen = bell.count();
        bell.ring();
        bell.await(seen, FOR_EVER);
        bell.awaitUninterruptibly(seen, FOR_EVER);
    }

    @Test
    void waitsNoLongerThanItIsTold() throws InterruptedException {
        long start = System.nanoTime();
        bell.await(bell.count(), TimeUnit.MILLISECONDS.toNanos(30));
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wakesWhoWaits(boolean virtual) throws InterruptedException {
        CountDownLatch woken = new CountDownLatch(1);
        int seen = bell.count();
        Thread _ = start(virtual, () -> {
            bell.awaitUninterruptibly(seen, FOR_EVER);
            woken.countDown();
        });
        bell.ring();
        assertThat(woken.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptEndsAWaitWhereverItHits(boolean virtual) throws Exception {
        for (int i = 0; i < 200; i++) {
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread waiter = start(virtual, () -> {
                try {
                    while (true) {
                        bell.await(bell.count(), FOR_EVER);
                    }
                } catch (InterruptedException e) {
                    flag.complete(Thread.currentThread().isInterrupted());
                }
            });
            long until = System.nanoTime() + (i % 20) * 20_000L;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            waiter.interrupt();
            assertThat(flag.get(10, TimeUnit.SECONDS)).as("the flag after the exception").isFalse();
        }
    }

    @Test
    void anInterruptBeforeTheWaitEndsItAtOnce() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> bell.await(bell.count(), FOR_EVER)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUninterruptibleWaitKeepsTheInterruptForLater(boolean virtual) throws Exception {
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        int seen = bell.count();
        Thread waiter = start(virtual, () -> {
            while (bell.count() == seen) {
                bell.awaitUninterruptibly(seen, FOR_EVER);
            }
            flag.complete(Thread.currentThread().isInterrupted());
        });
        waiter.interrupt();
        assertThat(flag.isDone()).isFalse();
        bell.ring();
        assertThat(flag.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void manyVirtualThreadsWaitWithoutHoldingTheirCarriers() throws InterruptedException {
        int waiters = 4 * Runtime.getRuntime().availableProcessors();
        int seen = bell.count();
        AtomicInteger woken = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < waiters; i++) {
            threads.add(Thread.startVirtualThread(() -> {
                bell.awaitUninterruptibly(seen, FOR_EVER);
                woken.incrementAndGet();
            }));
        }
        // It can run only if the others let go of their carriers.
        Thread ringer = Thread.startVirtualThread(bell::ring);
        assertThat(ringer.join(java.time.Duration.ofSeconds(10))).isTrue();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(woken).hasValue(waiters);
    }
}
