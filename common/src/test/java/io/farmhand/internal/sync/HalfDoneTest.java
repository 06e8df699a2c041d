package io.farmhand.internal.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.home.Caller;
import io.farmhand.internal.home.LocalPlace;
import io.farmhand.internal.home.Place;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Lock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A process that is killed at any step of an operation: each subset of the words that the operation changes is written
 * into the memory as it was before, with the guard held by the dead one, and the home sweeps that out.
 */
@NullUnmarked
@SuppressWarnings({"WaitNotInLoop", "LockNotBeforeTry"}) // that is what is tested
@Timeout(60)
class HalfDoneTest {
    private static final int DEAD = 5;
    private static final long GUARD = Place.HEADER_BYTES;
    private static final long GUARD_END = GuardedThing.STATE_OFFSET;

    /** Runs something as a thread of another process. */
    private static <R> R as(int slot, Callable<R> operation) throws Exception {
        return new Caller(slot, 100 + slot).call(operation::call);
    }

    private static <R> FutureTask<R> start(int slot, Callable<R> operation) {
        FutureTask<R> task = new FutureTask<>(() -> as(slot, operation));
        Thread _ = Thread.ofVirtual().start(task);
        return task;
    }

    private static byte[] image(SharedThing thing) {
        return thing.place().memory().toArray(ValueLayout.JAVA_BYTE);
    }

    private static int word(byte[] image, long offset) {
        return MemorySegment.ofArray(image).get(ValueLayout.JAVA_INT_UNALIGNED, offset);
    }

    /** Things in whose memory each subset of the changes is written, and which the dead one was swept out of. */
    private static <T extends SharedThing> void sweptOutOfEach(byte[] before, byte[] after, Function<Place, T> opener,
            Consumer<T> check) {
        List<Long> changed = new ArrayList<>();
        for (long offset = 0; offset < before.length; offset += 4) {
            if ((offset < GUARD || offset >= GUARD_END) && word(before, offset) != word(after, offset)) {
                changed.add(offset);
            }
        }
        assertThat(changed).hasSizeBetween(1, 14);
        for (int subset = 0; subset < 1 << changed.size(); subset++) {
            LocalPlace place = new LocalPlace(before.length - Place.HEADER_BYTES);
            MemorySegment memory = place.memory();
            memory.copyFrom(MemorySegment.ofArray(before));
            for (int i = 0; i < changed.size(); i++) {
                if ((subset >> i & 1) != 0) {
                    memory.set(ValueLayout.JAVA_INT, changed.get(i), word(after, changed.get(i)));
                }
            }
            memory.set(ValueLayout.JAVA_INT, GUARD, DEAD);
            T thing = opener.apply(place);
            thing.partyLeft(DEAD, true);
            check.accept(thing);
            thing.partyLeft(DEAD, true); // a second time changes nothing
            check.accept(thing);
        }
    }

    @Test
    void aThreadDoesNotSeemToHoldWhatADeadOneOfItsNumberHeld() throws Exception {
        SharedRLock lock = (SharedRLock) LocalThings.rlock();
        as(DEAD, () -> {
            lock.lock();
            return null;
        });
        lock.partyLeft(DEAD, true);
        // The slot is another process's now, one thread of which has taken the word and not yet written its number.
        lock.place().memory().set(ValueLayout.JAVA_INT, GUARD, DEAD);
        boolean held = as(DEAD, lock::isHeldByCurrentThread);
        assertThat(held).isFalse();
    }

    private static SharedSemaphore boundedOfFour() throws Exception {
        SharedSemaphore semaphore = (SharedSemaphore) LocalThings.boundedSemaphore(4);
        acquire(semaphore, 2);
        acquire(semaphore, DEAD);
        return semaphore;
    }

    private static void acquire(SharedSemaphore semaphore, int slot) throws Exception {
        boolean acquired = as(slot, semaphore::tryAcquire);
        assertThat(acquired).isTrue();
    }

    private static void assertThatPermitsReturn(SharedSemaphore semaphore, int... available) {
        int permits = semaphore.availablePermits();
        assertThat(available).contains(permits);
        assertThat(semaphore.tryAcquire()).isTrue();
        semaphore.release();
        assertThat(semaphore.availablePermits()).isEqualTo(permits);
    }

    /** As one has it who has seized its word. */
    private static byte[] seized(SharedSemaphore semaphore) {
        byte[] image = image(semaphore);
        image[(int) GUARD_END + 7] |= (byte) 0x80;
        return image;
    }

