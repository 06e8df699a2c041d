package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After {@code _TestSemaphore} of CPython's {@code Lib/test/_test_multiprocessing.py}. */
@NullUnmarked
@SuppressWarnings("LockNotBeforeTry") // that is what is tested
@Timeout(120)
class SemaphoreTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void givesAsManyPermitsAsThereAre() throws Exception {
        try (Semaphore two = Semaphore.create(2); Semaphore bounded = BoundedSemaphore.create(2)) {
            for (Semaphore semaphore : List.of(two, bounded)) {
                assertThat(semaphore.availablePermits()).isEqualTo(2);
                semaphore.acquire();
                assertThat(semaphore.availablePermits()).isEqualTo(1);
                assertThat(semaphore.tryAcquire()).isTrue();
                assertThat(semaphore.availablePermits()).isZero();
                assertThat(semaphore.tryAcquire()).isFalse();
                semaphore.release();
                assertThat(semaphore.availablePermits()).isEqualTo(1);
                semaphore.release();
                assertThat(semaphore.availablePermits()).isEqualTo(2);
            }
        }
    }

    @Test
    void growsWhenMoreIsReleasedThanAcquired() {
        try (Semaphore semaphore = Semaphore.create(2)) {
            assertThat(semaphore.tryAcquire()).isTrue();
            semaphore.release(3);
            assertThat(semaphore.availablePermits()).isEqualTo(4);
            semaphore.release();
            assertThat(semaphore.availablePermits()).isEqualTo(5);
        }
    }

    @Test
    void aBoundedOneRefusesToGrow() {
        try (Semaphore semaphore = BoundedSemaphore.create(2)) {
            assertThatThrownBy(semaphore::release).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("permits=2").hasMessageContaining("available=2");
            assertThat(semaphore.tryAcquire()).isTrue();
            assertThatThrownBy(() -> semaphore.release(2)).isInstanceOf(IllegalStateException.class);
            assertThat(semaphore.availablePermits()).isEqualTo(1);
            semaphore.release();
            assertThat(semaphore.availablePermits()).isEqualTo(2);
        }
    }

    @Test
    void hasNoMorePermitsThanAnIntCanSay() {
        try (Semaphore semaphore = Semaphore.create(Integer.MAX_VALUE)) {
            assertThatThrownBy(semaphore::release).isInstanceOf(IllegalStateException.class);
            assertThat(semaphore.tryAcquire()).isTrue();
            semaphore.release();
            assertThatThrownBy(() -> semaphore.release(Integer.MAX_VALUE)).isInstanceOf(IllegalStateException.class);
            assertThat(semaphore.availablePermits()).isEqualTo(Integer.MAX_VALUE);
        }
    }

    @Test
    void refusesNumbersThatCannotBe() {
        assertThatThrownBy(() -> Semaphore.create(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("permits=-1");
        try (Semaphore semaphore = Semaphore.create()) {
            assertThatThrownBy(() -> semaphore.release(0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitsForItsTimeAndNoLonger(Running.Kind kind) throws Exception {
        try (Semaphore semaphore = Semaphore.create(0)) {
            long start = System.nanoTime();
            assertThat(kind.start(() -> semaphore.tryAcquire(Duration.ofMillis(100))).result()).isFalse();
            assertThat(System.nanoTime() - start).isBetween(100_000_000L, 10_000_000_000L);
            assertThat(kind.start(() -> semaphore.tryAcquire(Duration.ZERO)).result()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsTheWaitAndTakesNoPermit(Running.Kind kind) throws Exception {
        try (Semaphore semaphore = Semaphore.create(0)) {
            Running<Boolean> waiter = kind.start(() -> semaphore.tryAcquire(LONG));
            Running<Boolean> other = kind.start(() -> semaphore.tryAcquire(LONG));
            Running.settle();
            waiter.interrupt();
            assertThatThrownBy(waiter::result).isInstanceOf(InterruptedException.class);
            semaphore.release();
            assertThat(other.result()).isTrue();
            assertThat(semaphore.availablePermits()).isZero();
        }
    }

    @Test
    void releasingManyWakesAsManyThreadsAndProcesses() throws Exception {
        try (Semaphore semaphore = Semaphore.create(0); ChildJvm child = ChildJvm.start(() -> {
            ChildJvm.say("waits");
            semaphore.acquire();
            ChildJvm.sayAndStay("has it");
        })) {
            List<Running<Boolean>> waiters = new ArrayList<>();
            for (Running.Kind kind : Running.Kind.values()) {
                for (int i = 0; i < 3; i++) {
                    waiters.add(kind.start(() -> semaphore.tryAcquire(LONG)));
                }
            }
            child.expect("waits");
            Running.settle();
            semaphore.release(7);
            for (Running<Boolean> waiter : waiters) {
                assertThat(waiter.result()).isTrue();
            }
            child.expect("has it");
            assertThat(semaphore.availablePermits()).isZero();
        }
    }

    @Test
    void nobodyIsLeftAsleepWherePermitsGoBackAndForth() throws Exception {
        try (Semaphore full = Semaphore.create(0); Semaphore empty = Semaphore.create(3)) {
            try (ChildJvm consumer = ChildJvm.start(() -> {
                Running<Void> second = Running.Kind.VIRTUAL.start(() -> move(full, empty));
                Void _ = move(full, empty);
                Void _ = second.result();
                ChildJvm.say("moved");
            })) {
                Running<Void> second = Running.Kind.PLATFORM.start(() -> move(empty, full));
                Void _ = move(empty, full);
                Void _ = second.result();
                consumer.expect("moved");
                assertThat(full.availablePermits()).isZero();
                assertThat(empty.availablePermits()).isEqualTo(3);
            }
        }
    }

    private static Void move(Semaphore from, Semaphore to) throws InterruptedException {
        for (int i = 0; i < 5_000; i++) {
            from.acquire();
            to.release();
        }
        return null;
    }

    @Test
    void guardsWhatItHasOnePermitFor() throws Exception {
        try (Semaphore semaphore = BoundedSemaphore.create()) {
            Counter counter = Counter.in(directory);
            try (ChildJvm child = ChildJvm.start(() -> {
                Void _ = count(semaphore, counter);
                ChildJvm.say("counted");
            })) {
                Running<Void> platform = Running.Kind.PLATFORM.start(() -> count(semaphore, counter));
                Running<Void> virtual = Running.Kind.VIRTUAL.start(() -> count(semaphore, counter));
                Void _ = platform.result();
                Void _ = virtual.result();
                child.expect("counted");
                assertThat(counter.get()).isEqualTo(3 * 5_000);
            }
        }
    }

    private static Void count(Semaphore semaphore, Counter counter) throws InterruptedException {
        for (int i = 0; i < 5_000; i++) {
            semaphore.acquire();
            counter.add(1);
            semaphore.release();
        }
        return null;
    }

    @Test
    void permitsOfAKilledProcessReturn() throws Exception {
        try (Semaphore semaphore = BoundedSemaphore.create(3); ChildJvm holder = ChildJvm.start(() -> {
            semaphore.acquire();
            semaphore.acquire();
            ChildJvm.sayAndStay("holds");
        })) {
            holder.expect("holds");
            semaphore.acquire();
            Running<Boolean> first = Running.Kind.PLATFORM.start(() -> semaphore.tryAcquire(LONG));
            Running<Boolean> second = Running.Kind.VIRTUAL.start(() -> semaphore.tryAcquire(LONG));
            Running.settle();
            assertThat(first.isDone()).isFalse();
            holder.kill();
            assertThat(first.result()).isTrue();
            assertThat(second.result()).isTrue();
            assertThat(semaphore.availablePermits()).isZero();
            semaphore.release(3);
            assertThat(semaphore.availablePermits()).isEqualTo(3);
        }
    }

    @Test
    void permitsOfAProcessThatEndedInOrderReturn() throws Exception {
        try (Semaphore semaphore = Semaphore.create(); ChildJvm holder = ChildJvm.start(semaphore::acquire)) {
            assertThat(holder.exit()).isZero();
            assertThat(semaphore.tryAcquire(LONG)).isTrue();
        }
    }

    @Test
    void whatWasReleasedForAProcessDoesNotReturnAgainWhenItIsKilled() throws Exception {
        try (Semaphore semaphore = Semaphore.create();
                Lock alive = Lock.create();
                ChildJvm holder = ChildJvm.start(() -> {
                    alive.lock();
                    semaphore.acquire();
                    ChildJvm.sayAndStay("holds");
                })) {
            holder.expect("holds");
            semaphore.release();
            holder.kill();
            assertThat(alive.tryLock(LONG)).isTrue(); // it is being swept out of all
            try (ChildJvm next = ChildJvm.start(semaphore::acquire)) {
                assertThat(next.exit()).isZero();
            }
            assertThat(semaphore.tryAcquire(LONG)).isTrue();
            assertThat(semaphore.tryAcquire()).isFalse();
        }
    }

    @Test
    void aKilledWaiterTakesNoPermitWithIt() throws Exception {
        try (Semaphore semaphore = Semaphore.create(0)) {
            for (int i = 0; i < 4; i++) {
                try (ChildJvm doomed = ChildJvm.start(() -> {
                    ChildJvm.say("waits");
                    semaphore.acquire();
                    Thread.currentThread().join();
                })) {
                    doomed.expect("waits");
                    Running<Boolean> waiter = Running.Kind.PLATFORM.start(() -> semaphore.tryAcquire(LONG));
                    Running.settle();
                    if (i % 2 == 0) {
                        doomed.kill();
                        semaphore.release();
                    } else {
                        semaphore.release();
                        doomed.kill();
                    }
                    assertThat(waiter.result()).isTrue();
                }
            }
        }
    }

    @Test
    void killsAtRandomMomentsLoseNoPermit() throws Exception {
        try (Semaphore semaphore = BoundedSemaphore.create(3)) {
            Random random = new Random(5);
            for (int i = 0; i < 8; i++) {
                try (ChildJvm busy = ChildJvm.start(() -> {
                    ChildJvm.say("begins");
                    while (true) {
                        semaphore.acquire();
                        semaphore.acquire();
                        semaphore.release(2);
                    }
                })) {
                    busy.expect("begins");
                    Running<Void> other = Running.Kind.VIRTUAL.start(() -> {
                        for (int j = 0; j < 20_000; j++) {
                            semaphore.acquire();
                            semaphore.release();
                        }
                        return null;
                    });
                    Thread.sleep(random.nextInt(30), random.nextInt(1_000_000));
                    busy.kill();
                    Void _ = other.result();
                    for (int permit = 0; permit < 3; permit++) {
                        assertThat(semaphore.tryAcquire(LONG)).isTrue();
                    }
                    assertThat(semaphore.tryAcquire()).isFalse();
                    semaphore.release(3);
                }
            }
        }
    }
}
