package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After {@code _TestCondition} of CPython's {@code Lib/test/_test_multiprocessing.py}. */
@NullUnmarked
@SuppressWarnings({"WaitNotInLoop", "LockNotBeforeTry", "JavaUtilDate"}) // that is what is tested
@Timeout(120)
class ConditionTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(100);

    @TempDir
    Path directory;

    /** Two semaphores that tell how many sleep and how many were woken, as in CPython's test. */
    private record Sleepers(Condition condition, Semaphore sleeping, Semaphore woken) implements java.io.Serializable {
        static Sleepers of(Condition condition) {
            return new Sleepers(condition, Semaphore.create(0), Semaphore.create(0));
        }

        Void sleep() throws InterruptedException {
            condition.lock().lock();
            try {
                sleeping.release();
                condition.await();
                woken.release();
            } finally {
                condition.lock().unlock();
            }
            return null;
        }

        /** Until that many sleep: each released while it held the lock, which is free once it waits. */
        void awaitSleeping(int count) throws InterruptedException {
            for (int i = 0; i < count; i++) {
                assertThat(sleeping.tryAcquire(LONG)).isTrue();
            }
            condition.lock().lock();
            condition.lock().unlock();
        }

        void signal(int count) {
            condition.lock().lock();
            try {
                condition.signal(count);
            } finally {
                condition.lock().unlock();
            }
        }

        void assertWoken(int count) throws InterruptedException {
            for (int i = 0; i < count; i++) {
                assertThat(woken.tryAcquire(LONG)).isTrue();
            }
            Running.settle();
            assertThat(woken.availablePermits()).isZero();
        }
    }

    @Test
    void signalWakesExactlyAsManyAsItSays() throws Exception {
        Sleepers sleepers = Sleepers.of(Condition.create());
        try (ChildJvm first = ChildJvm.start(() -> twoThreads(sleepers));
                ChildJvm second = ChildJvm.start(() -> twoThreads(sleepers))) {
            Running<Void> platform = Running.Kind.PLATFORM.start(sleepers::sleep);
            Running<Void> virtual = Running.Kind.VIRTUAL.start(sleepers::sleep);
            sleepers.awaitSleeping(6);
            sleepers.assertWoken(0);
            sleepers.signal(0);
            sleepers.assertWoken(0);
            sleepers.signal(1);
            sleepers.assertWoken(1);
            sleepers.signal(3);
            sleepers.assertWoken(3);
            sleepers.signal(4);
            sleepers.assertWoken(2);
            sleepers.signal(3);
            sleepers.assertWoken(0);
            Void _ = platform.result();
            Void _ = virtual.result();
            assertThat(first.exit()).isZero();
            assertThat(second.exit()).isZero();
        }
    }

    private static void twoThreads(Sleepers sleepers) throws Exception {
        Running<Void> other = Running.Kind.VIRTUAL.start(sleepers::sleep);
        Void _ = sleepers.sleep();
        Void _ = other.result();
    }

    @Test
    void signalAllWakesAll() throws Exception {
        Sleepers sleepers = Sleepers.of(Condition.create(Lock.create()));
        try (ChildJvm child = ChildJvm.start(() -> twoThreads(sleepers))) {
            List<Running<Void>> threads = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                threads.add(Running.Kind.alternate(i).start(sleepers::sleep));
            }
            sleepers.awaitSleeping(22);
            sleepers.condition().lock().lock();
            sleepers.condition().signalAll();
            sleepers.condition().lock().unlock();
            sleepers.assertWoken(22);
            for (Running<Void> thread : threads) {
                Void _ = thread.result();
            }
            assertThat(child.exit()).isZero();
        }
    }

    @Test
    void thoseThatWaitLongestAreWokenFirst() throws Exception {
        try (Condition condition = Condition.create()) {
            List<Integer> order = new ArrayList<>();
            List<Running<Void>> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                Semaphore enrolled = Semaphore.create(0);
                threads.add(Running.Kind.alternate(i).start(() -> {
                    condition.lock().lock();
                    enrolled.release();
                    condition.await();
                    order.add(number); // the lock guards it
                    condition.lock().unlock();
                    return null;
                }));
                enrolled.acquire();
                condition.lock().lock(); // free once it waits
                condition.lock().unlock();
            }
            for (int i = 0; i < 8; i += 2) {
                condition.lock().lock();
                condition.signal(2);
                condition.lock().unlock();
                Void _ = threads.get(i).result();
                Void _ = threads.get(i + 1).result();
                assertThat(order).hasSize(i + 2).contains(i, i + 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitsForItsTimeAndNoLonger(Running.Kind kind) throws Exception {
        try (Condition condition = Condition.create()) {
            boolean held = kind.start(() -> {
                condition.lock().lock();
                long start = System.nanoTime();
                assertThat(condition.await(SHORT)).isFalse();
                assertThat(condition.await(50, TimeUnit.MILLISECONDS)).isFalse();
                assertThat(condition.awaitNanos(50_000_000)).isLessThanOrEqualTo(0);
                assertThat(condition.awaitUntil(Date.from(Instant.now().plusMillis(50)))).isFalse();
                assertThat(System.nanoTime() - start).isBetween(240_000_000L, 20_000_000_000L);
                assertThat(condition.await(Duration.ZERO)).isFalse();
                return ((RLock) condition.lock()).isHeldByCurrentThread();
            }).result();
            assertThat(held).isTrue();
        }
    }

    @Test
    void whoTimedOutIsNotCountedBySignals() throws Exception {
        Sleepers sleepers = Sleepers.of(Condition.create());
        sleepers.condition().lock().lock();
        assertThat(sleepers.condition().await(Duration.ofMillis(1))).isFalse();
        sleepers.condition().lock().unlock();
        Running<Void> thread = Running.Kind.PLATFORM.start(sleepers::sleep);
        sleepers.awaitSleeping(1);
        sleepers.signal(1);
        sleepers.assertWoken(1);
        Void _ = thread.result();
    }

    @Test
    void waitsUntilAPredicateIsTrue() throws Exception {
        try (Condition condition = Condition.create()) {
            Counter counter = Counter.in(directory);
            counter.add(-1);
            try (ChildJvm child = ChildJvm.start(() -> {
                condition.lock().lock();
                counter.add(1);
                condition.signal();
                condition.waitFor(() -> counter.get() == 4);
                ChildJvm.say("saw " + counter.get());
                condition.lock().unlock();
            })) {
                condition.lock().lock();
                assertThat(condition.waitFor(() -> counter.get() == 0, LONG)).isTrue();
                condition.lock().unlock();
                for (int i = 0; i < 4; i++) {
                    condition.lock().lock();
                    counter.add(1);
                    condition.signal();
                    condition.lock().unlock();
                }
                child.expect("saw 4");
            }
            condition.lock().lock();
            long start = System.nanoTime();
            assertThat(condition.waitFor(() -> counter.get() == 5, SHORT)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
        }
    }

    @Test
    void needsTheLock() throws Exception {
        for (Lock lock : List.of(Lock.create(), RLock.create())) {
            Condition condition = lock.newCondition();
            assertThatThrownBy(condition::await).isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(condition::signal).isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(condition::signalAll).isInstanceOf(IllegalMonitorStateException.class);
            lock.lock(); // by this thread, and not by that
            assertThatThrownBy(Running.Kind.VIRTUAL.start(() -> {
                condition.signal();
                return null;
            })::result).isInstanceOf(IllegalMonitorStateException.class);
            assertThatThrownBy(() -> condition.signal(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void releasesAReentrantLockWhollyAndTakesItAsOften() throws Exception {
        try (Condition condition = Condition.create()) {
            RLock lock = (RLock) condition.lock();
            Running<Integer> waiter = Running.Kind.PLATFORM.start(() -> {
                lock.lock();
                lock.lock();
                lock.lock();
                condition.await();
                int holds = lock.getHoldCount();
                for (int i = 0; i < holds; i++) {
                    lock.unlock();
                }
                return holds;
            });
            while (!waiter.isDone()) {
                if (lock.tryLock(LONG)) {
                    condition.signal();
                    lock.unlock();
                }
            }
            assertThat(waiter.result()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsTheWaitWithTheLockHeld(Running.Kind kind) throws Exception {
        try (Condition condition = Condition.create()) {
            Running<Boolean> waiter = kind.start(() -> {
                condition.lock().lock();
                try {
                    condition.await();
                    return false;
                } catch (InterruptedException e) {
                    return ((RLock) condition.lock()).isHeldByCurrentThread();
                } finally {
                    condition.lock().unlock();
                }
            });
            Running.settle();
            waiter.interrupt();
            assertThat(waiter.result()).isTrue();
            assertThat(condition.lock().isLocked()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsSignalledFirstAndInterruptedThenReturnsInOrder(Running.Kind kind) throws Exception {
        Sleepers sleepers = Sleepers.of(Condition.create());
        Running<Boolean> waiter = kind.start(() -> {
            Void _ = sleepers.sleep();
            return Thread.interrupted();
        });
        sleepers.awaitSleeping(1);
        sleepers.condition().lock().lock();
        sleepers.condition().signal();
        waiter.interrupt(); // it cannot have the lock yet
        sleepers.condition().lock().unlock();
        assertThat(waiter.result()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void canWaitThroughInterrupts(Running.Kind kind) throws Exception {
        try (Condition condition = Condition.create(); Semaphore sleeping = Semaphore.create(0)) {
            Running<Boolean> waiter = kind.start(() -> {
                condition.lock().lock();
                sleeping.release();
                condition.awaitUninterruptibly();
                condition.lock().unlock();
                return Thread.interrupted();
            });
            sleeping.acquire();
            waiter.interrupt();
            Running.settle();
            condition.lock().lock();
            assertThat(waiter.isDone()).isFalse();
            condition.signal();
            condition.lock().unlock();
            assertThat(waiter.result()).isTrue();
        }
    }

    @Test
    void aProcessKilledWhileItWaitsIsNotCounted() throws Exception {
        Sleepers sleepers = Sleepers.of(Condition.create());
        Lock alive = Lock.create();
        try (ChildJvm doomed = ChildJvm.start(() -> {
            alive.lock();
            Void _ = sleepers.sleep();
        })) {
            sleepers.awaitSleeping(1);
            Running<Void> thread = Running.Kind.PLATFORM.start(sleepers::sleep);
            sleepers.awaitSleeping(1);
            doomed.kill();
            assertThat(alive.tryLock(LONG)).isTrue();
            sleepers.signal(1); // whether the home has swept it or will do so
            Void _ = thread.result();
        }
    }

    @Test
    void aSignalledProcessThatIsKilledBeforeItHasTheLockPassesTheSignalOn() throws Exception {
        Sleepers sleepers = Sleepers.of(Condition.create());
        try (ChildJvm doomed = ChildJvm.start(() -> {
            Void _ = sleepers.sleep();
        })) {
            sleepers.awaitSleeping(1);
            Running<Void> next = Running.Kind.VIRTUAL.start(sleepers::sleep);
            Running<Void> last = Running.Kind.PLATFORM.start(sleepers::sleep);
            sleepers.awaitSleeping(2);
            sleepers.condition().lock().lock();
            sleepers.condition().signal();
            doomed.kill(); // it was woken and waits for the lock
            sleepers.condition().lock().unlock();
            sleepers.assertWoken(1);
            sleepers.signal(1);
            Void _ = next.result();
            Void _ = last.result();
        }
    }

    @Test
    void refusesMoreWaitersThanItHasRoomFor() throws Exception {
        try (Condition condition = Condition.create()) {
            List<Running<Void>> waiters = new ArrayList<>();
            Semaphore ready = Semaphore.create(0);
            for (int i = 0; i < 1024; i++) {
                waiters.add(Running.Kind.VIRTUAL.start(() -> {
                    condition.lock().lock();
                    ready.release();
                    condition.await();
                    condition.lock().unlock();
                    return null;
                }));
            }
            for (int i = 0; i < 1024; i++) {
                assertThat(ready.tryAcquire(LONG)).isTrue();
            }
            condition.lock().lock();
            assertThatThrownBy(condition::await).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("waiting=1024");
            condition.signalAll();
            condition.lock().unlock();
            for (Running<Void> waiter : waiters) {
                Void _ = waiter.result();
            }
        }
    }

    @Test
    void bringsItsLockWhenItTravels() throws Exception {
        try (Condition condition = Condition.create()) {
            assertThat(Copies.copy(condition).lock()).isSameAs(condition.lock());
            try (ChildJvm child = ChildJvm.start(() -> {
                Lock lock = condition.lock();
                lock.lock();
                ChildJvm.sayAndStay(Copies.copy(condition).lock().equals(lock) ? "one" : "two");
            })) {
                child.expect("one");
                assertThat(condition.lock().isLocked()).isTrue();
            }
        }
    }

    @Test
    void canBeMadeByAnotherProcessThanItsLock() throws Exception {
        try (Lock lock = Lock.create(); ChildJvm child = ChildJvm.start(() -> {
            Condition condition = lock.newCondition();
            lock.lock();
            ChildJvm.say(Copies.text(condition));
            condition.await();
            lock.unlock();
            ChildJvm.sayAndStay("woken");
        })) {
            Condition condition = Copies.read(child.line());
            assertThat(condition.lock()).isSameAs(lock);
            lock.lock();
            condition.signal();
            lock.unlock();
            child.expect("woken");
        }
    }
}