    @Test
    void permitsThatAreCountedInTheWordReturn() throws Exception {
        SharedSemaphore semaphore = (SharedSemaphore) LocalThings.boundedSemaphore(4);
        acquire(semaphore, DEAD);
        acquire(semaphore, DEAD);
        acquire(semaphore, 2);
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        semaphore.partyLeft(DEAD, true);
        assertThatPermitsReturn(semaphore, 3);
        semaphore.partyLeft(2, true);
        assertThatPermitsReturn(semaphore, 4);
    }

    @Test
    void permitsReturnWhenAnAcquireIsHalfDone() throws Exception {
        SharedSemaphore semaphore = boundedOfFour();
        byte[] before = seized(semaphore);
        acquire(semaphore, DEAD);
        sweptOutOfEach(before, image(semaphore), SharedBoundedSemaphore::new, each -> assertThatPermitsReturn(each, 3));
    }

    @Test
    void permitsReturnOnceWhenAReleaseIsHalfDone() throws Exception {
        SharedSemaphore semaphore = boundedOfFour();
        byte[] before = seized(semaphore);
        as(DEAD, () -> {
            semaphore.release();
            return null;
        });
        sweptOutOfEach(before, image(semaphore), SharedBoundedSemaphore::new, each -> assertThatPermitsReturn(each, 3));
    }

    @Test
    void noPermitIsLostOrMadeWhenAReleaseForAnotherIsHalfDone() throws Exception {
        SharedSemaphore semaphore = boundedOfFour();
        byte[] before = seized(semaphore);
        as(DEAD, () -> {
            semaphore.release(2);
            return null;
        });
        byte[] after = image(semaphore);
        sweptOutOfEach(before, after, SharedBoundedSemaphore::new, each -> assertThatPermitsReturn(each, 3, 4));
        sweptOutOfEach(before, after, SharedBoundedSemaphore::new, each -> {
            each.partyLeft(2, true);
            assertThatPermitsReturn(each, 4);
        });
    }

    @Test
    void anOrderOfGrowthIsDoneOrNotWhenItIsHalfDone() throws Exception {
        SharedSemaphore semaphore = (SharedSemaphore) LocalThings.semaphore(1);
        byte[] before = seized(semaphore);
        as(DEAD, () -> {
            semaphore.release(2);
            return null;
        });
        sweptOutOfEach(before, image(semaphore), SharedSemaphore::new, each -> assertThatPermitsReturn(each, 1, 3));
    }

    /** A barrier in which those slots have come, waiting in threads of their own that are not of the copies. */
    private static SharedBarrier barrier(int parties, int... slots) throws Exception {
        SharedBarrier barrier = (SharedBarrier) LocalThings.barrier(parties, null, null);
        for (int slot : slots) {
            int before = barrier.waiting();
            FutureTask<Integer> _ = start(slot, barrier::await);
            while (barrier.waiting() == before) {
                Thread.onSpinWait();
            }
        }
        return barrier;
    }

    private static void assertThatItBreaks(byte[] before, byte[] after) {
        long round = new SharedBarrier(copy(before)).round();
        sweptOutOfEach(before, after, SharedBarrier::new, each -> {
            assertThat(each.isBroken()).isTrue();
            assertThat(each.round()).isGreaterThan(round); // so that who waits goes on
            assertThat(each.waiting()).isZero();
        });
        sweptOutOfEach(before, after, SharedBarrier::new, HalfDoneTest::assertThatItIsWholeAfterReset);
    }

    private static LocalPlace copy(byte[] image) {
        LocalPlace place = new LocalPlace(image.length - Place.HEADER_BYTES);
        place.memory().copyFrom(MemorySegment.ofArray(image));
        return place;
    }

