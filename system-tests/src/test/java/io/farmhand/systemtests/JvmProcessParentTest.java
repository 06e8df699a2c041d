package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.JvmProcess;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of a JVM's processes when it ends, in every way that it can. */
@FarmTest
class JvmProcessParentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration GONE = Duration.ofSeconds(2);
    private static final Duration AFTER_THE_GRACE = Duration.ofSeconds(8);

    @TempDir
    Path directory;

    private SideLog log;
    private Gate gate;

    @BeforeEach
    void prepare() throws IOException {
        log = SideLog.in(directory);
        gate = Gate.in(directory, "gate");
    }

    /** What processes are at when their parent ends. */
    enum Occupation {
        WAITING {
            @Override
            void go(SideLog log, Gate gate) {
                log.append(0);
                Waiting.until(() -> false);
            }
        },
        SPINNING {
            @Override
            void go(SideLog log, Gate gate) {
                log.append(0);
                Waiting.spin(Long.MAX_VALUE);
            }
        },
        WAITING_AT_THE_GATE {
            @Override
            void go(SideLog log, Gate gate) {
                log.append(0);
                gate.pass();
                log.append(1);
            }
        },
        IGNORING_TERMINATION {
            @Override
            void go(SideLog log, Gate gate) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    log.append(2);
                    Waiting.until(() -> false);
                }));
                log.append(0);
                Waiting.until(() -> false);
            }
        },
        ENDING_FOR_EVER {
            @Override
            void go(SideLog log, Gate gate) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    Waiting.pass(1500); // as long as a watch that is not taken up again would not be missed
                    log.append(0);
                    Waiting.until(() -> false);
                }));
                System.exit(0);
            }
        },
        HAVING_A_CHILD {
            @Override
            void go(SideLog log, Gate gate) {
                JvmProcess _ = JvmProcess.start(() -> WAITING.go(log, gate));
                Waiting.until(() -> log.size() > 0);
                log.append(0);
                Waiting.until(() -> false);
            }
        };

        abstract void go(SideLog log, Gate gate);
    }

    /** A JVM with one process. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] args) {
            Occupation occupation = Occupation.valueOf(args[0]);
            SideLog log = SideLog.at(args[1]);
            Gate gate = new Gate(args[2]);
            JvmProcess process = JvmProcess.builder(() -> occupation.go(log, gate)).daemon(args[3].equals("daemon"))
                    .outlivesParent(args[3].equals("outlives")).start();
            System.out.println("child " + process.pid());
            switch (args[4]) {
                case "wait" -> Waiting.until(() -> false);
                case "return" -> Waiting.until(() -> log.size() > 0);
                case "return at once" -> {
                }
                case "exit" -> {
                    Waiting.until(() -> log.size() > 0);
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("ending")));
                    System.exit(5);
                }
                default -> throw new IllegalArgumentException(args[4]);
            }
        }
    }

    private CoordinatorJvm parent(Occupation occupation, String kind, String end) throws IOException {
        return CoordinatorJvm.start(directory, Parent.class, List.of(), occupation.name(), log.file(), gate.file(),
                kind,
                end);
    }

    private void awaitBegun(int processes) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> log.pids().size() == processes);
    }

    private void awaitGone() {
        assertThat(log.pids()).isNotEmpty();
        await().atMost(GONE).pollInterval(Duration.ofMillis(10))
                .until(() -> log.pids().stream().noneMatch(Workers::isRunning));
    }

    private long end(int index) {
        return log.runs().getOrDefault((long) index, 0);
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.startsWith("farmhand-")))
                    .isEmpty();
        }
    }

    // ---- the parent is killed ----

    @ParameterizedTest
    @EnumSource
    void haltsWithinTwoSecondsOfItsParentsDeath(Occupation occupation) throws Exception {
        try (CoordinatorJvm parent = parent(occupation, "", "wait")) {
            awaitBegun(occupation == Occupation.HAVING_A_CHILD ? 2 : 1);
            parent.handle().destroyForcibly();
            awaitGone();
        }
    }

    @Test
    void outlivesItsKilledParentWhenToldTo() throws Exception {
        try (CoordinatorJvm parent = parent(Occupation.WAITING_AT_THE_GATE, "outlives", "wait")) {
            awaitBegun(1);
            parent.handle().destroyForcibly();
            await().during(Duration.ofMillis(500)).atMost(PATIENCE)
                    .until(() -> log.pids().stream().allMatch(Workers::isRunning));
            gate.open();
            awaitGone();
            assertThat(end(1)).isEqualTo(1);
        }
    }

    @Test
    void outlivesItsParentAlsoWhenThatEndsBeforeItRuns() throws Exception {
        long child;
        try (CoordinatorJvm parent = parent(Occupation.WAITING_AT_THE_GATE, "outlives", "return at once")) {
            child = Long.parseLong(parent.awaitLine("child "));
            await().atMost(PATIENCE).until(() -> !Workers.isRunning(parent.handle().pid()));
            awaitBegun(1);
            assertThat(log.pids()).containsExactly(child);
            gate.open();
            await().atMost(PATIENCE).until(() -> end(1) == 1);
            awaitGone();
        }
        assertNothingLeft();
    }

    @Test
    void endsWithItsParentInTheMiddleOfATree() throws Exception {
        try (CoordinatorJvm parent = parent(Occupation.HAVING_A_CHILD, "", "return")) {
            awaitBegun(2);
            long middle = Long.parseLong(parent.awaitLine("child "));
            Workers.kill(middle);
            awaitGone();
            parent.awaitExit(PATIENCE, 0);
        }
        assertNothingLeft();
    }

    // ---- the parent ends by itself ----

    @Test
    void isWaitedForWhenItsParentsMainReturns() throws Exception {
        assertWaitedFor("return", 0);
    }

    @Test
    void isWaitedForWhenItsParentCallsExit() throws Exception {
        assertWaitedFor("exit", 5);
    }

    private void assertWaitedFor(String end, int status) throws Exception {
        try (CoordinatorJvm parent = parent(Occupation.WAITING_AT_THE_GATE, "", end)) {
            awaitBegun(1);
            await().during(Duration.ofMillis(300)).atMost(PATIENCE)
                    .until(() -> Workers.isRunning(parent.handle().pid()));
            assertThat(log.pids()).allMatch(Workers::isRunning);
            gate.open();
            parent.awaitExit(PATIENCE, status);
            assertThat(end(1)).isEqualTo(1);
        }
        assertNothingLeft();
    }

    @Test
    void isTerminatedAsADaemonWhenItsParentsMainReturns() throws Exception {
        try (CoordinatorJvm parent = parent(Occupation.WAITING, "daemon", "return")) {
            parent.awaitExit(PATIENCE, 0);
            awaitGone();
        }
        assertNothingLeft();
    }

    @Test
    void isKilledAsADaemonThatDoesNotHeedItsTermination() throws Exception {
        try (CoordinatorJvm parent = parent(Occupation.IGNORING_TERMINATION, "daemon", "exit")) {
            parent.awaitExit(PATIENCE, 5);
            awaitGone();
            assertThat(end(2)).as("it was asked first").isEqualTo(1);
        }
        assertNothingLeft();
    }

    // ---- a signal ends the parent ----

    @ParameterizedTest
    @EnumSource(names = {"WAITING", "SPINNING", "HAVING_A_CHILD"})
    void isTerminatedWhenASignalEndsItsParent(Occupation occupation) throws Exception {
        try (CoordinatorJvm parent = parent(occupation, "", "wait")) {
            awaitBegun(occupation == Occupation.HAVING_A_CHILD ? 2 : 1);
            Workers.signal("TERM", parent.handle().pid());
            parent.awaitExit(Duration.ofSeconds(4), 128 + 15);
            awaitGone();
        }
        assertNothingLeft();
    }

    @Test
    void isKilledAfterTheGraceWhenASignalEndsItsParent() throws Exception {
        try (CoordinatorJvm parent = parent(Occupation.IGNORING_TERMINATION, "", "wait")) {
            awaitBegun(1);
            Workers.signal("INT", parent.handle().pid());
            parent.awaitExit(AFTER_THE_GRACE, 128 + 2);
            awaitGone();
        }
        assertNothingLeft();
    }

    @Test
    void isTerminatedWhenASignalComesWhileItIsWaitedFor() throws Exception {
        try (CoordinatorJvm parent = parent(Occupation.WAITING, "", "exit")) {
            parent.awaitLine("ending");
            Workers.signal("TERM", parent.handle().pid());
            parent.awaitExit(Duration.ofSeconds(4), 5);
            awaitGone();
        }
        assertNothingLeft();
    }

    // ---- the parent's streams and limits ----

    /** Shows where output goes. */
    static final class Talking {
        private Talking() {}

        public static void main(String[] args) throws InterruptedException {
            JvmProcess.start(() -> System.out.println("it says h\u00e9llo")).join();
            JvmProcess.builder(() -> {
                throw new IllegalStateException("it fails");
            }).name("failing").start().join();
        }
    }

    @Test
    void printsOnTheStreamsOfItsParent() throws Exception {
        try (CoordinatorJvm parent = CoordinatorJvm.start(directory, Talking.class,
                List.of("-Dstdout.encoding=UTF-8"))) {
            assertThat(parent.awaitExit(PATIENCE, 0)).contains("it says h\u00e9llo")
                    .anyMatch(line -> line.contains("\"failing\" java.lang.IllegalStateException: it fails"))
                    .anyMatch(line -> line.contains("at io.farmhand.systemtests.JvmProcessParentTest$Talking"));
        }
    }

    /** Tries to start processes with few descriptors left, or none, and then with enough. */
    static final class FewDescriptors {
        private static final int FEW = 8;

        private FewDescriptors() {}

        public static void main(String[] args) throws Exception {
            JvmProcess.start(() -> System.exit(3)).join(); // loads all classes
            Deque<InputStream> open = new ArrayDeque<>();
            try {
                while (open.size() < 10_000) {
                    open.push(new FileInputStream("/dev/null"));
                }
            } catch (IOException e) {
                System.out.println("full");
            }
            for (int left = 0; left < FEW; left++) {
                try {
                    System.out.println("started too early: " + JvmProcess.start(() -> System.exit(1)));
                } catch (UncheckedIOException e) {
                    System.out.println("refused: " + e.getMessage());
                    open.pop().close();
                }
            }
            while (!open.isEmpty()) {
                open.pop().close();
            }
            System.out.println("then " + JvmProcess.start(() -> System.exit(4)).onExit().join().exitCode());
            System.out.println("active " + JvmProcess.activeChildren());
        }
    }

    @Test
    void saysSoWhenThereAreNoDescriptorsLeft() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path output = directory.resolve("output");
        Process child = new ProcessBuilder("bash", "-c", "ulimit -n 300; exec \"$@\"", "bash", java, "-Xmx128m",
                "-Djava.io.tmpdir=" + directory, "-cp", System.getProperty("java.class.path"),
                FewDescriptors.class.getName()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(child.waitFor(50, TimeUnit.SECONDS)).as("it ended").isTrue();
            List<String> lines = Files.readAllLines(output);
            assertThat(lines.getFirst()).isEqualTo("full");
            assertThat(lines.subList(1, 1 + FewDescriptors.FEW)).allSatisfy(line -> assertThat(line)
                    .startsWith("refused: The process cannot be started: ").contains("Too many open files")
                    .contains("ulimit -n"));
            assertThat(lines.subList(1 + FewDescriptors.FEW, lines.size())).containsExactly("then OptionalInt[4]",
                    "active []");
        } finally {
            child.descendants().forEach(ProcessHandle::destroyForcibly);
            child.destroyForcibly();
        }
    }

    /** Starts a thousand processes, most of which cannot start: that costs their parent as much as any other. */
    static final class Starter {
        private Starter() {}

        public static void main(String[] args) throws Exception {
            start(20);
            long descriptors = count(Path.of("/proc/self/fd"));
            start(1000);
            System.out.println("descriptors " + (count(Path.of("/proc/self/fd")) - descriptors));
            System.out.println("threads " + Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("farm-")).count());
            System.out.println("children " + JvmProcess.activeChildren().size() + " "
                    + ProcessHandle.current().children().count());
            try (Stream<Path> own = Files.walk(Path.of(System.getProperty("java.io.tmpdir")))) {
                System.out.println("files " + own.filter(file -> file.toString().contains("farmhand-"))
                        .filter(file -> !file.endsWith("lease")) // which lives as long as this process
                        .filter(Files::isRegularFile).count());
            }
        }

        private static void start(int count) throws InterruptedException {
            List<JvmProcess> processes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                processes.add(i % 40 == 0
                        ? JvmProcess.start(() -> System.exit(7))
                        : JvmProcess.builder(Waiting::forAnInterrupt).jvmArgs("-XX:NoSuchFlag").start());
                if (i >= 4) {
                    processes.get(i - 4).join(); // five at a time
                }
            }
            for (int i = 0; i < count; i++) {
                processes.get(i).join();
                int code = processes.get(i).exitCode().orElse(-100);
                if (code != (i % 40 == 0 ? 7 : 1)) {
                    System.out.println("wrong code " + code + " of " + processes.get(i));
                }
            }
        }

        private static long count(Path directory) throws IOException {
            try (Stream<Path> files = Files.list(directory)) {
                return files.filter(file -> !target(file).endsWith(".jar")).count();
            }
        }

        private static String target(Path link) {
            try {
                return Files.readSymbolicLink(link).toString();
            } catch (IOException e) {
                return ".jar"; // closed meanwhile, as that of the listing itself
            }
        }
    }

    @FarmTest(seconds = 120)
    @Test
    void leavesNothingOfAThousandProcesses() throws Exception {
        try (CoordinatorJvm parent = CoordinatorJvm.start(directory, Starter.class, List.of())) {
            List<String> output = parent.awaitExit(Duration.ofSeconds(110), 0);
            assertThat(output).contains("threads 0", "children 0 0", "files 0")
                    .noneMatch(line -> line.startsWith("wrong code"));
            assertThat(Long.parseLong(parent.awaitLine("descriptors "))).isLessThanOrEqualTo(2);
        }
        assertNothingLeft();
    }
}
