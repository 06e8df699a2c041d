package io.farmhand.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.sync.Condition;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.sync.Lock;
import io.farmhand.sync.OwnerDiedException;
import io.farmhand.sync.RLock;
import io.farmhand.testing.ChildJvm;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After the behaviours of CPython's {@code _TestValue}. */
@Timeout(120)
class SharedValueTest {
    private static final int PROCESSES = 3;
    private static final int THREADS = 3;
    private static final int ROUNDS = 10_000;

    /** One of each type. */
    private record All(SharedByte b, SharedShort h, SharedChar u, SharedInt i, SharedLong q, SharedFloat f,
            SharedDouble d, SharedBoolean z) implements Serializable {
        static All create() {
            return new All(SharedByte.create((byte) 1), SharedShort.create((short) 2), SharedChar.create('c'),
                    SharedInt.create(4), SharedLong.create(5), SharedFloat.create(6.5f), SharedDouble.create(7.25),
                    SharedBoolean.create(true));
        }

        void set() {
            b.set(Byte.MIN_VALUE);
            h.set(Short.MIN_VALUE);
            u.set('\uffff');
            i.set(Integer.MIN_VALUE);
            q.set(Long.MIN_VALUE);
            f.set(Float.MIN_VALUE);
            d.set(Double.MIN_VALUE);
            z.set(false);
        }

        List<Object> values() {
            return List.of(b.get(), h.get(), u.get(), i.get(), q.get(), f.get(), d.get(), z.get());
        }

        List<Object> volatiles() {
            return List.of(b.getVolatile(), h.getVolatile(), u.getVolatile(), i.getVolatile(), q.getVolatile(),
                    f.getVolatile(), d.getVolatile(), z.getVolatile());
        }
    }

    @Test
    void aValueSetByAChildIsSeenByItsParent() throws InterruptedException {
        All all = All.create();
        List<Object> first = List.of((byte) 1, (short) 2, 'c', 4, 5L, 6.5f, 7.25, true);
        assertThat(all.values()).isEqualTo(first);
        assertThat(ChildJvm.run(() -> {
            System.out.println(all.values());
            all.set();
        })).containsExactly(first.toString());
        List<Object> then = List.of(Byte.MIN_VALUE, Short.MIN_VALUE, '\uffff', Integer.MIN_VALUE, Long.MIN_VALUE,
                Float.MIN_VALUE, Double.MIN_VALUE, false);
        assertThat(all.values()).isEqualTo(then);
        assertThat(all.volatiles()).isEqualTo(then);
    }

    @Test
    void setVolatileSetsTheValueOfEachType() {
        All all = All.create();
        all.b().setVolatile((byte) -1);
        all.h().setVolatile((short) -2);
        all.u().setVolatile('d');
        all.i().setVolatile(-4);
        all.q().setVolatile(-5);
        all.f().setVolatile(-6.5f);
        all.d().setVolatile(-7.25);
        all.z().setVolatile(false);
        assertThat(all.values()).isEqualTo(List.of((byte) -1, (short) -2, 'd', -4, -5L, -6.5f, -7.25, false));
    }

    @Test
    void atomicChangesGiveWhatWasThere() {
        SharedInt i = SharedInt.create(10);
        assertThat(i.getAndAdd(5)).isEqualTo(10);
        assertThat(i.addAndGet(-1)).isEqualTo(14);
        assertThat(i.getAndSet(3)).isEqualTo(14);
        assertThat(i.compareAndSet(4, 5)).isFalse();
        assertThat(i.compareAndSet(3, 5)).isTrue();
        assertThat(i.get()).isEqualTo(5);
        SharedLong q = SharedLong.create(1L << 40);
        assertThat(q.addAndGet(1)).isEqualTo((1L << 40) + 1);
        assertThat(q.getAndSet(3)).isEqualTo((1L << 40) + 1);
        assertThat(q.compareAndSet(3, 5)).isTrue();
        SharedFloat f = SharedFloat.create(0.5f);
        assertThat(f.getAndAdd(1)).isEqualTo(0.5f);
        assertThat(f.compareAndSet(1.5f, 2)).isTrue();
        SharedDouble d = SharedDouble.create(0.5);
        assertThat(d.addAndGet(1)).isEqualTo(1.5);
        assertThat(d.getAndSet(3)).isEqualTo(1.5);
        SharedBoolean z = SharedBoolean.create(false);
        assertThat(z.compareAndSet(true, false)).isFalse();
        assertThat(z.getAndSet(true)).isFalse();
        assertThat(z.compareAndSet(true, false)).isTrue();
        assertThat(z.get()).isFalse();
    }