    private static void assertThatItIsWholeAfterReset(Barrier barrier) {
        barrier.reset();
        List<FutureTask<Integer>> parties = new ArrayList<>();
        for (int i = 0; i < barrier.parties(); i++) {
            parties.add(start(10 + i, barrier::await));
        }
        try {
            for (FutureTask<Integer> party : parties) {
                assertThat(party.get(30, TimeUnit.SECONDS)).isBetween(0, barrier.parties() - 1);
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        barrier.abort();
    }

    @Test
    void anArrivalThatIsHalfDoneBreaksABarrier() throws Exception {
        SharedBarrier barrier = barrier(3, 2);
        byte[] before = image(barrier);
        FutureTask<Integer> _ = start(DEAD, barrier::await);
        while (barrier.waiting() < 2) {
            Thread.onSpinWait();
        }
        assertThatItBreaks(before, image(barrier));
        barrier.close();
    }

    @Test
    void anArrivalOfTheLastThatIsHalfDoneBreaksABarrier() throws Exception {
        SharedBarrier barrier = barrier(2, 2);
        byte[] before = image(barrier);
        int index = as(DEAD, barrier::await);
        assertThat(index).isEqualTo(1);
        assertThatItBreaks(before, image(barrier));
    }

    @Test
    void anAbortThatIsHalfDoneBreaksABarrier() throws Exception {
        SharedBarrier barrier = barrier(2, 2);
        byte[] before = image(barrier);
        as(DEAD, () -> {
            barrier.abort();
            return null;
        });
        assertThatItBreaks(before, image(barrier));
    }

    @Test
    void aResetThatIsHalfDoneBreaksABarrier() throws Exception {
        SharedBarrier barrier = barrier(2, 2);
        byte[] before = image(barrier);
        as(DEAD, () -> {
            barrier.reset();
            return null;
        });
        assertThatItBreaks(before, image(barrier));
    }

    @Test
    void whoSleepsThroughManyBrokenRoundsLearnsThatItsOwnWasBroken() throws Exception {
        SharedBarrier barrier = barrier(2);
        FutureTask<Integer> waiter = start(2, barrier::await);
        for (int i = 0; i < 40; i++) {
            while (i == 0 && barrier.waiting() == 0) {
                Thread.onSpinWait();
            }
            barrier.abort();
            barrier.reset();
        }
        assertThatThrownBy(() -> waiter.get(30, TimeUnit.SECONDS)).hasMessageContaining("broken or reset");
    }

    /** A condition for which those slots wait, in that order. */
    private static SharedCondition condition(int... slots) throws Exception {
        Lock lock = LocalThings.lock();
        SharedCondition condition = (SharedCondition) lock.newCondition();
        for (int slot : slots) {
            FutureTask<?> _ = start(slot, () -> {
                lock.lock();
                condition.await();
                return null;
            });
            while (condition.waiting().size() == 0 || !condition.waiting().getLast().equals(slot)) {
                Thread.onSpinWait();
            }
        }
        lock.lock();
        lock.unlock();
        return condition;
    }

    private static SharedCondition open(Place place) {
        return new SharedCondition(place, (SharedLock) LocalThings.lock(), false);
    }

    private static void signal(Condition condition, int count) {
        condition.lock().lock();
        condition.signal(count);
        condition.lock().unlock();
    }

    @Test
    void othersWaitOnOrAreSignalledWhenASignalIsHalfDone() throws Exception {
        SharedCondition condition = condition(2, 3, 4);
        byte[] before = image(condition);
        as(DEAD, () -> {
            condition.lock().lock();
            condition.signal(2);
            return null;
        });
        sweptOutOfEach(before, image(condition), HalfDoneTest::open, each -> {
            assertThat(each.waiting()).isSubsetOf(2, 3, 4).endsWith(4);
            assertThat(each.waiting().size() + each.signalled().size()).isEqualTo(3);
        });
        condition.close();
    }

    @Test
    void whoDiesWhileItWaitsIsNotCounted() throws Exception {
        SharedCondition condition = open(copy(image(condition(DEAD, 2, 3))));
        condition.partyLeft(DEAD, true);
        assertThat(condition.waiting()).containsExactly(2, 3);
        signal(condition, 1);
        assertThat(condition.signalled()).containsExactly(2);
    }

    @Test
    void theSignalOfOneWhoDiesIsPassedOnOnce() throws Exception {
        SharedCondition condition = open(copy(image(condition(DEAD, DEAD, 2, 3, 4, 6))));
        signal(condition, 2);
        assertThat(condition.signalled()).containsExactly(DEAD, DEAD);
        condition.partyLeft(DEAD, true);
        condition.partyLeft(DEAD, true);
        assertThat(condition.signalled()).containsExactly(2, 3);
        assertThat(condition.waiting()).containsExactly(4, 6);
    }

    private static SharedPipe pipe() {
        return new SharedPipe(new LocalPlace(SharedPipe.sizeBytes(false)));
    }

    private static void arriveAt(int slot, SharedPipe pipe, long departure) throws Exception {
        as(slot, () -> {
            pipe.ends().arrive(1, departure);
            return null;
        });
    }

    @Test
    void anEndOfAPipeIsGoneWhereverTheOneWhereItArrivesDies() throws Exception {
        SharedPipe pipe = pipe();
        long departure = pipe.ends().depart(1, false);
        arriveAt(7, pipe, pipe.ends().depart(1, false)); // so that it is used
        pipe.partyLeft(7, false);
        byte[] before = image(pipe);
        arriveAt(DEAD, pipe, departure);
        sweptOutOfEach(before, image(pipe), SharedPipe::new, each -> {
            each.lose(departure);
            assertThat(each.ends().isGone(1)).isTrue();
        });
    }

    @Test
    void anEndOfAPipeIsGoneWhereverTheOneWhoSendsItOnDies() throws Exception {
        SharedPipe pipe = pipe();
        arriveAt(DEAD, pipe, pipe.ends().depart(1, false));
        byte[] before = image(pipe);
        long _ = as(DEAD, () -> pipe.ends().depart(1, false));
        sweptOutOfEach(before, image(pipe), SharedPipe::new, each -> assertThat(each.ends().isGone(1)).isTrue());
    }

    @Test
    void anEndOfAPipeIsNotGoneWhileMoreHandlesThanItHasRoomForAreOnTheirWay() throws Exception {
        SharedPipe pipe = pipe();
        List<Long> departures = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            departures.add(pipe.ends().depart(1, false));
        }
        assertThat(departures).contains(0L);
        departures.forEach(pipe::lose);
        assertThat(pipe.ends().isGone(1)).isFalse();
        arriveAt(DEAD, pipe, 0);
        pipe.partyLeft(DEAD, true);
        assertThat(pipe.ends().isGone(1)).isFalse();
        pipe.end(1).close(); // here, where they were sent away
        assertThat(pipe.ends().isGone(1)).isTrue();
    }

    @Test
    void aFirstUseOfAPipesEndThatMeetsItsCloseFindsItClosed() throws Exception {
        SharedPipe pipe = pipe();
        MemorySegment memory = pipe.place().memory();
        var _ = pipe.place().lock(GUARD).acquire();
        int held = memory.get(ValueLayout.JAVA_INT, GUARD);
        FutureTask<?> using = start(1, () -> {
            pipe.ends().use(1);
            return null;
        });
        while (memory.get(ValueLayout.JAVA_INT, GUARD) == held) {
            Thread.onSpinWait(); // until it waits, having seen that the end is open
        }
        pipe.ends().leaveAlone(1);
        boolean _ = pipe.place().lock(GUARD).release();
        assertThatThrownBy(() -> using.get(20, TimeUnit.SECONDS))
                .hasCauseInstanceOf(io.farmhand.sync.HandleClosedException.class);
        assertThat(pipe.ends().isClosed(1)).isTrue();
    }

    @Test
    void aHandleThatIsReadManyTimesIsOnItsWayUntilItIsLost() throws Exception {
        SharedPipe pipe = pipe();
        long departure = pipe.ends().depart(1, true);
        for (int i = 0; i < 2; i++) {
            arriveAt(DEAD, pipe, departure);
            pipe.partyLeft(DEAD, true);
            assertThat(pipe.ends().isGone(1)).isFalse();
        }
        pipe.lose(departure);
        pipe.lose(departure);
        assertThat(pipe.ends().isGone(1)).isTrue();
    }

    @Test
    void whatADeadReceiverLeftOfAMessageDoesNotStopItsSenderWhileOthersOnlyPoll() throws Exception {
        Place place = new LocalPlace(SharedPipe.sizeBytes(false));
        SharedPipe pipe = new SharedPipe(place);
        int length = 1_000_000;
        FutureTask<?> sending = start(1, () -> {
            pipe.end(1).sendBytes(new byte[length]);
            return null;
        });
        assertThat(pipe.end(0).poll(java.time.Duration.ofSeconds(50))).isTrue();
        long readEnd = PipeEnds.END_OFFSET + 136;
        place.memory().set(ValueLayout.JAVA_LONG, readEnd, 8 + length); // it was received in part
        while (!sending.isDone()) {
            assertThat(pipe.end(0).poll(java.time.Duration.ofMillis(1))).isFalse();
        }
        pipe.end(1).send("next");
        assertThat(pipe.end(0).poll()).isTrue();
        assertThat(pipe.end(0).receive()).isEqualTo("next");
    }
}
