package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After {@code _TestLock.test_rlock} of CPython's {@code Lib/test/_test_multiprocessing.py}. */
@NullUnmarked
@SuppressWarnings("LockNotBeforeTry") // that is what is tested
@Timeout(120)
class RLockTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void isFreeOnceItWasUnlockedAsOftenAsItWasLocked() throws Exception {
        try (RLock lock = RLock.create()) {
            lock.lock();
            assertThat(lock.tryLock()).isTrue();
            assertThat(lock.tryLock(LONG)).isTrue();
            lock.lockInterruptibly();
            lock.lockReportingDeath();
            assertThat(lock.getHoldCount()).isEqualTo(5);
            for (int i = 4; i >= 0; i--) {
                assertThat(Running.Kind.PLATFORM.start(lock::tryLock).result()).isFalse();
                lock.unlock();
                assertThat(lock.getHoldCount()).isEqualTo(i);
            }
            assertThat(lock.isLocked()).isFalse();
            assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheThreadThatHoldsItUnlocksIt(Running.Kind kind) throws Exception {
        try (RLock lock = RLock.create()) {
            lock.lock();
            Running<Void> other = kind.start(() -> {
                lock.unlock();
                return null;
            });
            assertThatThrownBy(other::result).isInstanceOf(IllegalMonitorStateException.class);
            assertThat(lock.isHeldByCurrentThread()).isTrue();
            assertThat(kind.start(lock::isHeldByCurrentThread).result()).isFalse();
            assertThat(kind.start(lock::getHoldCount).result()).isZero();
        }
    }

    @Test
    void aThreadOfTheSameNumberInAnotherProcessDoesNotHoldIt() throws Exception {
        try (RLock lock = RLock.create()) {
            try (ChildJvm child = ChildJvm.start(() -> {
                lock.lock();
                ChildJvm.say("holds");
                Thread.currentThread().join();
            })) {
                child.expect("holds");
                // The main threads of all JVMs have the same number.
                assertThat(Running.Kind.PLATFORM.start(lock::isHeldByCurrentThread).result()).isFalse();
                assertThat(lock.isHeldByCurrentThread()).isFalse();
                assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
            }
        }
    }

    @Test
    void isWhollyFreeWhenItsHolderWasKilled() throws Exception {
        try (RLock lock = RLock.create(); ChildJvm holder = ChildJvm.start(() -> {
            lock.lock();
            lock.lock();
            ChildJvm.sayAndStay("holds");
        })) {
            holder.expect("holds");
            holder.kill();
            assertThatThrownBy(lock::lockReportingDeath).isInstanceOf(OwnerDiedException.class);
            assertThat(lock.getHoldCount()).isEqualTo(1);
            lock.lockReportingDeath();
            lock.unlock();
            lock.unlock();
            assertThat(lock.isLocked()).isFalse();
        }
    }

    @Test
    void anInterruptedHolderDoesNotLockItAgainInterruptibly() throws Exception {
        try (RLock lock = RLock.create()) {
            lock.lock();
            Thread.currentThread().interrupt();
            assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> lock.tryLock(Duration.ofSeconds(1))).isInstanceOf(InterruptedException.class);
            assertThat(lock.getHoldCount()).isEqualTo(1);
            lock.unlock();
        }
    }
}