    @Test
    void aValueHasALockOfItsOwn() {
        SharedInt one = SharedInt.create(1);
        SharedInt two = SharedInt.create(2);
        RLock lock = one.lock();
        assertThat(lock).isSameAs(one.lock()).isNotSameAs(two.lock());
        assertThat(lock.tryLock()).isTrue();
        assertThat(lock.tryLock()).isTrue();
        assertThat(lock.getHoldCount()).isEqualTo(2);
        assertThat(two.lock().isLocked()).isFalse();
        lock.unlock();
        lock.unlock();
        assertThat(lock.isLocked()).isFalse();
    }

    @Test
    void aRawValueHasNoLock() {
        assertThat(SharedInt.raw(3).get()).isEqualTo(3);
        assertThatThrownBy(SharedInt.raw(3)::lock).isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("create");
    }

    @Test
    void closingTheLockDoesNotCloseTheValue() {
        SharedInt value = SharedInt.create(3);
        value.lock().close();
        assertThat(value.isClosed()).isFalse();
        assertThat(value.lock().tryLock()).isTrue();
    }

    @Test
    void handlesToOneValueAreOneObject() {
        SharedInt value = SharedInt.create(3);
        assertThat(ChildJvm.deserialized(ChildJvm.serialized(value))).isSameAs(value);
        assertThat(ChildJvm.deserialized(ChildJvm.serialized(value.lock()))).isSameAs(value.lock());
    }

    @Test
    void aLockThatTravelsByItselfIsTheValues() throws InterruptedException {
        SharedInt value = SharedInt.create(3);
        RLock lock = value.lock();
        lock.lock();
        assertThat(ChildJvm.run(() -> System.out.println(lock.isLocked() + " " + lock.tryLock())))
                .containsExactly("true false");
    }

