package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.JvmProcess;
import io.farmhand.Manager;
import io.farmhand.managed.ManagedList;
import io.farmhand.managed.ManagedMap;
import io.farmhand.managed.ManagedPool;
import io.farmhand.managed.ManagedSet;
import io.farmhand.managed.ManagedValue;
import io.farmhand.sync.Event;
import io.farmhand.sync.Lock;
import io.farmhand.sync.Queue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the users of a manager see when something goes wrong: in a task of its pool, in an argument, or with the manager itself. */
@FarmTest(seconds = 60)
@NullUnmarked
@SuppressWarnings("LockNotBeforeTry")
class ManagerFaultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static Manager manager;
    private static ManagedPool pool;

    @BeforeAll
    static void start() throws Exception {
        manager = Manager.start();
        pool = manager.pool(2);
        assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
    }

    @AfterAll
    static void close() {
        pool.close();
        manager.close();
    }

    private static Integer failing(Integer n) throws IOException {
        throw new IOException("task failed, n=" + n);
    }

    // ---- its door ----

    @Test
    void manyVirtualThreadsMayWaitForOneLock() throws Exception {
        try (Manager own = Manager.start()) { // lines that so many callers needed are kept as long as their manager
            Lock lock = own.lock();
            ManagedValue<Integer> counter = own.value(0);
            List<Throwable> failures = new CopyOnWriteArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                threads.add(Thread.startVirtualThread(() -> count(lock, counter, failures)));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            assertThat(counter.get()).isEqualTo(400);
        }
    }

    private static void count(Lock lock, ManagedValue<Integer> counter, List<Throwable> failures) {
        try {
            lock.lock();
            try {
                counter.set(counter.get() + 1);
            } finally {
                lock.unlock();
            }
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }

    /** An interface whose method may throw anything. */
    public interface Slow {
        void nap() throws Exception;
    }

    @Test
    void anInterruptReachesAMethodThatMayThrowAnything() throws Exception {
        Event begun = Event.create();
        manager.register(Slow.class, () -> () -> {
            begun.set();
            Thread.sleep(Duration.ofHours(1));
        });
        Slow slow = manager.create(Slow.class);
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform().start(() -> thrown.complete(catchThrowable(slow::nap)));
        begun.await();
        caller.interrupt();
        assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }

    // ---- what is registered ----

    @Test
    void refusesToRegisterWhatTravelsAsACopy() {
        assertThatThrownBy(() -> manager.register(List.class, () -> new ArrayList<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("type=java.util.List").hasMessageContaining("list()");
        assertThat(manager.list(List.of(1, 2))).containsExactly(1, 2);
    }

    /** An interface of which objects are made without arguments. */
    public interface Plain {
        int number();
    }

    @Test
    void refusesArgumentsThatAFactoryDoesNotTake() {
        manager.register(Plain.class, () -> () -> 7);
        assertThat(manager.create(Plain.class).number()).isEqualTo(7);
        assertThatThrownBy(() -> manager.create(Plain.class, 10)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes no arguments").hasMessageContaining("arguments=1");
    }

    // ---- the pool ----

    @Test
    void checkedExceptionsOfTasksComeOutAsTheyAre() {
        assertThatThrownBy(() -> pool.apply(ManagerFaultsTest::failing, 1)).isInstanceOf(IOException.class)
                .hasMessage("task failed, n=1");
        assertThatThrownBy(() -> pool.map(ManagerFaultsTest::failing, List.of(2))).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> pool.starMap((one, _) -> failing(one), List.of(3), List.of(4)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> pool.submit(() -> failing(5)).get()).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void cancellingASubmittedTaskEndsItInTheWorker() throws Exception {
        Event running = manager.event();
        ManagedValue<Boolean> interrupted = manager.value(false);
        CompletableFuture<Integer> future = pool.submit(() -> {
            running.set();
            try {
                Thread.currentThread().join();
            } catch (InterruptedException e) {
                interrupted.set(true);
                throw e;
            }
            return 1;
        });
        running.await();
        assertThat(future.cancel(true)).isTrue();
        await().atMost(PATIENCE).until(interrupted::get);
        assertThat(pool.map(n -> n + 1, List.of(1))).containsExactly(2);
    }

    @Test
    void submittedTasksOfAProcessThatEndsAreCancelled() throws Exception {
        Event running = manager.event();
        ManagedValue<Boolean> interrupted = manager.value(false);
        ManagedPool same = pool;
        JvmProcess process = JvmProcess.builder(() -> {
            var _ = same.submit(() -> {
                running.set();
                try {
                    Thread.currentThread().join();
                } catch (InterruptedException e) {
                    interrupted.set(true);
                    throw e;
                }
                return 1;
            });
            Thread.currentThread().join();
        }).daemon(true).start();
        running.await();
        process.kill();
        process.join();
        process.close();
        await().atMost(PATIENCE).until(interrupted::get);
    }

    @Test
    void manySubmittedTasksShareALine() throws Exception {
        long before = descriptors();
        Event go = manager.event();
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int n = i;
            futures.add(pool.submit(() -> {
                go.await();
                return n;
            }));
        }
        assertThat(descriptors()).isLessThan(before + 10);
        go.set();
        for (int i = 0; i < 100; i++) {
            assertThat(futures.get(i).get()).isEqualTo(i);
        }
    }

    private static long descriptors() {
        return Belongings.now().descriptors().values().stream().mapToLong(Long::longValue).sum();
    }

    // ---- arguments ----

    @Test
    void aCollectionThatCannotTravelGoesAsItsElementsOnlyWhereTheseAreAskedFor() {
        ManagedList<String> list = manager.list();
        ManagedSet<String> set = manager.set();
        Map<String, Integer> map = new HashMap<>(Map.of("a", 1));
        list.addAll(map.keySet());
        set.addAll(map.keySet());
        assertThat(list).containsExactly("a");
        assertThat(set.containsAll(map.keySet())).isTrue();
        ManagedMap<String, Object> values = manager.map();
        assertThatThrownBy(() -> values.put("keys", map.keySet())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("KeySet");
        assertThat(values).isEmpty();
    }

    // ---- a manager that is stopped ----

    @Test
    void aStoppedManagerCanBeLeftByAnInterruptAndClosed() throws Exception {
        Manager stopped = Manager.start();
        Queue<Integer> queue = stopped.queue();
        ManagedMap<Integer, Integer> map = stopped.map();
        CompletableFuture<Throwable> taken = new CompletableFuture<>();
        CompletableFuture<Throwable> put = new CompletableFuture<>();
        CompletableFuture<Boolean> kept = new CompletableFuture<>();
        CompletableFuture<Throwable> newLine = new CompletableFuture<>();
        Thread taking = Thread.ofPlatform().daemon().start(() -> taken.complete(catchThrowable(queue::take)));
        awaitAnswer(taking);
        map.put(0, 0); // another line, which is there from now on
        Workers.signal("STOP", stopped.pid());
        Thread putting = Thread.ofPlatform().daemon().start(() -> {
            put.complete(catchThrowable(() -> map.put(1, 1)));
            kept.complete(Thread.currentThread().isInterrupted());
        });
        awaitAnswer(putting);
        Thread looking = Thread.ofPlatform().daemon().start(() -> newLine.complete(catchThrowable(map::size)));
        awaitAnswer(looking);
        looking.interrupt();
        taking.interrupt();
        putting.interrupt();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(stopped::close);
        assertThat(taken.get()).isInstanceOf(InterruptedException.class).hasMessageContaining("does not answer");
        assertThat(put.get()).isInstanceOf(CancellationException.class).hasMessageContaining("does not answer")
                .hasMessageContaining("pid=" + stopped.pid());
        assertThat(kept.get()).isTrue();
        assertThat(newLine.get()).isInstanceOf(CancellationException.class).hasMessageContaining("does not answer");
        assertThat(closed).succeedsWithin(PATIENCE);
        assertThat(stopped.isClosed()).isTrue();
    }

    @Test
    void anInterruptedCallThatMustNotEndWaitsForAManagerThatLives() throws Exception {
        io.farmhand.sync.Lock lock = manager.lock();
        lock.lock();
        CompletableFuture<Boolean> kept = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            lock.lock();
            lock.unlock();
            kept.complete(Thread.currentThread().isInterrupted());
        });
        thread.interrupt();
        assertThat(kept.completeOnTimeout(null, 1_200, java.util.concurrent.TimeUnit.MILLISECONDS).get()).isNull();
        lock.unlock();
        thread.join();
        assertThat(thread.isAlive()).isFalse();
    }

    /** Waits until a thread waits for what a manager answers. */
    private static void awaitAnswer(Thread thread) {
        await().until(() -> Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("awaitInput")));
    }

    @Test
    void aProcessThatEndsCanUseAManagerForTheFirstTime(@TempDir Path directory) throws Exception {
        var address = manager.address();
        byte[] key = manager.key();
        Path file = directory.resolve("list");
        String name = file.toString();
        JvmProcess process = JvmProcess.start(() -> Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                Files.writeString(Path.of(name), Manager.connect(address, key).list(List.of(1, 2)).toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        })));
        process.join();
        process.close();
        assertThat(file).hasContent("[1, 2]");
    }
}
