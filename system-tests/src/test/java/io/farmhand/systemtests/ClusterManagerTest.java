package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.farmhand.JvmProcess;
import io.farmhand.Manager;
import io.farmhand.Pool;
import io.farmhand.PoolBrokenException;
import io.farmhand.Result;
import io.farmhand.TaskSerializationException;
import io.farmhand.WorkerCrashedException;
import io.farmhand.internal.proto.StatusTold;
import io.farmhand.internal.socket.Outlet;
import io.farmhand.internal.socket.SocketClient;
import io.farmhand.internal.socket.Way;
import io.farmhand.managed.ManagedList;
import io.farmhand.managed.ManagedMap;
import io.farmhand.managed.ManagedValue;
import io.farmhand.shared.SharedInt;
import io.farmhand.sync.Event;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.sync.Lock;
import io.farmhand.sync.OwnerDiedException;
import io.farmhand.sync.Queue;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a client's managers keep, as the workers of a cluster use it: through tunnels, though here all would be in reach otherwise,
 * too. That it does go by tunnels the coordinator's count of them shows.
 */
@Timeout(120)
@NullUnmarked // a null here fails the test, as it should
@SuppressWarnings("LockNotBeforeTry")
class ClusterManagerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;
    private TestCluster cluster;
    private Manager manager;

    @BeforeEach
    void listen() throws IOException {
        cluster = new TestCluster(directory);
        manager = Manager.start();
    }

    @AfterEach
    void close() {
        manager.close();
        cluster.close();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName).filter(name -> name.startsWith("farm-outlet") || name.startsWith("farm-tunnel")))
                .as("threads are left").isEmpty());
    }

    private int tunnels() throws Exception {
        return cluster.status().getClientsList().stream().mapToInt(StatusTold.ClientStatus::getTunnels).sum();
    }

    private static void killWorkers(Pool pool) {
        pool.workers().forEach(worker -> Workers.kill(worker.pid()));
    }

    // ---- use ----

    @Test
    void aMapIsFilledByTheWorkersOfTwoAgents() throws Exception {
        cluster.agent(2);
        cluster.agent(2);
        await().until(() -> cluster.status().getAgentsCount() == 2); // an idle pool asks for no later one's seats
        ManagedMap<Long, Integer> counts = manager.map();
        try (Pool pool = cluster.client().build()) {
            await().until(() -> pool.size() == 4);
            Pools.pids(pool);
            pool.map(n -> counts.merge(ProcessHandle.current().pid(), 1, Integer::sum),
                    IntStream.range(0, 200).boxed().toList(), 1);
            assertThat(tunnels()).isGreaterThanOrEqualTo(8); // a life line and a line for calls each
            assertThat(counts.values().stream().mapToInt(each -> each).sum()).isEqualTo(200);
            assertThat(counts).hasSize(4);
        }
        await().atMost(PATIENCE).until(() -> tunnels() == 0);
    }

    @Test
    void aQueueBlocksBetweenCallerAndWorkers() throws Exception {
        cluster.agent(2);
        Queue<Integer> in = manager.queue(2);
        Queue<Integer> out = manager.queue();
        try (Pool pool = cluster.client().build()) {
            CompletableFuture<List<Integer>> consumed = pool.mapAsync(_ -> {
                int sum = 0;
                for (int n = in.take(); n >= 0; n = in.take()) {
                    out.put(n * n);
                    sum += n;
                }
                return sum;
            }, List.of(0, 1), 1);
            for (int n = 0; n < 100; n++) {
                in.put(n);
            }
            in.put(-1);
            in.put(-1);
            assertThat(consumed.get(60, TimeUnit.SECONDS).stream().mapToInt(each -> each).sum()).isEqualTo(4950);
            assertThat(out).hasSize(100);
        }
    }

    @Test
    void anEventOfTheCallersWakesWorkersAndTheOtherWayRound() throws Exception {
        cluster.agent(1);
        Event go = manager.event();
        Event there = manager.event();
        try (Pool pool = cluster.client().build()) {
            CompletableFuture<String> told = pool.submit(() -> {
                there.set();
                go.await();
                return "gone";
            });
            there.await();
            assertThat(told).isNotDone();
            go.set();
            assertThat(told.get(60, TimeUnit.SECONDS)).isEqualTo("gone");
        }
    }

    @Test
    void proxiesTravelAsItemsAsResultsAndInEachOther() throws Exception {
        cluster.agent(1);
        try (Pool pool = cluster.client().build(); Manager other = Manager.start()) {
            ManagedValue<Integer> value = manager.value(1);
            ManagedMap<String, ManagedValue<Integer>> values = manager.map();
            values.put("mine", value);
            values.put("another manager's", other.value(10)); // of which the worker hears by way of the first only
            List<ManagedMap<String, ManagedValue<Integer>>> back = pool.map(map -> {
                map.get("mine").updateAndGet(n -> n + 1);
                map.get("another manager's").updateAndGet(n -> n + 1);
                map.put("made there", map.get("mine"));
                return map;
            }, List.of(values));
            assertThat(back).containsExactly(values);
            assertThat(value.get()).isEqualTo(2);
            assertThat(values.get("another manager's").get()).isEqualTo(11);
            assertThat(values.get("made there")).isEqualTo(value);
            ManagedList<Integer> made = pool.apply(m -> m.list(List.of(1, 2)), manager);
            assertThat(made).containsExactly(1, 2);
        }
    }

    @Test
    void longValuesPassBothWays() throws Exception {
        cluster.agent(1);
        double[] numbers = new double[3 << 20];
        Arrays.setAll(numbers, i -> i % 1000);
        ManagedValue<double[]> value = manager.value(numbers);
        try (Pool pool = cluster.client().build()) {
            pool.submit(() -> {
                double[] squares = value.get();
                Arrays.setAll(squares, i -> squares[i] * squares[i]);
                value.set(squares);
                return squares.length;
            }).get(60, TimeUnit.SECONDS);
        }
        assertThat(value.get()[1234567]).isEqualTo(Math.pow(1234567 % 1000, 2));
    }

    // ---- ends ----

    @Test
    void aClosedManagerIsToldAsOnOneHost() throws Exception {
        cluster.agent(1);
        Queue<Integer> queue = manager.queue();
        Gate begun = Gate.in(directory, "begun");
        try (Pool pool = cluster.client().build()) {
            CompletableFuture<Integer> waiting = pool.submit(() -> {
                int _ = queue.size();
                begun.open();
                return queue.take();
            });
            Waiting.until(begun::isOpen);
            manager.close();
            assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(HandleClosedException.class)
                    .hasMessageContaining("cannot be reached");
            assertThatThrownBy(() -> pool.submit(queue::size).get(60, TimeUnit.SECONDS)).isNotNull();
            assertThat(pool.<Integer, Integer>apply(n -> n + 1, 1)).isEqualTo(2);
        }
    }

    @Test
    void aLockWhoseHolderIsKilledGoesToTheNextWhoLearnsIt() throws Exception {
        cluster.agent(1);
        Lock lock = manager.lock();
        Gate held = Gate.in(directory, "held");
        try (Pool pool = cluster.client().build()) {
            CompletableFuture<Integer> holder = pool.with(options -> options.crashRetries(0)).submit(() -> {
                lock.lock();
                held.open();
                Waiting.until(() -> false);
                return 0;
            });
            Waiting.until(held::isOpen);
            assertThat(lock.tryLock()).isFalse();
            killWorkers(pool);
            assertThatThrownBy(lock::lockReportingDeath).isInstanceOf(OwnerDiedException.class);
            lock.unlock();
            assertThatThrownBy(() -> holder.get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(WorkerCrashedException.class);
        }
    }

    @Test
    void aLockWhoseHolderIsCutFromTheNetworkGoesToTheNext() throws Exception {
        try (FaultyNetwork network = new FaultyNetwork(cluster.port())) {
            cluster.agent(1, network.port());
            Lock lock = manager.lock();
            Gate held = Gate.in(directory, "held");
            Pool pool = cluster.client().build();
            CompletableFuture<Integer> holder = pool.with(options -> options.crashRetries(0)).submit(() -> {
                lock.lock();
                held.open();
                Waiting.until(() -> false);
                return 0;
            });
            Waiting.until(held::isOpen);
            network.down();
            assertThatThrownBy(lock::lockReportingDeath).isInstanceOf(OwnerDiedException.class);
            lock.unlock();
            assertThat(holder).isNotDone(); // it waits for an agent
            pool.shutdownNow();
        }
    }

    private static long sockets() {
        long sockets = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).toString().startsWith("socket:")) {
                    sockets++;
                }
            }
        } catch (IOException e) {
            return -1; // one was closed meanwhile
        }
        return sockets;
    }

    private int managersThreads() {
        return Workers.status(manager.pid(), "Threads").map(Integer::parseInt).orElse(-1);
    }

    @Test
    void aWorkerThatIsKilledInABlockedGetLeavesNothingBehind() throws Exception {
        cluster.agent(1);
        Queue<String> queue = manager.queue();
        queue.put("warm");
        queue.take();
        try (Pool pool = cluster.client().build()) {
            assertThat(pool.<Integer, Integer>apply(n -> n + 1, 1)).isEqualTo(2);
            int tunnelsBefore = tunnels();
            long socketsBefore = sockets();
            int threadsBefore = managersThreads();
            Gate begun = Gate.in(directory, "begun");
            CompletableFuture<String> waiting = pool.with(options -> options.crashRetries(0)).submit(() -> {
                int _ = queue.size();
                begun.open();
                return queue.take();
            });
            Waiting.until(begun::isOpen);
            assertThat(tunnels()).isGreaterThanOrEqualTo(tunnelsBefore + 2);
            assertThat(managersThreads()).isGreaterThan(threadsBefore);
            killWorkers(pool);
            assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(WorkerCrashedException.class);
            assertThat(pool.<Integer, Integer>apply(n -> n + 1, 1)).isEqualTo(2); // by another worker
            await().atMost(PATIENCE).until(() -> tunnels() == tunnelsBefore);
            await().atMost(PATIENCE).until(() -> managersThreads() <= threadsBefore);
            await().atMost(PATIENCE).until(() -> sockets() <= socketsBefore);
            queue.put("an item");
            assertThat(queue.take()).isEqualTo("an item");
        }
    }

    @Test
    void aCoordinatorThatIsCutInTheMiddleIsToldAndTheManagerLivesOn() throws Exception {
        cluster.agent(1);
        Queue<String> queue = manager.queue();
        Lock lock = manager.lock();
        Gate begun = Gate.in(directory, "begun");
        Pool pool = cluster.client().build();
        CompletableFuture<String> waiting = pool.submit(() -> {
            lock.lock();
            begun.open();
            return queue.take();
        });
        Waiting.until(begun::isOpen);
        cluster.endCoordinator();
        assertThatThrownBy(() -> waiting.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(PoolBrokenException.class)
                .hasMessageContaining("was lost");
        assertThatThrownBy(lock::lockReportingDeath).isInstanceOf(OwnerDiedException.class);
        lock.unlock();
        queue.put("an item");
        assertThat(queue.take()).isEqualTo("an item");
        pool.close();
    }

    // ---- limits ----

    @Test
    void oneTunnelTooManyIsToldAndTheOthersGoOn() throws Exception {
        cluster.agent(1);
        Queue<Integer> queue = manager.queue();
        try (Pool pool = cluster.client().build()) {
            String told = pool.submit(() -> {
                CompletableFuture<Throwable> refused = new CompletableFuture<>();
                for (int i = 0; i < 520; i++) {
                    Thread.ofVirtual().start(() -> {
                        try {
                            int _ = queue.take();
                        } catch (IllegalStateException | InterruptedException e) {
                            refused.complete(e);
                        }
                    });
                }
                return refused.get(60, TimeUnit.SECONDS).getMessage();
            }).get(90, TimeUnit.SECONDS);
            assertThat(told).contains("cannot be reached from this worker", "tunnels=512", "let fewer wait");
            killWorkers(pool);
            int size = pool.submit(queue::size).get(60, TimeUnit.SECONDS);
            assertThat(size).isZero();
        }
    }

    // ---- what a worker may not ----

    /** Listens where nobody is to come. */
    private ServerSocketChannel trap() throws IOException {
        ServerSocketChannel trap = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        trap.bind(UnixDomainSocketAddress.of(directory.resolve("trap")));
        trap.configureBlocking(false);
        return trap;
    }

    /** Writes what it holds as it is, whatever our own handles would do about it. */
    private static final class Forgery implements Serializable {
        private static final long serialVersionUID = 1L;

        private final transient Object held;

        Forgery(Object held) {
            this.held = held;
        }

        private void writeObject(ObjectOutputStream out) throws IOException, ReflectiveOperationException {
            Class<?> destination = Class.forName("io.farmhand.internal.serial.Destination");
            Method enter = destination.getDeclaredMethod("enter");
            enter.setAccessible(true);
            Object here = destination.getField("HERE").get(null);
            Object outer = enter.invoke(here);
            out.writeObject(held);
            enter.invoke(outer);
        }
    }

    private static Object forgedReference(String socket, long server) throws ReflectiveOperationException {
        Class<?> keyType = Class.forName("io.farmhand.internal.remote.ServerKey");
        Constructor<?> key = keyType.getDeclaredConstructor(SocketAddress.class, byte[].class, long.class, long.class,
                long.class);
        key.setAccessible(true);
        Constructor<?> reference = Class.forName("io.farmhand.internal.remote.Reference")
                .getDeclaredConstructor(keyType, long.class, int.class, long.class);
        reference.setAccessible(true);
        return reference.newInstance(
                key.newInstance(UnixDomainSocketAddress.of(socket), new byte[]{1}, server, 1L, 0L), 1L, 0, 0L);
    }

    @Test
    void aForgedReferenceInAResultIsNotDialled() throws Exception {
        cluster.agent(1);
        try (ServerSocketChannel trap = trap(); Pool pool = cluster.client().build()) {
            String socket = directory.resolve("trap").toString();
            List<Result<Object>> results = pool.mapResults(
                    n -> n == 0 ? new Forgery(forgedReference(socket, 4711)) : new Forgery(SharedInt.create(3)),
                    List.of(0, 1));
            assertThat(results).hasSize(2).allSatisfy(result -> assertThat(Pools.error(result))
                    .isInstanceOfSatisfying(TaskSerializationException.class, refused -> {
                        assertThat(refused.stage()).isEqualTo(TaskSerializationException.Stage.RESULT_IN);
                        assertThat(refused).hasMessageContaining("names a socket or shared memory");
                    }));
            assertThat(trap.accept()).isNull();
        }
    }

    @Test
    void aTunnelLeadsToNoServerThatTheClientDoesNotKnow() throws Exception {
        cluster.agent(1);
        try (ServerSocketChannel trap = trap(); Pool pool = cluster.client().build()) {
            String socket = directory.resolve("trap").toString();
            String told = pool.submit(() -> String.valueOf(catchThrowable(() -> SocketClient.dial(
                    new Way.Tunnelled(Outlet.current(), 4711, UnixDomainSocketAddress.of(socket)),
                    SocketClient.PATIENCE_NANOS)))).get(60, TimeUnit.SECONDS);
            assertThat(told).contains("knows no such server");
            // Nor by the id of one that it knows, at another address: that is the client's own affair.
            long known = idOf(manager);
            manager.value(1);
            pool.submit(() -> {
                SocketClient.dial(new Way.Tunnelled(Outlet.current(), known, UnixDomainSocketAddress.of(socket)),
                        SocketClient.PATIENCE_NANOS).close();
                return true;
            }).get(60, TimeUnit.SECONDS);
            String strangers = pool.submit(() -> String.valueOf(catchThrowable(() -> SocketClient.dial(
                    new Way.Tunnelled(new Outlet(Outlet.current().door(), "0".repeat(32), 1), known,
                            UnixDomainSocketAddress.of(socket)),
                    SocketClient.PATIENCE_NANOS)))).get(60, TimeUnit.SECONDS);
            assertThat(strangers).contains("No worker with this token");
            assertThat(trap.accept()).isNull();
        }
    }

    private static long idOf(Manager manager) throws ReflectiveOperationException {
        var server = Manager.class.getDeclaredField("server");
        server.setAccessible(true);
        Method id = server.getType().getDeclaredMethod("id");
        id.setAccessible(true);
        return (long) id.invoke(server.get(manager));
    }

    // ---- what tasks make there ----

    @Test
    void whatATaskMakesOnItsHostWorksThere() throws Exception {
        cluster.agent(1);
        ManagedMap<String, Integer> callers = manager.map();
        try (Pool pool = cluster.client().build()) {
            int sum = pool.submit(() -> {
                try (Manager own = Manager.start();
                        Pool nested = Pool.builder().workers(1).jvmArgs("-XX:TieredStopAtLevel=1").build();
                        SharedInt shared = SharedInt.create(0)) {
                    ManagedValue<Integer> value = own.value(0);
                    nested.map(n -> {
                        callers.merge("from a pool in a task", n, Integer::sum);
                        shared.getAndAdd(n);
                        return value.updateAndGet(before -> before + n);
                    }, List.of(1, 2, 3));
                    JvmProcess process = JvmProcess.start(() -> {
                        callers.merge("from a process in a task", 1, Integer::sum);
                        shared.getAndAdd(10);
                        value.updateAndGet(before -> before + 10);
                    });
                    process.join();
                    return value.get() + 100 * shared.get();
                }
            }).get(90, TimeUnit.SECONDS);
            assertThat(sum).isEqualTo(1616);
            assertThat(callers).containsEntry("from a pool in a task", 6).containsEntry("from a process in a task", 1);
        }
    }

    @Test
    void aManagerOfATaskCannotBeSentToTheCaller() throws Exception {
        cluster.agent(1);
        ManagedList<Object> callers = manager.list();
        try (Pool pool = cluster.client().build()) {
            assertThatThrownBy(() -> pool.submit(() -> {
                try (Manager own = Manager.start()) {
                    return List.of(own.value(1));
                }
            }).get(60, TimeUnit.SECONDS)).cause().isInstanceOf(TaskSerializationException.class)
                    .hasMessageContainingAll("is kept by a process of the worker's host", "Return a copy");
            assertThatThrownBy(() -> pool.submit(() -> {
                try (Manager own = Manager.start()) {
                    return callers.add(own.value(1));
                }
            }).get(60, TimeUnit.SECONDS)).cause().isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is kept by a process of the worker's host");
        }
    }
}
