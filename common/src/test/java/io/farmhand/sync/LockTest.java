package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After {@code _TestLock} of CPython's {@code Lib/test/_test_multiprocessing.py}. */
@NullUnmarked
@SuppressWarnings("LockNotBeforeTry") // that is what is tested
@Timeout(120)
class LockTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void oneThreadOfOneProcessHoldsItAtATime() throws Exception {
        try (Lock lock = Lock.create()) {
            Counter counter = Counter.in(directory);
            List<ChildJvm> children = new ArrayList<>();
            List<Running<Void>> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                children.add(ChildJvm.start(() -> {
                    Running<Void> other = Running.Kind.VIRTUAL.start(() -> count(lock, counter));
                    Void _ = count(lock, counter);
                    Void _ = other.result();
                    ChildJvm.say("counted");
                }));
                threads.add(Running.Kind.PLATFORM.start(() -> count(lock, counter)));
                threads.add(Running.Kind.VIRTUAL.start(() -> count(lock, counter)));
            }
            for (Running<Void> thread : threads) {
                Void _ = thread.result();
            }
            for (ChildJvm child : children) {
                child.expect("counted").close();
            }
            assertThat(counter.get()).isEqualTo(8 * 5_000);
            assertThat(lock.isLocked()).isFalse();
        }
    }

    private static Void count(Lock lock, Counter counter) {
        for (int i = 0; i < 5_000; i++) {
            lock.lock();
            try {
                counter.add(1);
            } finally {
                lock.unlock();
            }
        }
        return null;
    }

    @Test
    void isNotReentrant() throws Exception {
        try (Lock lock = Lock.create()) {
            assertThat(lock.tryLock()).isTrue();
            assertThat(lock.tryLock()).isFalse();
            assertThat(lock.tryLock(Duration.ofMillis(5))).isFalse();
            assertThat(lock.isLocked()).isTrue();
            lock.unlock();
            assertThat(lock.isLocked()).isFalse();
        }
    }

    @Test
    void unlockingAFreeOneIsAnError() {
        try (Lock lock = Lock.create()) {
            assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
            lock.lock();
            lock.unlock();
            assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
        }
    }

    @Test
    void anotherThreadMayUnlockIt() throws Exception {
        try (Lock lock = Lock.create()) {
            lock.lock();
            Void _ = Running.Kind.PLATFORM.start(() -> unlock(lock)).result();
            assertThat(lock.tryLock()).isTrue();
        }
    }

    private static Void unlock(Lock lock) {
        lock.unlock();
        return null;
    }

    @Test
    void anotherProcessMayUnlockIt() throws Exception {
        try (Lock lock = Lock.create()) {
            lock.lock();
            try (ChildJvm child = ChildJvm.start(lock::unlock)) {
                assertThat(lock.tryLock(LONG)).isTrue();
                assertThat(child.exit()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitsForItsTimeAndNoLonger(Running.Kind kind) throws Exception {
        try (Lock lock = Lock.create()) {
            lock.lock();
            long start = System.nanoTime();
            assertThat(kind.start(() -> lock.tryLock(100, TimeUnit.MILLISECONDS)).result()).isFalse();
            assertThat(System.nanoTime() - start).isBetween(100_000_000L, 10_000_000_000L);
            assertThat(kind.start(() -> lock.tryLock(Duration.ZERO)).result()).isFalse();
            assertThat(kind.start(() -> lock.tryLock(Duration.ofSeconds(-1))).result()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsTheWait(Running.Kind kind) throws Exception {
        try (Lock lock = Lock.create()) {
            lock.lock();
            Running<Boolean> waiter = kind.start(() -> lock.tryLock(LONG));
            Running.settle();
            waiter.interrupt();
            assertThatThrownBy(waiter::result).isInstanceOf(InterruptedException.class);
            lock.unlock();
            assertThat(lock.tryLock()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void lockKeepsAnInterruptForLater(Running.Kind kind) throws Exception {
        try (Lock lock = Lock.create()) {
            lock.lock();
            Running<Boolean> waiter = kind.start(() -> {
                lock.lock();
                return Thread.interrupted();
            });
            Running.settle();
            waiter.interrupt();
            Running.settle();
            assertThat(waiter.isDone()).isFalse();
            lock.unlock();
            assertThat(waiter.result()).isTrue();
        }
    }

    @Test
    void virtualThreadsThatWaitLeaveTheirCarriersToOthers() throws Exception {
        try (Lock lock = Lock.create()) {
            lock.lock();
            List<Running<Void>> waiters = new ArrayList<>();
            for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
                waiters.add(Running.Kind.VIRTUAL.start(() -> {
                    lock.lock();
                    return unlock(lock);
                }));
            }
            Running.settle();
            Void _ = Running.Kind.VIRTUAL.start(() -> unlock(lock)).result();
            for (Running<Void> waiter : waiters) {
                Void _ = waiter.result();
            }
        }
    }

    @Test
    void theNextOneLearnsOnceThatItsHolderWasKilled() throws Exception {
        try (Lock lock = Lock.create(); ChildJvm holder = ChildJvm.start(() -> {
            lock.lock();
            ChildJvm.sayAndStay("holds");
        })) {
            holder.expect("holds");
            Running<Void> waiter = Running.Kind.PLATFORM.start(() -> lockReportingDeath(lock));
            Running.settle();
            assertThat(waiter.isDone()).isFalse();
            holder.kill();
            assertThatThrownBy(waiter::result).isInstanceOf(OwnerDiedException.class);
            assertThat(lock.isLocked()).isTrue(); // by the waiter
            lock.unlock();
            lock.lockReportingDeath();
        }
    }

    private static Void lockReportingDeath(Lock lock) throws OwnerDiedException {
        lock.lockReportingDeath();
        return null;
    }

    @Test
    void isFreeAgainWhenItsHolderEndedInOrder() throws Exception {
        try (Lock lock = Lock.create(); ChildJvm holder = ChildJvm.start(lock::lock)) {
            assertThat(holder.exit()).isZero();
            assertThat(lock.tryLock(LONG)).isTrue();
        }
    }

    @Test
    void aKilledWaiterTakesNoWakeUpWithIt() throws Exception {
        try (Lock lock = Lock.create()) {
            for (int i = 0; i < 5; i++) {
                lock.lock();
                try (ChildJvm doomed = ChildJvm.start(() -> {
                    ChildJvm.say("waits");
                    lock.lock();
                })) {
                    doomed.expect("waits");
                    Running<Boolean> waiter = Running.Kind.PLATFORM.start(() -> lock.tryLock(LONG));
                    Running.settle();
                    if (i % 2 == 0) {
                        doomed.kill();
                        lock.unlock();
                    } else {
                        lock.unlock(); // may wake the doomed one, which may take it
                        doomed.kill();
                    }
                    assertThat(waiter.result()).isTrue();
                    lock.unlock();
                }
            }
        }
    }

    @Test
    void killsAtRandomMomentsLeaveItUsable() throws Exception {
        try (Lock lock = Lock.create()) {
            java.util.Random random = new java.util.Random(4);
            for (int i = 0; i < 8; i++) {
                try (ChildJvm busy = ChildJvm.start(() -> {
                    ChildJvm.say("begins");
                    while (true) {
                        lock.lock();
                        lock.unlock();
                    }
                })) {
                    busy.expect("begins");
                    Running<Void> other = Running.Kind.VIRTUAL.start(() -> {
                        for (int j = 0; j < 20_000; j++) {
                            lock.lock();
                            lock.unlock();
                        }
                        return null;
                    });
                    Thread.sleep(random.nextInt(30), random.nextInt(1_000_000));
                    busy.kill();
                    Void _ = other.result();
                    assertThat(lock.tryLock(LONG)).isTrue();
                    lock.unlock();
                }
            }
        }
    }
}
