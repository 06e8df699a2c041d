package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.task.RemoteRunnable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After {@code _TestBarrier} of CPython's {@code Lib/test/_test_multiprocessing.py}. */
@NullUnmarked
@SuppressWarnings("LockNotBeforeTry") // that is what is tested
@Timeout(120)
class BarrierTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    /** What two processes and three threads do with a barrier, each party the same. */
    private static void parties(Barrier barrier, Party party) throws Exception {
        try (ChildJvm first = ChildJvm.start(() -> {
            party.take(barrier);
            ChildJvm.say("done");
        }); ChildJvm second = ChildJvm.start(() -> {
            party.take(barrier);
            ChildJvm.say("done");
        })) {
            List<Running<Void>> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(Running.Kind.alternate(i).start(() -> {
                    party.take(barrier);
                    return null;
                }));
            }
            for (Running<Void> thread : threads) {
                Void _ = thread.result();
            }
            assertThat(first.expect("done").exit()).isZero();
            assertThat(second.expect("done").exit()).isZero();
        }
    }

    private interface Party extends java.io.Serializable {
        void take(Barrier barrier) throws Exception;
    }

    @Test
    void aThousandRoundsArePassedInLockstep() throws Exception {
        Lock lock = Lock.create();
        Counter counter = Counter.in(directory);
        parties(Barrier.create(5, null, LONG), barrier -> {
            for (int round = 0; round < 1_000; round++) {
                lock.lock();
                counter.add(1);
                lock.unlock();
                int _ = barrier.await();
                if (counter.get() != 5 * (round + 1)) {
                    throw new AssertionError("round=" + round + " counter=" + counter.get());
                }
                int _ = barrier.await();
            }
        });
        assertThat(counter.get()).isEqualTo(5_000);
    }

    @Test
    void eachPartyOfARoundGetsAnotherNumber() throws Exception {
        Semaphore sum = Semaphore.create(0);
        Semaphore squares = Semaphore.create(0);
        parties(Barrier.create(5), barrier -> {
            int index = barrier.await();
            if (index > 0) {
                sum.release(index);
                squares.release(index * index);
            }
        });
        assertThat(sum.availablePermits()).isEqualTo(10);
        assertThat(squares.availablePermits()).isEqualTo(30);
    }

    @Test
    void theActionRunsOncePerRoundBeforeAnyGoesOn() throws Exception {
        Semaphore runs = Semaphore.create(0);
        parties(Barrier.create(5, runs::release, LONG), barrier -> {
            for (int round = 1; round < 20; round += 2) {
                int _ = barrier.await();
                if (runs.availablePermits() != round) {
                    throw new AssertionError("round=" + round + " runs=" + runs.availablePermits());
                }
                int _ = barrier.await();
            }
        });
        assertThat(runs.availablePermits()).isEqualTo(20);
    }

    @Test
    void abortBreaksIt() throws Exception {
        Semaphore broken = Semaphore.create(0);
        Barrier barrier = Barrier.create(5);
        parties(barrier, each -> {
            if (each.await() == 2) {
                each.abort();
                return;
            }
            try {
                int _ = each.await();
            } catch (BrokenBarrierException e) {
                broken.release();
            }
        });
        assertThat(broken.availablePermits()).isEqualTo(4);
        assertThat(barrier.isBroken()).isTrue();
        assertThatThrownBy(barrier::await).isInstanceOf(BrokenBarrierException.class);
    }

    @Test
    void resetLetsThoseGoThatWaitAndMakesItWhole() throws Exception {
        Semaphore broken = Semaphore.create(0);
        Barrier barrier = Barrier.create(5);
        parties(barrier, each -> {
            if (each.await() == 2) {
                while (each.waiting() < 4) {
                    Thread.onSpinWait();
                }
                each.reset();
            } else {
                try {
                    int _ = each.await();
                } catch (BrokenBarrierException e) {
                    broken.release();
                }
            }
            int _ = each.await();
        });
        assertThat(broken.availablePermits()).isEqualTo(4);
        assertThat(barrier.isBroken()).isFalse();
        assertThat(barrier.waiting()).isZero();
    }

    @Test
    void canBeUsedAgainAfterItWasBrokenAndReset() throws Exception {
        Barrier second = Barrier.create(5);
        Semaphore passed = Semaphore.create(0);
        parties(Barrier.create(5), barrier -> {
            try {
                if (barrier.await() == 2) {
                    barrier.abort();
                } else {
                    int _ = barrier.await();
                    throw new AssertionError("was not broken");
                }
            } catch (BrokenBarrierException e) {
                // expected
            }
            if (second.await() == 2) {
                barrier.reset();
            }
            int _ = second.await();
            int _ = barrier.await();
            passed.release();
        });
        assertThat(passed.availablePermits()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    void whoWaitsTooLongBreaksIt(Running.Kind kind) throws Exception {
        try (Barrier barrier = Barrier.create(3)) {
            Running<Integer> patient = kind.start(() -> barrier.await(LONG));
            Running<Integer> hasty = kind.start(() -> barrier.await(Duration.ofMillis(100)));
            assertThatThrownBy(hasty::result).isInstanceOf(BrokenBarrierException.class);
            assertThatThrownBy(patient::result).isInstanceOf(BrokenBarrierException.class);
            assertThat(barrier.isBroken()).isTrue();
        }
    }

    @Test
    void hasATimeoutOfItsOwn() {
        try (Barrier barrier = Barrier.create(2, null, Duration.ofMillis(50))) {
            assertThatThrownBy(barrier::await).isInstanceOf(BrokenBarrierException.class)
                    .hasMessageContaining("timeout=PT0.05S");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptBreaksIt(Running.Kind kind) throws Exception {
        try (Barrier barrier = Barrier.create(3)) {
            Running<Integer> patient = kind.start(barrier::await);
            Running<Integer> interrupted = kind.start(barrier::await);
            while (barrier.waiting() < 2) {
                Thread.onSpinWait();
            }
            interrupted.interrupt();
            assertThatThrownBy(interrupted::result).isInstanceOf(InterruptedException.class);
            assertThatThrownBy(patient::result).isInstanceOf(BrokenBarrierException.class);
        }
    }

    @Test
    void aSinglePartyNeverWaits() throws Exception {
        try (Barrier barrier = Barrier.create(1)) {
            assertThat(barrier.await()).isZero();
            assertThat(barrier.await()).isZero();
            assertThat(barrier.parties()).isEqualTo(1);
        }
        assertThatThrownBy(() -> Barrier.create(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void moreThreadsThanPartiesTakeTurns() throws Exception {
        try (Barrier barrier = Barrier.create(2, () -> {}, null)) {
            AtomicInteger passed = new AtomicInteger();
            List<Running<Void>> threads = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                threads.add(Running.Kind.alternate(i).start(() -> {
                    while (true) {
                        int _ = barrier.await();
                        int _ = passed.incrementAndGet();
                    }
                }));
            }
            while (passed.get() < 3_000) {
                Running.settle();
            }
            barrier.abort();
            for (Running<Void> thread : threads) {
                assertThatThrownBy(thread::result).isInstanceOf(BrokenBarrierException.class);
            }
            assertThat(passed.get() % 2).isZero();
        }
    }

    @Test
    void anActionThatFailsBreaksIt() throws Exception {
        try (Barrier barrier = Barrier.create(2, () -> {
            throw new java.io.IOException("disk");
        }, LONG)) {
            List<Throwable> failures = new ArrayList<>();
            for (Running<Integer> thread : List.of(Running.Kind.PLATFORM.start(barrier::await),
                    Running.Kind.VIRTUAL.start(barrier::await))) {
                try {
                    int _ = thread.result();
                } catch (BrokenBarrierException e) {
                    failures.add(e);
                }
            }
            assertThat(failures).hasSize(2);
            assertThat(failures.stream().filter(e -> e.getCause() instanceof java.io.IOException)).hasSize(1);
            assertThat(barrier.isBroken()).isTrue();
        }
    }

    @Test
    void anActionThatCannotTravelIsRefusedAtOnce() {
        Object thing = new Object();
        RemoteRunnable action = thing::notifyAll;
        assertThatThrownBy(() -> Barrier.create(2, action, null)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
    }

    @Test
    void aPartyKilledWhileItWaitsBreaksIt() throws Exception {
        try (Barrier barrier = Barrier.create(3); ChildJvm doomed = ChildJvm.start(() -> {
            int _ = barrier.await();
        })) {
            Running<Integer> other = Running.Kind.PLATFORM.start(barrier::await);
            while (barrier.waiting() < 2) {
                Thread.onSpinWait();
            }
            doomed.kill();
            assertThatThrownBy(other::result).isInstanceOf(BrokenBarrierException.class);
            barrier.reset();
            assertThat(barrier.waiting()).isZero();
        }
    }

    @Test
    void aPartyKilledBetweenTwoRoundsBreaksIt() throws Exception {
        try (Barrier barrier = Barrier.create(2); ChildJvm doomed = ChildJvm.start(() -> {
            int _ = barrier.await();
            ChildJvm.sayAndStay("passed");
        })) {
            int _ = barrier.await();
            doomed.expect("passed");
            Running<Integer> other = Running.Kind.VIRTUAL.start(barrier::await);
            doomed.kill();
            assertThatThrownBy(other::result).isInstanceOf(BrokenBarrierException.class);
        }
    }

    @Test
    void aPartyThatEndedInOrderBetweenTwoRoundsDoesNotBreakIt() throws Exception {
        try (Barrier barrier = Barrier.create(2); Lock alive = Lock.create(); ChildJvm child = ChildJvm.start(() -> {
            alive.lock();
            int _ = barrier.await();
        })) {
            int _ = barrier.await();
            assertThat(child.exit()).isZero();
            assertThat(alive.tryLock(LONG)).isTrue();
            Running<Integer> other = Running.Kind.VIRTUAL.start(barrier::await);
            int _ = barrier.await(LONG);
            int _ = other.result();
        }
    }

    @Test
    void aPartyKilledInTheActionBreaksIt() throws Exception {
        try (Barrier barrier = Barrier.create(2, () -> ChildJvm.sayAndStay("acts"), null);
                ChildJvm doomed = ChildJvm.start(() -> {
                    while (barrier.waiting() == 0) {
                        Thread.onSpinWait();
                    }
                    int _ = barrier.await();
                })) {
            Running<Integer> other = Running.Kind.PLATFORM.start(barrier::await);
            doomed.expect("acts");
            doomed.kill();
            assertThatThrownBy(other::result).isInstanceOf(BrokenBarrierException.class);
        }
    }

    @Test
    void killsAtRandomMomentsBreakItAndLeaveItUsable() throws Exception {
        try (Barrier barrier = Barrier.create(2)) {
            java.util.Random random = new java.util.Random(6);
            for (int i = 0; i < 6; i++) {
                try (ChildJvm doomed = ChildJvm.start(() -> {
                    ChildJvm.say("begins");
                    while (true) {
                        int _ = barrier.await();
                    }
                })) {
                    doomed.expect("begins");
                    Running<Void> other = Running.Kind.PLATFORM.start(() -> {
                        while (true) {
                            int _ = barrier.await();
                        }
                    });
                    Thread.sleep(random.nextInt(30), random.nextInt(1_000_000));
                    doomed.kill();
                    assertThatThrownBy(other::result).isInstanceOf(BrokenBarrierException.class);
                    barrier.reset();
                }
            }
        }
    }

    /** A barrier of one party, whose action runs until the event is set, and the thread that is in there. */
    private record Acting(Barrier barrier, Event end, Running<Integer> party) {
        static Acting begin() throws Exception {
            Event begun = Event.create();
            Event end = Event.create();
            Barrier barrier = Barrier.create(1, () -> {
                begun.set();
                end.await();
            }, LONG);
            Running<Integer> party = Running.Kind.PLATFORM.start(barrier::await);
            begun.await();
            return new Acting(barrier, end, party);
        }

        /** The round whose action ran was passed, and the next one is broken. */
        void assertThatTheNextRoundIsBroken() throws Exception {
            assertThat(barrier.isBroken()).isFalse();
            end.set();
            assertThat(party.result()).isZero();
            assertThat(barrier.isBroken()).isTrue();
            barrier.reset();
            assertThat(barrier.await()).isZero();
        }
    }

    @Test
    void whoComesWhileTheActionRunsAndDoesNotWaitBreaksTheNextRound() throws Exception {
        Acting acting = Acting.begin();
        assertThatThrownBy(() -> acting.barrier().await(Duration.ZERO)).isInstanceOf(BrokenBarrierException.class)
                .hasMessageContaining("in time");
        acting.assertThatTheNextRoundIsBroken();
    }

    @Test
    void whoComesInterruptedWhileTheActionRunsBreaksTheNextRound() throws Exception {
        Acting acting = Acting.begin();
        Thread.currentThread().interrupt();
        assertThatThrownBy(acting.barrier()::await).isInstanceOf(InterruptedException.class);
        acting.assertThatTheNextRoundIsBroken();
    }

    @Test
    void whoIsInterruptedWhileTheActionRunsBreaksTheNextRound() throws Exception {
        Acting acting = Acting.begin();
        Running<Integer> late = Running.Kind.VIRTUAL.start(acting.barrier()::await);
        Running.settle();
        late.interrupt();
        assertThatThrownBy(late::result).isInstanceOf(InterruptedException.class);
        acting.assertThatTheNextRoundIsBroken();
    }
}