    @Test
    void lockedIncrementsOfThreadsAndProcessesAddUp() throws InterruptedException {
        SharedInt value = SharedInt.create(0);
        everywhere(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                value.lock().lock();
                try {
                    value.set(value.get() + 1);
                } finally {
                    value.lock().unlock();
                }
            }
        });
        assertThat(value.get()).isEqualTo((PROCESSES + 1) * THREADS * ROUNDS);
    }

    @Test
    void atomicAdditionsOfThreadsAndProcessesAddUp() throws InterruptedException {
        SharedInt i = SharedInt.raw(0);
        SharedLong q = SharedLong.raw(0);
        SharedFloat f = SharedFloat.raw(0);
        SharedDouble d = SharedDouble.raw(0);
        everywhere(() -> {
            for (int round = 0; round < ROUNDS; round++) {
                i.getAndAdd(1);
                q.addAndGet(1L << 32);
                f.addAndGet(1);
                d.getAndAdd(0.5);
            }
        });
        long rounds = (PROCESSES + 1L) * THREADS * ROUNDS;
        assertThat(i.get()).isEqualTo((int) rounds);
        assertThat(q.get()).isEqualTo(rounds << 32);
        assertThat(f.get()).isEqualTo((float) rounds);
        assertThat(d.get()).isEqualTo(rounds * 0.5);
    }

    private interface Act extends Serializable {
        void run();
    }

    /** Runs something on several threads here and in several processes at once. */
    private static void everywhere(Act act) throws InterruptedException {
        List<ChildJvm> children = new ArrayList<>();
        try {
            for (int i = 0; i < PROCESSES; i++) {
                children.add(ChildJvm.start(() -> onThreads(act)));
            }
            onThreads(act);
            for (ChildJvm child : children) {
                child.awaitSuccess();
            }
        } finally {
            children.forEach(ChildJvm::close);
        }
    }

    private static void onThreads(Act act) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(i % 2 == 0 ? Thread.startVirtualThread(act::run) : Thread.ofPlatform().start(act::run));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void whoeverLocksAfterADeadHolderLearnsSo() throws InterruptedException {
        SharedInt value = SharedInt.create(0);
        try (ChildJvm child = ChildJvm.start(() -> {
            value.lock().lock();
            value.set(1);
            System.out.println("locked");
            new CountDownLatch(1).await();
        })) {
            assertThat(child.awaitLine()).isEqualTo("locked");
            assertThat(value.lock().tryLock()).isFalse();
            child.kill();
            assertThatThrownBy(value.lock()::lockReportingDeath).isInstanceOf(OwnerDiedException.class);
            assertThat(value.lock().isHeldByCurrentThread()).isTrue();
            value.lock().unlock();
            assertThat(value.lock().isLocked()).isFalse();
        }
    }

    @Test
    void anAccessAfterTheCloseIsAnError() {
        SharedInt value = SharedInt.create(3);
        RLock lock = value.lock();
        value.close();
        value.close();
        assertThat(value.isClosed()).isTrue();
        assertThatThrownBy(value::get).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> value.set(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> value.getAndAdd(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(lock::lock).isInstanceOf(HandleClosedException.class);
    }

    @Test
    void whoWaitsForTheLockIsWokenByTheClose() throws InterruptedException {
        SharedInt value = SharedInt.create(3);
        value.lock().lock();
        try (ChildJvm child = ChildJvm.start(() -> {
            System.out.println("waits");
            try {
                value.lock().lock();
            } catch (HandleClosedException e) {
                System.out.println("closed");
            }
        })) {
            assertThat(child.awaitLine()).isEqualTo("waits");
            value.close();
            assertThat(child.awaitSuccess()).containsExactly("closed");
        }
    }

    @Test
    void afterTheMakersCloseNobodyCanOpenIt() throws InterruptedException {
        SharedInt value = SharedInt.create(3);
        byte[] handle = ChildJvm.serialized(value);
        value.close();
        assertThat(ChildJvm.run(() -> {
            try {
                ChildJvm.deserialized(handle);
            } catch (HandleClosedException e) {
                System.out.println(e.getMessage());
            }
        })).singleElement().asString().contains("closed by the process that made it");
        assertThatThrownBy(() -> ChildJvm.deserialized(handle)).isInstanceOf(HandleClosedException.class);
    }

    @Test
    void whoHasItOpenGoesOnAfterTheMakersClose() throws InterruptedException {
        SharedInt value = SharedInt.create(3);
        SharedBoolean closed = SharedBoolean.create(false);
        try (ChildJvm child = ChildJvm.start(() -> {
            System.out.println(value.get());
            while (!closed.getVolatile()) {
                Thread.onSpinWait();
            }
            value.set(4);
            System.out.println(value.get() + " " + value.isClosed());
            value.close();
            try {
                value.get();
            } catch (IllegalStateException e) {
                System.out.println("no more");
            }
        })) {
            assertThat(child.awaitLine()).isEqualTo("3");
            value.close();
            closed.setVolatile(true);
            assertThat(child.awaitSuccess()).containsExactly("4 true", "no more");
        }
    }

    @Test
    void aCloseByAnotherProcessThanTheMakerEndsItThereOnly() throws InterruptedException {
        SharedInt value = SharedInt.create(3);
        byte[] handle = ChildJvm.serialized(value);
        assertThat(ChildJvm.run(() -> {
            SharedInt here = (SharedInt) ChildJvm.deserialized(handle);
            here.close();
            SharedInt again = (SharedInt) ChildJvm.deserialized(handle);
            again.set(7);
            System.out.println(here.isClosed() + " " + again.isClosed());
        })).containsExactly("true false");
        assertThat(value.get()).isEqualTo(7);
    }

    @Test
    void anInterruptedThreadCanMakeOne() {
        Thread.currentThread().interrupt();
        SharedInt value = SharedInt.create(3);
        SharedByteArray array = SharedByteArray.create(100_000);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(value.get()).isEqualTo(3);
        assertThat(array.get(99_999)).isZero();
    }

    @Test
    void aConditionOfAValuesLockTravels() throws Exception {
        SharedInt value = SharedInt.create(0);
        Condition condition = value.lock().newCondition();
        value.lock().lock();
        try (ChildJvm child = ChildJvm.start(() -> {
            Lock lock = condition.lock();
            lock.lock();
            try {
                value.set(7);
                condition.signal();
            } finally {
                lock.unlock();
            }
        })) {
            assertThat(condition.waitFor(() -> value.get() == 7, Duration.ofSeconds(50))).isTrue();
            value.lock().unlock();
            assertThat(child.awaitSuccess()).isEmpty();
        }
    }
}
