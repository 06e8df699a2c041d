package io.farmhand.systemtests;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The coordinator ends, in every way that it can: no worker outlives it. */
@FarmTest
class CoordinatorDeathTest {
    private static final int WORKERS = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration WORKERS_GONE = Duration.ofSeconds(2);
    private static final Duration COORDINATOR_GONE = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    /** What tasks are at when their coordinator dies. */
    enum Occupation {
        WAITING, IGNORING_INTERRUPTS, SPINNING, READING_SYSTEM_IN, READING_DESCRIPTOR_0, PRINTING
    }

    private static int occupy(Occupation occupation, SideLog log, int item) throws IOException, InterruptedException {
        log.append(item);
        CountDownLatch never = new CountDownLatch(1);
        switch (occupation) {
            case WAITING -> never.await();
            case IGNORING_INTERRUPTS -> Waiting.until(() -> false);
            case SPINNING -> Waiting.spin(Long.MAX_VALUE);
            case READING_SYSTEM_IN -> {
                while (item >= 0) {
                    int _ = System.in.read();
                }
            }
            case READING_DESCRIPTOR_0 -> {
                try (FileInputStream in = new FileInputStream(FileDescriptor.in)) {
                    int _ = in.read();
                }
                never.await();
            }
            case PRINTING -> {
                while (item >= 0) {
                    System.out.println("a line that nobody wants ".repeat(100));
                }
            }
        }
        return item;
    }

    /** A coordinator that waits in a map for ever. */
    static final class Mapping {
        private Mapping() {}

        public static void main(String[] args) {
            Occupation occupation = Occupation.valueOf(args[0]);
            SideLog log = SideLog.at(args[1]);
            try (Pool pool = Pool.builder().workers(WORKERS).output((worker, stderr, line) -> {}).build()) {
                pool.map(item -> occupy(occupation, log, item), IntStream.range(0, 100).boxed(), 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesNoWorkerTwoSecondsAfterTheCoordinatorWasKilled(Occupation occupation) throws Exception {
        SideLog log = SideLog.in(directory);
        try (CoordinatorJvm coordinator = CoordinatorJvm.start(directory, Mapping.class, List.of(), occupation.name(),
                log.file())) {
            await().atMost(PATIENCE).until(() -> log.pids().size() == WORKERS);
            List<ProcessHandle> workers = coordinator.workers();
            assertThat(workers).hasSize(WORKERS);
            coordinator.handle().destroyForcibly();
            awaitGone(workers);
        }
    }

    @Test
    void removesTheDirectoryOfAKilledCoordinatorWhenTheNextPoolIsMade() throws Exception {
        SideLog log = SideLog.in(directory);
        try (CoordinatorJvm coordinator = CoordinatorJvm.start(directory, Mapping.class, List.of(),
                Occupation.WAITING.name(), log.file())) {
            await().atMost(PATIENCE).until(() -> log.pids().size() == WORKERS);
            List<ProcessHandle> workers = coordinator.workers();
            List<Path> left = farms();
            assertThat(left).hasSize(1);
            try (Property _ = Property.set("java.io.tmpdir", directory.toString()); Pool pool = Pool.create(1)) {
                assertThat(farms()).as("a living farm's is left alone").containsAll(left).hasSize(2);
                int one = pool.apply(Math::abs, -1);
                assertThat(one).isEqualTo(1);
            }
            coordinator.handle().destroyForcibly();
            awaitGone(workers);
            // They are gone when its descriptors are, which is before anybody has reaped it.
            await().atMost(PATIENCE).until(() -> !coordinator.handle().isAlive());
            assertThat(farms()).isEqualTo(left);
            try (Property _ = Property.set("java.io.tmpdir", directory.toString()); Pool pool = Pool.create(1)) {
                assertThat(farms()).doesNotContainAnyElementsOf(left).hasSize(1);
                int one = pool.apply(Math::abs, -1);
                assertThat(one).isEqualTo(1);
            }
            assertThat(farms()).isEmpty();
        }
    }

    /** A coordinator with a map, an asynchronous map and a task under way, that says what becomes of them. */
    static final class Waiter {
        private Waiter() {}

        public static void main(String[] args) {
            SideLog log = SideLog.at(args[0]);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            CountDownLatch mapEnded = new CountDownLatch(1);
            Pool pool = Pool.create(WORKERS);
            CompletableFuture<?> map = pool.mapAsync(item -> occupy(Occupation.SPINNING, log, item), List.of(1, 2), 1);
            CompletableFuture<?> task = pool.submit(() -> occupy(Occupation.SPINNING, log, 3));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                tell("future", map);
                tell("task", task);
                boolean ended = await(mapEnded);
                System.out.println("call " + (ended ? thrown.get() : "hangs"));
            }));
            try {
                pool.map(item -> occupy(Occupation.SPINNING, log, item), List.of(4, 5, 6), 1);
            } catch (RuntimeException e) {
                thrown.set(e);
            } finally {
                mapEnded.countDown();
            }
        }

        private static void tell(String name, CompletableFuture<?> future) {
            Throwable failure = future.handle((value, e) -> e).completeOnTimeout(null, 3, SECONDS).join();
            System.out.println(name + " " + failure);
        }

        private static boolean await(CountDownLatch latch) {
            try {
                return latch.await(3, SECONDS);
            } catch (InterruptedException e) {
                return false;
            }
        }
    }

