package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.JvmProcess;
import io.farmhand.Manager;
import io.farmhand.Pool;
import io.farmhand.managed.ManagedArray;
import io.farmhand.managed.ManagedList;
import io.farmhand.managed.ManagedMap;
import io.farmhand.managed.ManagedPool;
import io.farmhand.managed.ManagedSet;
import io.farmhand.managed.ManagedValue;
import io.farmhand.managed.Namespace;
import io.farmhand.sync.AuthenticationException;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Event;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.Lock;
import io.farmhand.sync.OwnerDiedException;
import io.farmhand.sync.Queue;
import io.farmhand.sync.RLock;
import io.farmhand.sync.RemoteCallException;
import io.farmhand.sync.Semaphore;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * After CPython's {@code _TestContainers}, {@code _TestMyManager}, {@code _TestRemoteManager} and the managers' runs of
 * {@code _TestLock}, {@code _TestQueue} and their kin; and what becomes of the objects when processes are killed.
 */
@FarmTest(seconds = 90)
@NullUnmarked
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop", "ListRemoveAmbiguous", "ModifiedButNotUsed"})
class ManagerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static Manager manager;

    @BeforeAll
    static void start() throws Exception {
        manager = Manager.start();
        // What is kept for as long as this JVM lives is there before the tests.
        ManagedMap<Integer, Integer> map = manager.map();
        Barrier lines = manager.barrier(16);
        inThreads(16, lines::await);
        JvmProcess child = JvmProcess.start(() -> map.put(1, 2));
        child.join();
        child.close();
    }

    @AfterAll
    static void close() {
        manager.close();
    }

    private interface Action extends Serializable {
        void run() throws Exception;
    }

    private static void inThreads(int count, Action action) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < count; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                Throwable failure = catchThrowable(action::run);
                if (failure != null) {
                    thrown.add(failure);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(thrown).isEmpty();
    }

    private static void inProcesses(int count, Action action) throws InterruptedException {
        List<JvmProcess> processes = IntStream.range(0, count).mapToObj(_ -> JvmProcess.start(action::run)).toList();
        for (JvmProcess process : processes) {
            process.join();
            assertThat(process.failure()).isEmpty();
            process.close();
        }
    }

    /** A process that is at something until it is killed. */
    private static JvmProcess child(Action action) {
        return JvmProcess.builder(() -> {
            action.run();
            Thread.currentThread().join();
        }).daemon(true).start();
    }

    private static void kill(JvmProcess process) throws InterruptedException {
        process.kill();
        process.join();
        process.close();
    }

    // ---- containers ----

    @Test
    void aListDoesWhatListsDo() {
        ManagedList<Integer> list = manager.list(List.of(0, 1, 2, 3));
        assertThat(list).hasSize(4).containsExactly(0, 1, 2, 3);
        list.addAll(List.of(9, 8, 7));
        assertThat(list.subList(2, 5)).containsExactly(2, 3, 9);
        list.sort(null);
        assertThat(list.copy()).containsExactly(0, 1, 2, 3, 7, 8, 9);
        list.sort((one, other) -> other - one);
        assertThat(list.getFirst()).isEqualTo(9);
        assertThat(list.removeIf(n -> n > 3)).isTrue();
        list.replaceAll(n -> n * 10);
        assertThat(list.reversed()).containsExactly(0, 10, 20, 30);
        assertThat(list.remove(0)).isEqualTo(30);
        assertThat(list.indexOf(10)).isEqualTo(1);
        assertThat(list).hasToString("[20, 10, 0]");
        assertThat(list.stream().mapToInt(Integer::intValue).sum()).isEqualTo(30);
        assertThat(list.toArray(new Integer[0])).containsExactly(20, 10, 0);
        assertThatThrownBy(() -> list.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> list.iterator().remove()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void containersEqualThoseThatHoldTheSame() {
        ManagedList<Integer> list = manager.list(List.of(1, 2));
        assertThat(list.equals(List.of(1, 2))).isTrue();
        assertThat(List.of(1, 2).equals(list)).isTrue();
        assertThat(list).hasSameHashCodeAs(List.of(1, 2));
        ManagedMap<String, Integer> map = manager.map();
        map.put("a", 1);
        assertThat(map.equals(Map.of("a", 1))).isTrue();
        assertThat(Map.of("a", 1).equals(map)).isTrue();
        assertThat(map).hasToString("{a=1}");
        Lock lock = manager.lock();
        ManagedList<Lock> locks = manager.list(List.of(lock));
        assertThat(locks.get(0)).isEqualTo(lock).isNotEqualTo(manager.lock());
    }

    @Test
    void aMapDoesWhatMapsDo() {
        ManagedMap<Integer, String> map = manager.map();
        Map<Integer, String> same = new HashMap<>();
        for (int i = 65; i < 70; i++) {
            map.put(i, Character.toString(i));
            same.put(i, Character.toString(i));
        }
        assertThat(map.copy()).isEqualTo(same);
        assertThat(map.keySet()).isEqualTo(same.keySet());
        assertThat(map.values()).containsExactlyInAnyOrderElementsOf(same.values());
        assertThat(map.entrySet()).isEqualTo(same.entrySet());
        assertThat(map.getOrDefault(1, "none")).isEqualTo("none");
        assertThat(map.putIfAbsent(65, "other")).isEqualTo("A");
        assertThat(map.remove(65)).isEqualTo("A");
        assertThat(map.replace(66, "B", "b")).isTrue();
        assertThat(map.computeIfPresent(66, (_, value) -> value + "!")).isEqualTo("b!");
        assertThat(map.computeIfAbsent(1, key -> "new" + key)).isEqualTo("new1");
        map.replaceAll((key, value) -> key + value);
        assertThat(map.get(1)).isEqualTo("1new1");
        assertThatThrownBy(() -> map.keySet().remove(1)).isInstanceOf(UnsupportedOperationException.class);
        map.clear();
        assertThat(map).isEmpty();
    }

    @Test
    void aFunctionThatCannotTravelIsAppliedByTheCaller() {
        ManagedMap<String, Integer> map = manager.map();
        AtomicInteger calls = new AtomicInteger();
        BiFunction<Integer, Integer, Integer> here = (one, other) -> {
            calls.incrementAndGet();
            return one + other;
        };
        map.merge("a", 1, here);
        assertThat(map.merge("a", 1, here)).isEqualTo(2);
        assertThat(calls).hasPositiveValue();
        ManagedList<Integer> list = manager.list(List.of(1));
        java.util.function.Predicate<Integer> filter = _ -> calls.get() > 0;
        assertThatThrownBy(() -> list.removeIf(filter)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not serializable");
    }

    @Test
    void aSetAValueAnArrayAndANamespaceDoWhatTheyDo() {
        ManagedSet<String> set = manager.set();
        assertThat(set.add("a")).isTrue();
        assertThat(set.add("a")).isFalse();
        assertThat(set).containsExactly("a");
        ManagedValue<Integer> value = manager.value(1);
        assertThat(value.updateAndGet(n -> n + 1)).isEqualTo(2);
        assertThat(value.compareAndSet(2, 5)).isTrue();
        assertThat(value.getAndSet(6)).isEqualTo(5);
        assertThat(value.get()).isEqualTo(6);
        ManagedArray<Double> array = manager.array(1.0, 2.0);
        array.set(0, 3.0);
        assertThat(array.updateAndGet(1, x -> x * 2)).isEqualTo(4.0);
        assertThat(array.copy()).containsExactly(3.0, 4.0);
        assertThatThrownBy(() -> array.set(2, 1.0)).isInstanceOf(IndexOutOfBoundsException.class);
        Namespace names = manager.namespace();
        names.set("name", "Bob");
        names.set("job", "Builder");
        assertThat(names.get("name")).isEqualTo("Bob");
        assertThat(names.get("job", String.class)).isEqualTo("Builder");
        assertThat(names.remove("job")).isTrue();
        assertThat(names.names()).containsExactly("name");
        assertThatThrownBy(() -> names.get("job")).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void containersNest() {
        ManagedList<Integer> inner = manager.list(List.of(1));
        ManagedMap<String, ManagedList<Integer>> outer = manager.map();
        outer.put("inner", inner);
        inner.add(2);
        outer.get("inner").add(3);
        assertThat(inner).containsExactly(1, 2, 3);
        assertThat(outer.get("inner")).isEqualTo(inner);
        ManagedList<Object> itself = manager.list();
        itself.add(itself);
        assertThat(((List<?>) itself.get(0)).size()).isEqualTo(1);
    }

    @Test
    void anObjectThatIsOnlyInAContainerLives() {
        ManagedMap<String, ManagedList<Integer>> outer = manager.map();
        outer.put("inner", manager.list(List.of(1)));
        for (int i = 0; i < 5; i++) {
            System.gc();
            manager.objectCount();
        }
        assertThat(outer.get("inner")).containsExactly(1);
    }

    // ---- many at once ----

    @Test
    void mergesFromFourProcessesAreAtomic() throws InterruptedException {
        ManagedMap<String, Integer> map = manager.map();
        inProcesses(4, () -> {
            for (int i = 0; i < 500; i++) {
                map.merge("n", 1, Integer::sum);
            }
        });
        assertThat(map.get("n")).isEqualTo(2_000);
    }

    @Test
    void workersOfAPoolUseWhatATaskCaptures() {
        ManagedMap<String, Integer> map = manager.map();
        Manager same = manager;
        try (Pool pool = Pool.create(2)) {
            pool.map(n -> map.merge("k" + n % 3, 1, Integer::sum), IntStream.range(0, 300).boxed().toList());
            List<ManagedList<Integer>> lists = pool.map(n -> same.list(List.of(n)), List.of(1, 2));
            assertThat(lists.get(1)).containsExactly(2);
        }
        assertThat(map).isEqualTo(Map.of("k0", 100, "k1", 100, "k2", 100));
    }

    @Test
    void aLockExcludesThreadsOfAllProcesses() throws InterruptedException {
        Lock lock = manager.lock();
        ManagedValue<Integer> value = manager.value(0);
        inProcesses(2, () -> inThreads(4, () -> {
            for (int i = 0; i < 25; i++) {
                lock.lock();
                try {
                    value.set(value.get() + 1);
                } finally {
                    lock.unlock();
                }
            }
        }));
        assertThat(value.get()).isEqualTo(200);
    }

    @Test
    void aReentrantLockBelongsToAThread() throws InterruptedException {
        RLock lock = manager.rlock();
        lock.lock();
        lock.lock();
        assertThat(lock.getHoldCount()).isEqualTo(2);
        inThreads(1, () -> {
            assertThat(lock.tryLock()).isFalse();
            assertThat(lock.isHeldByCurrentThread()).isFalse();
            assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
        });
        lock.unlock();
        lock.unlock();
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
    }

    @Test
    void aConditionWakesThoseThatWaitInOtherProcesses() throws InterruptedException {
        Condition condition = manager.condition();
        ManagedValue<Integer> state = manager.value(0);
        JvmProcess process = JvmProcess.start(() -> {
            condition.lock().lock();
            state.set(1);
            condition.signalAll();
            condition.waitFor(() -> state.get() == 2);
            state.set(3);
            condition.signalAll();
            condition.lock().unlock();
        });
        condition.lock().lock();
        assertThat(condition.waitFor(() -> state.get() == 1, PATIENCE)).isTrue();
        state.set(2);
        condition.signalAll();
        assertThat(condition.waitFor(() -> state.get() == 3, PATIENCE)).isTrue();
        assertThat(condition.waitFor(() -> state.get() == 4, Duration.ofMillis(20))).isFalse();
        condition.lock().unlock();
        process.join();
        process.close();
    }

    @Test
    void barriersEventsAndSemaphoresWorkAcrossProcesses() throws InterruptedException {
        Barrier barrier = manager.barrier(3);
        Event event = manager.event();
        Semaphore semaphore = manager.semaphore(1);
        ManagedList<Integer> indexes = manager.list();
        CompletableFuture<Void> here = CompletableFuture.runAsync(() -> {
            try {
                indexes.add(barrier.await());
                event.set();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        inProcesses(2, () -> {
            indexes.add(barrier.await());
            event.await();
            semaphore.acquire();
            semaphore.release();
        });
        here.join();
        assertThat(indexes).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(semaphore.availablePermits()).isEqualTo(1);
        assertThatThrownBy(() -> manager.boundedSemaphore(1).release()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aQueueIsInOrderAndBounded() throws InterruptedException {
        Queue<Integer> queue = manager.queue(6);
        for (int i = 0; i < 6; i++) {
            queue.put(i);
        }
        assertThat(queue.offer(6)).isFalse();
        assertThat(queue.offer(6, Duration.ofMillis(20))).isFalse();
        assertThatThrownBy(() -> queue.add(6)).isInstanceOf(IllegalStateException.class);
        assertThat(queue).containsExactly(0, 1, 2, 3, 4, 5);
        List<Integer> drained = new ArrayList<>();
        assertThat(queue.drainTo(drained)).isEqualTo(6);
        assertThat(drained).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(queue.poll()).isNull();
        assertThat(queue.poll(Duration.ofMillis(20))).isNull();
        assertThatThrownBy(queue::remove).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void aQueueCanBeWaitedFor() throws Exception {
        JoinableQueue<Integer> queue = manager.joinableQueue();
        for (int i = 0; i < 10; i++) {
            queue.put(i);
        }
        assertThat(queue.join(Duration.ofMillis(20))).isFalse();
        inProcesses(2, () -> {
            while (queue.poll() != null) {
                queue.taskDone();
            }
        });
        queue.join();
        assertThatThrownBy(queue::taskDone).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aPoolInTheManagerServesSeveralProcesses() throws Exception {
        try (ManagedPool pool = manager.pool(1)) {
            assertThat(pool.map(n -> n * 2, List.of(1, 2, 3))).containsExactly(2, 4, 6);
            assertThat(pool.starMap((one, other) -> one + other, List.of("a"), List.of("b"))).containsExactly("ab");
            assertThat(pool.submit(() -> 7).get()).isEqualTo(7);
            inProcesses(1, () -> {
                int result = pool.apply(n -> n + 1, 1);
                assertThat(result).isEqualTo(2);
            });
        }
    }

    // ---- the user's own ----

    /** An interface of the tests' own. */
    public interface Maths {
        int add(int one, int other);

        Counter counter();

        void fail() throws IOException;

        Object strange();
    }

    /** What a {@link Maths} gives. */
    public interface Counter {
        int next();
    }

    private record Sums(int base) implements Maths {
        @Override
        public int add(int one, int other) {
            return base + one + other;
        }

        @Override
        public Counter counter() {
            AtomicInteger count = new AtomicInteger(base);
            return count::incrementAndGet;
        }

        @Override
        public void fail() throws IOException {
            throw new IOException("it failed, base=" + base);
        }

        @Override
        public Object strange() {
            return new Object();
        }
    }

    private static Maths maths(int base) {
        manager.register(Counter.class, () -> {
            throw new UnsupportedOperationException();
        });
        manager.register(Maths.class, arguments -> new Sums((Integer) arguments[0]));
        return manager.create(Maths.class, base);
    }

    @Test
    void keepsObjectsOfInterfacesThatAreRegistered() throws InterruptedException {
        Maths maths = maths(10);
        assertThat(maths.add(1, 2)).isEqualTo(13);
        Counter counter = maths.counter();
        inProcesses(2, counter::next);
        assertThat(counter.next()).isEqualTo(13);
        assertThatThrownBy(() -> manager.create(Runnable.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not registered");
        assertThatThrownBy(() -> manager.register(String.class, () -> "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatAnObjectThrowsArrivesAsItselfWithTheStackThere() {
        Maths maths = maths(3);
        Throwable thrown = catchThrowable(maths::fail);
        assertThat(thrown).isInstanceOf(IOException.class).hasMessage("it failed, base=3");
        assertThat(thrown.getCause()).isInstanceOfSatisfying(RemoteCallException.class,
                origin -> assertThat(origin.remoteStack()).contains("Sums.fail"));
    }

    @Test
    void whatCannotBeSentFailsClearlyAndTheNextCallWorks() {
        Maths maths = maths(0);
        assertThatThrownBy(maths::strange).isInstanceOf(RemoteCallException.class).hasMessageContaining("Object");
        ManagedList<Object> list = manager.list();
        assertThatThrownBy(() -> list.add(new Object())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
        assertThat(list.add(1)).isTrue();
    }

    // ---- another JVM ----

    @Test
    void canBeReachedByAddressAndKey() throws Exception {
        Manager other = Manager.connect(manager.address(), manager.key());
        assertThat(other).isEqualTo(manager);
        assertThatThrownBy(() -> Manager.connect(manager.address(), new byte[]{1}))
                .isInstanceOf(AuthenticationException.class);
        byte[] key = "secret of a test".getBytes(StandardCharsets.UTF_8);
        try (Manager remote = Manager.builder().address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .key(key).start()) {
            var address = remote.address();
            ManagedList<String> list = remote.list();
            inProcesses(1, () -> {
                Queue<ManagedList<String>> queue = Manager.connect(address, key).queue();
                queue.put(list);
                queue.take().add("there");
            });
            assertThat(list).containsExactly("there");
            assertThat(remote.toString()).doesNotContain("secret");
        }
    }

    @Test
    void silentPeersHoldUpNobody() throws Exception {
        List<SocketChannel> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                peers.add(SocketChannel.open(manager.address()));
            }
            ManagedMap<Integer, Integer> map = manager.map();
            inThreads(8, () -> map.merge(1, 1, Integer::sum));
            assertThat(map.get(1)).isEqualTo(8);
        } finally {
            for (SocketChannel peer : peers) {
                peer.close();
            }
        }
    }

    // ---- interrupts ----

    @Test
    void anInterruptedCallEndsAndTakesNothing() throws Exception {
        Queue<Integer> queue = manager.queue();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread thread = Thread.ofPlatform().start(() -> thrown.complete(catchThrowable(queue::take)));
            if (i % 2 == 0) {
                await().until(() -> thread.getState() == Thread.State.RUNNABLE);
            }
            thread.interrupt();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            queue.put(i);
            assertThat(queue.take()).isEqualTo(i);
        }
    }

    @Test
    void anInterruptIsKeptByCallsThatAreNotInterruptible() {
        ManagedMap<Integer, Integer> map = manager.map();
        Thread.currentThread().interrupt();
        map.put(1, 2);
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(map.get(1)).isEqualTo(2);
        assertThat(Thread.interrupted()).isTrue();
    }

    // ---- ends ----

    @Test
    void objectsAreGoneWhenNothingRefersToThem() {
        int before = settled();
        manager.map().put(1, 1);
        ManagedList<ManagedList<Integer>> circle = manager.list();
        @SuppressWarnings({"unchecked", "rawtypes"})
        ManagedList<Integer> itself = (ManagedList) circle;
        circle.add(itself);
        await().atMost(PATIENCE).untilAsserted(() -> {
            System.gc();
            assertThat(manager.objectCount()).isLessThanOrEqualTo(before + 1);
        });
        assertThat(circle.size()).isEqualTo(1);
    }

    private static int settled() {
        int[] last = {Integer.MAX_VALUE};
        await().atMost(PATIENCE).until(() -> {
            System.gc();
            int now = manager.objectCount();
            boolean same = now == last[0];
            last[0] = now;
            return same;
        });
        return last[0];
    }

    @Test
    void referencesOfAKilledProcessAreReleased() throws InterruptedException {
        int before = settled();
        Manager same = manager;
        Event made = manager.event();
        JvmProcess process = child(() -> {
            List<Object> mine = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                mine.add(same.list());
            }
            made.set();
            Thread.currentThread().join();
            mine.clear();
        });
        made.await();
        assertThat(manager.objectCount()).isGreaterThanOrEqualTo(before + 50);
        kill(process);
        await().atMost(PATIENCE).until(() -> manager.objectCount() <= before + 1);
    }

    @Test
    void aLockOfAKilledProcessGoesToTheNextWhoLearnsSo() throws Exception {
        Lock lock = manager.lock();
        Event held = manager.event();
        JvmProcess process = child(() -> {
            lock.lock();
            held.set();
        });
        held.await();
        assertThat(lock.tryLock(Duration.ofMillis(20))).isFalse();
        kill(process);
        assertThatThrownBy(lock::lockReportingDeath).isInstanceOf(OwnerDiedException.class);
        lock.unlock();
        lock.lockReportingDeath();
        lock.unlock();
    }

    @Test
    void theTakeOfAKilledProcessSwallowsNothing() throws InterruptedException {
        for (int round = 0; round < 3; round++) {
            Queue<Integer> queue = manager.queue();
            Event taking = manager.event();
            JvmProcess process = child(() -> {
                taking.set();
                queue.take();
            });
            taking.await();
            kill(process);
            queue.put(round);
            assertThat(queue.poll(Duration.ofSeconds(5))).isEqualTo(round);
        }
    }

    @Test
    void permitsOfAKilledProcessReturnAndItsBarrierBreaks() throws Exception {
        Semaphore semaphore = manager.semaphore(2);
        Barrier barrier = manager.barrier(3);
        Event there = manager.event();
        JvmProcess process = child(() -> {
            semaphore.acquire();
            there.set();
            barrier.await();
        });
        there.await();
        await().atMost(PATIENCE).until(() -> barrier.waiting() == 1);
        kill(process);
        await().atMost(PATIENCE).until(() -> semaphore.availablePermits() == 2);
        assertThatThrownBy(() -> barrier.await(PATIENCE))
                .isInstanceOf(java.util.concurrent.BrokenBarrierException.class);
    }

    @Test
    void useAfterTheManagerIsClosedFailsClearly() {
        ManagedMap<Integer, Integer> map;
        Lock lock;
        try (Manager other = Manager.start()) {
            map = other.map();
            lock = other.lock();
            map.put(1, 1);
        }
        assertThatThrownBy(() -> map.put(2, 2)).isInstanceOf(HandleClosedException.class)
                .hasMessageContaining("ended").hasMessageContaining("pid=");
        assertThat(lock.isClosed()).isTrue();
        assertThat(map.toString()).contains("gone");
    }

    @Test
    void aKilledManagerEndsTheCallsThatWait() throws Exception {
        Manager other = Manager.start();
        Queue<Integer> queue = other.queue();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> thrown.complete(catchThrowable(queue::take)));
        assertThat(queue.size()).isZero();
        ProcessHandle.of(other.pid()).orElseThrow().destroyForcibly();
        assertThat(thrown.get()).isInstanceOf(HandleClosedException.class).hasMessageContaining("pid=" + other.pid());
        assertThatThrownBy(queue::size).isInstanceOf(HandleClosedException.class);
        other.close();
        assertThat(other.isClosed()).isTrue();
    }

    @Test
    void aManagerThatCannotListenSaysWhy() {
        assertThatThrownBy(() -> Manager.builder().address(manager.address()).start()).hasMessageContaining("listen");
    }
}
