package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.PoolBrokenException;
import io.farmhand.RemoteTaskException;
import io.farmhand.Result;
import io.farmhand.TaskSerializationException;
import io.farmhand.TaskTimeoutException;
import io.farmhand.WorkerCrashedException;
import io.farmhand.internal.cluster.Agent;
import io.farmhand.internal.proto.StatusTold.AgentStatus;
import io.farmhand.task.TaskContext;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.management.BadAttributeValueExpException;
import javax.management.ObjectName;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A farm of agents and clients over loopback TCP, with real worker JVMs. */
@Timeout(120)
@NullUnmarked // a null here fails the test, as it should
class ClusterTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int JAVA = Runtime.version().feature();

    @TempDir
    private Path directory;
    private TestCluster cluster;

    @BeforeEach
    void listen() throws IOException {
        cluster = new TestCluster(directory);
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    private static List<Long> items(int count) {
        return LongStream.range(0, count).boxed().toList();
    }

    // ---- the pool's own semantics, by this backend ----

    @Test
    void mapsOverTheSeatsOfTwoAgents() throws Exception {
        cluster.agent(1);
        cluster.agent(1);
        try (Pool pool = poolOf(2)) {
            await().until(() -> pool.size() == 2);
            List<Long> items = items(10_000);
            assertThat(pool.map((Long n) -> n * 2, items)).isEqualTo(items.stream().map(n -> n * 2).toList());
            assertThat(Pools.pids(pool)).hasSize(2);
            try (Stream<Long> lazy = pool.imap(n -> n + 1, items, 7)) {
                assertThat(lazy.toList()).isEqualTo(items.stream().map(n -> n + 1).toList());
            }
            int four = pool.apply(n -> n - 1, 5);
            assertThat(four).isEqualTo(4);
        }
    }

    @Test
    void longPayloadsPassBothWays() throws Exception {
        cluster.agent(2);
        try (Pool pool = cluster.client().build()) {
            double[] numbers = new double[3 << 20];
            Arrays.setAll(numbers, i -> i % 1000);
            List<double[]> results = pool.map(array -> {
                double[] squares = new double[array.length];
                Arrays.setAll(squares, i -> array[i] * array[i]);
                return squares;
            }, List.of(numbers, numbers, numbers), 1);
            assertThat(results).hasSize(3).allSatisfy(result -> assertThat(result).hasSize(numbers.length));
            assertThat(results.get(2)[1234567]).isEqualTo(Math.pow(1234567 % 1000, 2));
        }
    }

    static long haltAt(SideLog log, long item, long guilty) {
        log.append(item);
        if (item == guilty) {
            Runtime.getRuntime().halt(7);
        }
        return item;
    }

    @Test
    void aDeathIsChargedToTheItemThatHadBegun() throws Exception {
        cluster.agent(2);
        SideLog log = SideLog.in(directory);
        try (Pool pool = cluster.client().build()) {
            List<Result<Long>> results = Pools.all(pool.imapResults(n -> haltAt(log, n, 5), items(20), 10));
            assertThat(results).hasSize(20);
            assertThat(Pools.error(results.get(5))).isInstanceOfSatisfying(WorkerCrashedException.class, crash -> {
                assertThat(crash.exitCode()).isEqualTo(7);
                assertThat(crash.index()).isEqualTo(5);
            });
            assertThat(log.runs()).containsEntry(5L, 3);
            results.forEach(result -> {
                if (result.index() != 5) {
                    assertThat(result.get()).isEqualTo(result.index());
                }
            });
        }
    }

    @Test
    void whatRunsTooLongIsKilledAndTellsWhatItWasAt() throws Exception {
        cluster.agent(2);
        try (Pool pool = cluster.client().taskTimeout(Duration.ofMillis(500)).build()) {
            List<Result<Long>> results = Pools.all(pool.imapResults(n -> {
                if (n == 3) {
                    Waiting.until(() -> false);
                }
                return n;
            }, items(8), 4));
            assertThat(Pools.error(results.get(3))).isInstanceOfSatisfying(TaskTimeoutException.class,
                    late -> assertThat(late.stacks()).contains("Waiting.until"));
            assertThat(results.stream().filter(result -> result.index() != 3).map(Result::get)).hasSize(7);
        }
    }

    @Test
    void initializersAndBroadcastsReachTheWorkers() throws Exception {
        cluster.agent(2);
        try (Pool pool = cluster.client().initializer(() -> TaskContext.current().setState(String.class, "ready"))
                .build();
                var words = pool.broadcast(new String[]{"a", "b"})) {
            assertThat(pool.map(n -> TaskContext.current().state(String.class) + words.get()[n % 2],
                    List.of(0, 1, 2))).containsExactly("readya", "readyb", "readya");
        }
    }

    @Test
    void aFailedInitializerIsTold() throws Exception {
        cluster.agent(1);
        assertThatThrownBy(() -> cluster.client().initializer(() -> {
            throw new IllegalStateException("no licence");
        }).build()).isInstanceOf(PoolBrokenException.class).hasMessageContaining("no licence");
    }

    @Test
    void refusesWhatWorkersElsewhereCannotHave() {
        assertThatThrownBy(() -> cluster.client().directory(directory).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("option=directory", "farm://127.0.0.1:");
    }

    // ---- what comes back ----

    static Object gadgetAt(long guilty, long item) throws Exception {
        return item == guilty ? List.of(new ObjectName("a:b=c")) : "fine " + item;
    }

    @Test
    void whatNoWorkerElsewhereMaySendIsRefusedByNameAndTheOthersAreDelivered() throws Exception {
        cluster.agent(1);
        try (Pool pool = cluster.client().build()) {
            List<Result<Object>> results = Pools.all(pool.imapResults((Long n) -> gadgetAt(2, n), items(5), 2));
            assertThat(Pools.error(results.get(2))).isInstanceOfSatisfying(TaskSerializationException.class,
                    failure -> {
                        assertThat(failure.stage()).isEqualTo(TaskSerializationException.Stage.RESULT_IN);
                        assertThat(failure).hasMessageContainingAll("result of item 2",
                                "class=javax.management.ObjectName",
                                "-Dfarmhand.results.filter=javax.management.ObjectName");
                    });
            results.forEach(result -> {
                if (result.index() != 2) {
                    assertThat(result.get()).isEqualTo("fine " + result.index());
                }
            });
            assertThatThrownBy(() -> pool.apply(n -> (Runnable & Serializable) () -> {}, 1))
                    .hasMessageContaining("class=java.lang.invoke.SerializedLambda");
            assertThat(pool.map(n -> Optional.of(new Point(n, Path.of("a"))), List.of(1)))
                    .isEqualTo(List.of(Optional.of(new Point(1, Path.of("a")))));
        }
    }

    record Point(int n, Path path) implements Serializable {}

    static final class OddException extends RuntimeException {
        private static final long serialVersionUID = 1;

        OddException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    @Test
    void exceptionsComeBackAsTheyAreButForThosePartsOfThePlatformThatAreNotTaken() throws Exception {
        cluster.agent(1);
        try (Pool pool = cluster.client().build()) {
            assertThatThrownBy(() -> pool.apply(n -> {
                throw new OddException("own", new UncheckedIOException(new IOException("theirs")));
            }, 1)).isInstanceOf(OddException.class).hasMessage("own").cause()
                    .isInstanceOf(UncheckedIOException.class).hasMessageContaining("theirs");
            assertThatThrownBy(() -> pool.apply(n -> {
                throw new OddException("own", new BadAttributeValueExpException("gadget"));
            }, 1)).isInstanceOf(RemoteTaskException.class).hasMessageContainingAll("OddException: own",
                    "cannot be rebuilt here", "class=javax.management.BadAttributeValueExpException");
            assertThat(pool.map(n -> n + 1, List.of(1))).containsExactly(2);
        }
        assertThatThrownBy(() -> cluster.client().initializer(() -> {
            throw new BadAttributeValueExpException("gadget");
        }).build()).isInstanceOf(PoolBrokenException.class).rootCause().hasMessageContainingAll("initializer failed",
                "class=javax.management.BadAttributeValueExpException");
    }

    // ---- which Java ----

    @Test
    void aJarForANewerJavaIsRefusedBeforeAnythingIsRun() throws Exception {
        cluster.agent(1);
        Path jar = UserJar.forJava(directory, "new.jar", "New", JAVA + 1);
        assertThatThrownBy(() -> cluster.client().classPath(jar).build()).hasMessageContainingAll("new.jar",
                "class=New ", "java=" + (JAVA + 1), "java=" + JAVA, "--release " + JAVA);
        Path fit = UserJar.forJava(directory, "fit.jar", "Fit", JAVA);
        try (Pool pool = cluster.client().classPath(fit).build()) {
            assertThat(pool.map(text -> (String) Class.forName("Fit").getMethod("line", String.class)
                    .invoke(null, text), List.of("a"))).containsExactly("a");
        }
    }

    @Test
    void anAgentThatComesLaterWithAnOlderJavaGetsNoWorkersOfIt() throws Exception {
        Path jar = UserJar.forJava(directory, "new.jar", "New", JAVA + 1);
        try (WarningsHeard warnings = new WarningsHeard(); Pool pool = cluster.client().classPath(jar).build()) {
            cluster.agent(1);
            await().until(() -> warnings.text().contains("needs java=" + (JAVA + 1) + " or later"));
            assertThat(warnings.text()).contains("seats=1", "java=" + JAVA);
            pool.shutdownNow();
        }
        assertThat(Workers.livePids()).isEmpty();
    }

    // ---- agents come and go ----

    @Test
    void aCallWaitsForTheFirstAgent() throws Exception {
        try (Pool pool = cluster.client().build()) {
            CompletableFuture<List<Long>> results = CompletableFuture.supplyAsync(() -> pool.map(n -> n + 1, items(5)));
            cluster.agent(1);
            assertThat(results.get(60, TimeUnit.SECONDS)).containsExactly(1L, 2L, 3L, 4L, 5L);
        }
    }

    /** A pool of so many seats, whose agents have joined: one that is idle does not ask for those of later ones. */
    private Pool poolOf(int seats) throws Exception {
        await().until(() -> cluster.status().getAgentsList().stream().mapToInt(AgentStatus::getSeats).sum() == seats);
        return cluster.client().build();
    }

    static long slowly(SideLog log, long item, long millis) {
        log.append(item);
        Waiting.pass(millis);
        return item;
    }

    /** Each item at least once, those that were lost again, and no result twice or out of order. */
    private SideLog runsWhile(Mischief mischief) throws Exception {
        SideLog log = SideLog.in(directory);
        try (Pool pool = poolOf(2)) {
            await().until(() -> pool.size() == 2);
            Pools.pids(pool);
            List<Long> items = items(200);
            CompletableFuture<List<Long>> results = CompletableFuture.supplyAsync(
                    () -> pool.map(n -> slowly(log, n, 20), items, 5));
            log.awaitSize(40);
            mischief.happen();
            assertThat(results.get(60, TimeUnit.SECONDS)).isEqualTo(items);
            assertThat(log.runs()).hasSize(200);
            return log;
        }
    }

    private interface Mischief {
        void happen() throws Exception;
    }

    @Test
    void anAgentThatRetiresLosesNothing() throws Exception {
        Agent one = cluster.agent(1);
        cluster.agent(1);
        SideLog log = runsWhile(() -> TestCluster.retire(one));
        assertThat(log.runs().entrySet().stream().filter(item -> item.getValue() > 1)).as("what ran twice").isEmpty();
    }

    /** What becomes of the network of one of two agents. */
    enum Fault {
        CUT, SILENT,
        /** What the agent says is lost; what it is told arrives. */
        SILENT_THERE,
        /** What the agent is told is lost; what it says arrives. */
        SILENT_BACK, STORM_OF_RESETS;

        void happen(FaultyNetwork network) {
            switch (this) {
                case CUT -> network.down();
                case SILENT -> network.silence();
                case SILENT_THERE -> network.silenceThere();
                case SILENT_BACK -> network.silenceBack();
                case STORM_OF_RESETS -> {
                    for (int i = 0; i < 40; i++) {
                        network.cut();
                        Waiting.pass(50);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void anAgentWithABadNetworkLosesNothing(Fault fault) throws Exception {
        try (FaultyNetwork network = new FaultyNetwork(cluster.port())) {
            cluster.agent(1, network.port());
            cluster.agent(1);
            runsWhile(() -> fault.happen(network));
        }
    }

    @Test
    void anAgentWhoseNetworkHealsAfterItWasGivenUpJoinsAsANewOne() throws Exception {
        try (FaultyNetwork network = new FaultyNetwork(cluster.port())) {
            cluster.agent(1, network.port());
            cluster.agent(1);
            try (Pool pool = poolOf(2)) {
                await().until(() -> pool.size() == 2);
                SideLog log = SideLog.in(directory);
                CompletableFuture<List<Long>> results = CompletableFuture.supplyAsync(
                        () -> pool.map(n -> slowly(log, n, 20), items(2_000), 5));
                log.awaitSize(40);
                network.silence();
                await().atMost(LONG).until(() -> pool.size() == 1);
                network.heal(); // what it said meanwhile arrives now, too
                await().atMost(LONG).until(() -> pool.size() == 2);
                assertThat(results.get(120, TimeUnit.SECONDS)).isEqualTo(items(2_000));
            }
        }
    }

    /** Two megabytes each way by a megabit a second: nobody is taken for dead, so nothing runs twice. */
    @Test
    void aSlowNetworkIsNoDeadOne() throws Exception {
        try (FaultyNetwork network = new FaultyNetwork(cluster.port())) {
            cluster.agent(1, network.port());
            try (Pool pool = cluster.client().build()) {
                Pools.pids(pool);
                network.limit(1_000_000);
                SideLog log = SideLog.in(directory);
                List<byte[]> items = IntStream.range(0, 8).mapToObj(_ -> new byte[250_000]).toList();
                List<byte[]> results = pool.map(bytes -> {
                    log.append(0);
                    return bytes;
                }, items, 1);
                assertThat(results).hasSize(8).allSatisfy(bytes -> assertThat(bytes).hasSize(250_000));
                assertThat(log.size()).as("runs").isEqualTo(8);
            }
        }
    }

    @Test
    void anAgentThatIsCutOffComesBack() throws Exception {
        try (FaultyNetwork network = new FaultyNetwork(cluster.port())) {
            cluster.agent(2, network.port());
            runsWhile(() -> {
                network.down();
                network.heal();
            });
        }
    }

    // ---- several clients ----

    @Test
    void twoClientsShareTheSeats() throws Exception {
        cluster.agent(2);
        try (Pool one = cluster.client().build()) {
            await().until(() -> one.size() == 2);
            SideLog log = SideLog.in(directory);
            CompletableFuture<List<Long>> long_ = CompletableFuture.supplyAsync(
                    () -> one.map(n -> slowly(log, n, 20), items(300), 1));
            log.awaitSize(10);
            try (Pool two = cluster.client().build()) {
                assertThat(two.map(n -> n + 1, items(10))).hasSize(10);
                assertThat(two.size()).isEqualTo(1);
                assertThat(long_).isNotDone();
            }
            assertThat(long_.get(60, TimeUnit.SECONDS)).hasSize(300);
        }
    }

    @Test
    void twoClientsTakeTurnsInOneSeat() throws Exception {
        cluster.agent(1);
        try (Pool one = cluster.client().build(); Pool two = cluster.client().build()) {
            List<Long> items = items(400);
            List<CompletableFuture<List<Long>>> both = Stream.of(one, two)
                    .map(pool -> CompletableFuture.supplyAsync(() -> pool.map(n -> {
                        Waiting.pass(20);
                        return n;
                    }, items, 1))).toList();
            for (CompletableFuture<List<Long>> results : both) {
                assertThat(results.get(90, TimeUnit.SECONDS)).isEqualTo(items);
            }
        }
    }

    @Test
    void workersOfAClientThatGoesAreEnded() throws Exception {
        cluster.agent(2);
        try (FaultyNetwork network = new FaultyNetwork(cluster.port())) {
            Gate gate = Gate.in(directory, "begun");
            Pool pool = cluster.client(network.port()).build();
            CompletableFuture<List<Long>> results = CompletableFuture.supplyAsync(() -> pool.map(n -> {
                gate.open();
                Waiting.until(() -> false);
                return n;
            }, items(2), 1));
            Waiting.until(gate::isOpen);
            network.down();
            assertThatThrownBy(() -> results.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(PoolBrokenException.class)
                    .hasMessageContaining("was lost");
            await().atMost(Duration.ofSeconds(20)).until(() -> Workers.livePids().isEmpty());
            pool.shutdownNow();
        }
        try (Pool next = cluster.client().build()) {
            assertThat(next.map(n -> n + 1, items(3))).containsExactly(1L, 2L, 3L);
        }
    }

    // ---- the coordinator ----

    @Test
    void aCoordinatorThatRestartsGetsItsAgentsBackAndClientsLearnAtOnce() throws Exception {
        cluster.agent(2);
        Gate gate = Gate.in(directory, "begun");
        Pool pool = cluster.client().build();
        CompletableFuture<List<Long>> results = CompletableFuture.supplyAsync(() -> pool.map(n -> {
            gate.open();
            Waiting.until(() -> false);
            return n;
        }, items(2), 1));
        Waiting.until(gate::isOpen);
        cluster.restartCoordinator();
        assertThatThrownBy(() -> results.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(PoolBrokenException.class);
        pool.close();
        try (Pool next = cluster.client().build()) {
            Set<Long> pids = new HashSet<>(next.map(Pools::pid, IntStream.range(0, 4).boxed().toList()));
            assertThat(pids).isNotEmpty();
        }
    }

    @Test
    void nobodyIsThere() {
        int port = cluster.port();
        cluster.endCoordinator();
        assertThatThrownBy(() -> cluster.client(port).build()).hasMessageContainingAll("farm at 127.0.0.1:",
                "UNAVAILABLE");
    }
}