    @Test
    void failsItsFuturesAndLeavesNothingWhenTheCoordinatorIsAskedToTerminate() throws Exception {
        SideLog log = SideLog.in(directory);
        try (CoordinatorJvm coordinator = CoordinatorJvm.start(directory, Waiter.class, List.of(), log.file())) {
            await().atMost(PATIENCE).until(() -> log.pids().size() == WORKERS);
            List<ProcessHandle> workers = coordinator.workers();
            Workers.signal("TERM", coordinator.handle().pid());
            List<String> output = coordinator.awaitExit(COORDINATOR_GONE, 128 + 15);
            awaitGone(workers);
            assertThat(output).anyMatch(line -> line.startsWith("future io.farmhand.PoolClosedException"))
                    .anyMatch(line -> line.startsWith("task io.farmhand.PoolClosedException"))
                    .anyMatch(line -> line.startsWith("call io.farmhand.PoolClosedException"));
            assertThat(farms(coordinator)).isEmpty();
        }
    }

    /** A coordinator that forgets to close its pool, after some work. */
    static final class Forgetful {
        private Forgetful() {}

        public static void main(String[] args) {
            Pool pool = Pool.create(WORKERS);
            System.out.println("mapped " + pool.map(n -> n * n, List.of(1, 2, 3)));
            Stream<Integer> unread = pool.imap(n -> n, Stream.iterate(0, n -> n + 1));
            System.out.println("first " + unread.iterator().next());
            if (args.length > 0) {
                System.exit(Integer.parseInt(args[0]));
            }
        }
    }

    @Test
    void exitsAndLeavesNothingWhenMainReturnsWithAnOpenPool() throws Exception {
        assertForgetfulExits(0);
    }

    @Test
    void exitsAndLeavesNothingWhenTheCoordinatorCallsExitWithAnOpenPool() throws Exception {
        assertForgetfulExits(5, "5");
    }

    private void assertForgetfulExits(int status, String... args) throws Exception {
        try (CoordinatorJvm coordinator = CoordinatorJvm.start(directory, Forgetful.class, List.of(), args)) {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> !coordinator.workers().isEmpty());
            List<ProcessHandle> workers = coordinator.workers();
            coordinator.awaitLine("first 0");
            List<String> output = coordinator.awaitExit(COORDINATOR_GONE, status);
            awaitGone(workers);
            assertThat(output).contains("mapped [1, 4, 9]");
            assertThat(farms(coordinator)).isEmpty();
        }
    }

    /** Its own; with AOT caches on, another JVM may still be making one, by a farm. */
    private List<Path> farms(CoordinatorJvm coordinator) throws IOException {
        String own = "farmhand-" + coordinator.handle().pid() + "-";
        return farms().stream().filter(farm -> farm.getFileName().toString().startsWith(own)).toList();
    }

    @Test
    void keepsItsWorkersWhenTheThreadThatMadeThePoolEnds() throws Exception {
        AtomicReference<Pool> made = new AtomicReference<>();
        Thread maker = Thread.ofPlatform().start(() -> made.set(Pool.create(WORKERS)));
        maker.join();
        try (Pool pool = made.get()) {
            await().atMost(PATIENCE).until(() -> Workers.live().size() == WORKERS);
            List<Long> pids = Workers.livePids();
            assertThat(pool.map(n -> n + 1, IntStream.range(0, 100).boxed()))
                    .isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
            assertThat(Workers.livePids()).isEqualTo(pids);
        }
    }

    private List<Path> farms() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("farmhand-")).toList();
        }
    }

    private static void awaitGone(List<ProcessHandle> workers) {
        assertThat(workers).isNotEmpty();
        await().atMost(WORKERS_GONE).pollInterval(Duration.ofMillis(10))
                .until(() -> workers.stream().noneMatch(worker -> Workers.isRunning(worker.pid())));
    }
}
