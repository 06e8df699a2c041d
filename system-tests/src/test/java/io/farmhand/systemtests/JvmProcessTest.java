package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.farmhand.JvmProcess;
import io.farmhand.JvmProcessBuilder;
import io.farmhand.Pool;
import io.farmhand.RemoteTaskException;
import io.farmhand.TaskSerializationException;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Pipe;
import io.farmhand.task.RemoteRunnable;
import java.io.EOFException;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Processes of one action: how they run, end and tell of it. After CPython's {@code _TestProcess}. */
@FarmTest
class JvmProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private Gate gate;
    private Gate ready;
    private String said;

    @BeforeEach
    void prepare() {
        gate = Gate.in(directory, "gate");
        ready = Gate.in(directory, "ready");
        said = directory.resolve("said").toString();
    }

    /** In a process: what the test is to know. */
    private static void say(String file, Object... words) throws IOException {
        Files.writeString(Path.of(file), String.join("\n", Arrays.stream(words).map(String::valueOf).toList()));
    }

    private List<String> said() throws IOException {
        return Files.readAllLines(Path.of(said));
    }

    private static JvmProcess ended(JvmProcess process) throws InterruptedException {
        assertThat(process.join(PATIENCE)).as("ended within %s: %s", PATIENCE, process).isTrue();
        return process;
    }

    private static int exitCode(RemoteRunnable action) throws InterruptedException {
        return ended(JvmProcess.start(action)).exitCode().orElseThrow();
    }

    private static void awaitOpen(Gate passed) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(passed::isOpen);
    }

    // ---- running ----

    @Test
    void runsTheActionWithWhatItCaptures() throws Exception {
        String file = said;
        List<Integer> numbers = List.of(1, 2);
        JvmProcess process = ended(JvmProcess.builder(() -> say(file, numbers, JvmProcess.currentName(),
                ProcessHandle.current().pid(), ProcessHandle.current().parent().orElseThrow().pid(),
                Thread.currentThread().getName())).name("counter").start());
        assertThat(process.exitCode()).hasValue(0);
        assertThat(process.failure()).isEmpty();
        assertThat(said()).containsExactly("[1, 2]", "counter", Long.toString(process.pid()),
                Long.toString(ProcessHandle.current().pid()), "counter");
    }

    @Test
    void isAliveAndAmongTheActiveChildrenUntilItHasEnded() throws Exception {
        Gate open = gate;
        try (JvmProcess process = JvmProcess.start(open::pass)) {
            assertThat(process.isAlive()).isTrue();
            assertThat(process.exitCode()).isEmpty();
            assertThat(process.failure()).isEmpty();
            assertThat(JvmProcess.activeChildren()).containsExactly(process);
            assertThat(process).hasToString("JvmProcess[name=%s pid=%d alive]".formatted(process.name(),
                    process.pid()));
            gate.open();
            process.join();
            assertThat(process.isAlive()).isFalse();
            assertThat(process.exitCode()).hasValue(0);
            assertThat(JvmProcess.activeChildren()).isEmpty();
            assertThat(process).hasToString("JvmProcess[name=%s pid=%d exitCode=0]".formatted(process.name(),
                    process.pid()));
        }
    }

    @Test
    void hasANumberForANameUnlessItIsGivenOne() throws Exception {
        JvmProcess first = ended(JvmProcess.start(() -> {}));
        JvmProcess second = ended(JvmProcess.start(() -> {}));
        assertThat(first.name()).matches("JvmProcess-\\d+");
        int number = Integer.parseInt(first.name().substring("JvmProcess-".length()));
        assertThat(second.name()).isEqualTo("JvmProcess-" + (number + 1));
        assertThat(JvmProcess.currentName()).isEqualTo("MainProcess");
        assertThatIllegalArgumentException().isThrownBy(() -> JvmProcess.builder(() -> {}).name(""));
    }

    @Test
    void takesOptionsEnvironmentAndDirectory() throws Exception {
        String file = said;
        Path elsewhere = Files.createDirectory(directory.resolve("else where"));
        ended(JvmProcess.builder(() -> say(file, System.getProperty("quoted"), System.getenv("FARMHAND_TEST"),
                Path.of("").toAbsolutePath(), System.getenv("PATH")))
                .jvmArgs("-Dquoted=a \"b\" \\c").environment(Map.of("FARMHAND_TEST", "yes")).directory(elsewhere)
                .start());
        assertThat(said()).containsExactly("a \"b\" \\c", "yes", elsewhere.toRealPath().toString(),
                System.getenv("PATH"));
    }

    @Test
    void refusesOptionsThatCannotBe() {
        JvmProcessBuilder builder = JvmProcess.builder(() -> {});
        assertThatIllegalArgumentException().isThrownBy(() -> builder.environment(Map.of("a=b", "c")))
                .withMessageContaining("name=a=b");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.directory(directory.resolve("none")))
                .withMessageContaining("none");
        assertThatIllegalStateException().isThrownBy(() -> builder.daemon(true).outlivesParent(true).start())
                .withMessageContaining("daemon=true");
    }

    @Test
    void readsNothingFromStandardInput() throws Exception {
        String file = said;
        ended(JvmProcess.start(() -> say(file, System.in.read())));
        assertThat(said()).containsExactly("-1");
    }

    @Test
    void startsWithoutWaitingForALargeActionToBeRead() throws Exception {
        byte[] large = new byte[20 << 20];
        Arrays.fill(large, (byte) 7);
        String file = said;
        ended(JvmProcess.start(() -> say(file, large.length, large[large.length - 1])));
        assertThat(said()).containsExactly(Integer.toString(large.length), "7");
    }

    /** CPython's {@code test_lose_target_ref}. */
    @Test
    void keepsNothingOfTheActionOnceItRuns() throws Exception {
        Gate open = gate;
        Gate running = ready;
        byte[] captured = {1};
        WeakReference<byte[]> reference = new WeakReference<>(captured);
        try (JvmProcess process = start(captured, running, open)) {
            awaitOpen(ready);
            captured = null;
            await().atMost(PATIENCE).until(() -> {
                System.gc();
                return reference.get() == null;
            });
            assertThat(process.isAlive()).isTrue();
            gate.open();
        }
    }

    private static JvmProcess start(byte[] captured, Gate running, Gate open) {
        return JvmProcess.start(() -> {
            running.open();
            if (captured.length > 0) {
                open.pass();
            }
        });
    }

    @Test
    void loadsNothingOfGrpcNettyOrProtobuf() throws Exception {
        Path log = directory.resolve("classes");
        ended(JvmProcess.builder(() -> {}).jvmArgs("-Xlog:class+load:file=" + log).start());
        assertThat(Files.readString(log)).contains("io.farmhand.internal.worker.ProcessMain")
                .doesNotContain("io.grpc").doesNotContain("io.netty").doesNotContain("com.google.protobuf")
                .doesNotContain("io.farmhand.internal.proto");
    }

    @Test
    void worksInTasksOfAPoolAndHasPoolsOfItsOwn() throws Exception {
        String file = said;
        try (Pool pool = Pools.quick().workers(1).build()) {
            int code = pool.apply(n -> ended(JvmProcess.start(() -> {
                try (Pool inner = Pools.quick().workers(1).build()) {
                    int three = inner.apply(Math::abs, -n);
                    say(file, three);
                }
            })).exitCode().orElseThrow(), 3);
            assertThat(code).isZero();
        }
        assertThat(said()).containsExactly("3");
    }

    // ---- joining ----

    @Test
    void joinGivesUpAfterItsTimeout() throws Exception {
        Gate open = gate;
        try (JvmProcess process = JvmProcess.start(open::pass)) {
            assertThat(process.join(Duration.ZERO)).isFalse();
            assertThat(process.join(Duration.ofMillis(50))).isFalse();
            assertThat(process.isAlive()).isTrue();
            assertThatIllegalArgumentException().isThrownBy(() -> process.join(Duration.ofMillis(-1)));
            gate.open();
            assertThat(process.join(PATIENCE)).isTrue();
            assertThat(process.join(Duration.ZERO)).isTrue();
        }
    }

    @Test
    void joinCanBeInterruptedAndTheProcessGoesOn() throws Exception {
        Gate open = gate;
        try (JvmProcess process = JvmProcess.start(open::pass)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(process::join).isInstanceOf(InterruptedException.class);
            assertThat(process.isAlive()).isTrue();
            gate.open();
        }
    }

    @Test
    void closeWaitsForTheEnd() {
        JvmProcess process = JvmProcess.start(() -> Waiting.pass(100));
        process.close();
        assertThat(process.exitCode()).hasValue(0);
        process.close();
    }

    @Test
    void anInterruptedCloseTerminatesTheProcess() {
        JvmProcess process = JvmProcess.start(Waiting::forAnInterrupt);
        Thread.currentThread().interrupt();
        process.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(process.exitCode()).hasValue(-15);
    }

    /** CPython's {@code test_sentinel}. */
    @Test
    void onExitCompletesWhenItHasEnded() throws Exception {
        Gate open = gate;
        JvmProcess process = JvmProcess.start(open::pass);
        CompletableFuture<JvmProcess> given = process.onExit();
        CompletableFuture<OptionalInt> chained = process.onExit().thenApply(JvmProcess::exitCode);
        assertThat(given).isNotDone();
        assertThat(process.onExit().cancel(true)).isTrue();
        gate.open();
        assertThat(given.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isSameAs(process);
        assertThat(chained.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).hasValue(0);
        assertThat(process.onExit()).isCompletedWithValue(process);
    }

    @Test
    void waitsForThreadsOfTheActionThatAreNoDaemons() throws Exception {
        Gate open = gate;
        Gate running = ready;
        String file = said;
        try (JvmProcess process = JvmProcess.start(() -> {
            Thread.ofPlatform().start(() -> {
                open.pass();
                try {
                    say(file, "late");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            running.open();
        })) {
            awaitOpen(ready);
            assertThat(process.join(Duration.ofMillis(200))).isFalse();
            gate.open();
        }
        assertThat(said()).containsExactly("late");
    }

    // ---- exit codes ----

    /** CPython's {@code test_sys_exit}. */
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "7, 7", "128, 128", "255, 255", "256, 0", "-1, 255"})
    void tellsTheStatusOfSystemExit(int status, int code) throws Exception {
        assertThat(exitCode(() -> System.exit(status))).isEqualTo(code);
    }

    @Test
    void tellsTheStatusOfHalt() throws Exception {
        assertThat(exitCode(() -> Runtime.getRuntime().halt(9))).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({"HUP, -1", "INT, -2", "KILL, -9", "USR1, -10", "TERM, -15", "ABRT, -6"})
    void tellsTheSignalThatEndedIt(String signal, int code) throws Exception {
        Gate running = ready;
        JvmProcess process = JvmProcess.start(() -> {
            running.open();
            Waiting.forAnInterrupt();
        });
        awaitOpen(ready);
        Workers.signal(signal, process.pid());
        assertThat(ended(process).exitCode()).hasValue(code);
        assertThat(process.failure()).isEmpty();
    }

    @SuppressWarnings("restricted")
    @Test
    void tellsTheSignalOfANativeCrash() throws Exception {
        JvmProcess process = JvmProcess.start(
                () -> MemorySegment.ofAddress(8).reinterpret(8).set(ValueLayout.JAVA_LONG, 0, 1));
        try {
            assertThat(ended(process).exitCode()).hasValue(-11);
        } finally {
            for (Path report : Workers.crashReports(process.pid())) {
                Files.delete(report);
            }
        }
    }

    @Test
    void exitsWithOneWhenTheJvmCannotStart() throws Exception {
        JvmProcess process = ended(JvmProcess.builder(() -> {}).jvmArgs("-XX:NoSuchFlag").start());
        assertThat(process.exitCode()).hasValue(1);
        assertThat(process.failure()).isEmpty();
    }

    @Test
    void anEndOfAPipeThatAProcessNeverReadIsAtItsEndOfFile() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        try (Connection end = pipe.first()) {
            ended(JvmProcess.builder(() -> other.send("never")).jvmArgs("-XX:NoSuchFlag").start());
            assertThat(end.poll(PATIENCE)).isTrue();
            assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void anEndOfAPipeForAProcessThatCannotBeStartedCanBeSentAgain() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        try (Connection end = pipe.first()) {
            RemoteRunnable action = () -> other.send("here");
            Path gone = Files.createDirectory(directory.resolve("gone"));
            JvmProcessBuilder builder = JvmProcess.builder(action).directory(gone);
            Files.delete(gone);
            assertThatThrownBy(builder::start).isInstanceOf(UncheckedIOException.class);
            JvmProcess process = JvmProcess.start(action);
            assertThat(end.poll(PATIENCE)).isTrue();
            assertThat(end.receive()).isEqualTo("here");
            ended(process);
            assertThat(end.poll(PATIENCE)).isTrue();
            assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
        }
    }

    // ---- failures ----

    /** Carries a number. */
    static final class Numbered extends IOException {
        private static final long serialVersionUID = 1;
        final int number;

        Numbered(int number) {
            super("number " + number);
            this.number = number;
        }
    }

    @Test
    void givesWhatTheActionThrewAsItself() throws Exception {
        JvmProcess process = ended(JvmProcess.start(JvmProcessTest::throwing));
        assertThat(process.exitCode()).hasValue(1);
        Throwable failure = process.failure().orElseThrow();
        assertThat(failure).isInstanceOfSatisfying(Numbered.class, thrown -> assertThat(thrown.number).isEqualTo(5));
        assertThat(failure).cause().isInstanceOfSatisfying(RemoteTaskException.class, origin -> {
            assertThat(origin).hasMessageContaining(process.name()).hasMessageContaining("pid " + process.pid())
                    .hasMessageContaining("number 5");
            assertThat(origin.remoteStack()).contains("JvmProcessTest.throwing").contains("ProcessMain.main");
            assertThat(origin.remoteType()).isEqualTo(Numbered.class.getName());
        });
        assertThat(process.failure()).containsSame(failure);
    }

    private static void throwing() throws IOException {
        throw new Numbered(5);
    }

    /** Cannot be written. */
    static final class Unwritable extends RuntimeException {
        private static final long serialVersionUID = 1;
        @SuppressWarnings("unused")
        private final Thread thread = Thread.currentThread();

        Unwritable(String message) {
            super(message);
        }
    }

    @Test
    void givesWhatCannotBeRebuiltAsText() throws Exception {
        JvmProcess process = ended(JvmProcess.start(() -> {
            throw new Unwritable("a thread inside");
        }));
        assertThat(process.exitCode()).hasValue(1);
        assertThat(process.failure().orElseThrow()).isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("a thread inside").hasMessageContaining("Unwritable");
    }

    @Test
    void tellsOfAnExceptionAlsoWhenItsThreadIsInterrupted() throws Exception {
        JvmProcess process = ended(JvmProcess.start(() -> {
            Thread.currentThread().interrupt();
            throw new Numbered(6);
        }));
        assertThat(process.failure().orElseThrow()).isInstanceOf(Numbered.class);
    }

    @Test
    void failsToStartWithAnActionThatCannotBeSerialized() {
        Thread thread = Thread.currentThread();
        assertThatThrownBy(() -> JvmProcess.start(() -> thread.setName("x")))
                .isInstanceOfSatisfying(TaskSerializationException.class,
                        e -> assertThat(e.stage()).isEqualTo(TaskSerializationException.Stage.FUNCTION_OUT))
                .hasMessageContaining("captured").hasMessageContaining("java.lang.Thread");
        assertThat(JvmProcess.activeChildren()).isEmpty();
    }

    /** Can be written, but not read. */
    private record Unreadable(String why) implements Serializable {
        Unreadable {
            if (ProcessHandle.current().pid() != Long.parseLong(why)) {
                throw new IllegalStateException("not here");
            }
        }
    }

    @Test
    void tellsOfAnActionThatCannotBeRead() throws Exception {
        Unreadable captured = new Unreadable(Long.toString(ProcessHandle.current().pid()));
        JvmProcess process = ended(JvmProcess.start(() -> System.out.println(captured)));
        assertThat(process.exitCode()).hasValue(1);
        assertThat(process.failure().orElseThrow()).isInstanceOfSatisfying(TaskSerializationException.class,
                e -> assertThat(e.stage()).isEqualTo(TaskSerializationException.Stage.FUNCTION_IN))
                .hasMessageContaining("not here").hasMessageContaining(process.name());
    }

    /** Ends the process that reads it. */
    private static final class ExitsWhenRead implements RemoteRunnable {
        private static final long serialVersionUID = 1;

        private void readObject(ObjectInputStream in) {
            System.exit(8);
        }

        @Override
        public void run() {
            throw new AssertionError("it is never read");
        }
    }

    @Test
    void tellsTheStatusOfAnActionThatExitsWhileItIsRead() throws Exception {
        assertThat(exitCode(new ExitsWhenRead())).isEqualTo(8);
    }

    @Test
    void saysWhyItCannotBeStarted() throws Exception {
        Path removed = Files.createDirectory(directory.resolve("removed"));
        JvmProcessBuilder builder = JvmProcess.builder(() -> {}).directory(removed);
        Files.delete(removed);
        assertThatThrownBy(builder::start).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(removed.toString()).hasMessageContaining("No such file or directory");
        assertThat(JvmProcess.activeChildren()).isEmpty();
    }

    // ---- ending it ----

    @Test
    void terminateRunsItsShutdownHooks() throws Exception {
        Gate running = ready;
        String file = said;
        JvmProcess process = JvmProcess.start(() -> {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    say(file, "hook");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            running.open();
            Waiting.forAnInterrupt();
        });
        awaitOpen(ready);
        process.terminate();
        assertThat(ended(process).exitCode()).hasValue(-15);
        assertThat(said()).containsExactly("hook");
        process.terminate();
        process.kill();
        process.interrupt();
        assertThat(process.exitCode()).hasValue(-15);
    }

    @Test
    void terminateEndsItAlsoBeforeItRuns() throws Exception {
        JvmProcess process = JvmProcess.start(Waiting::forAnInterrupt);
        process.terminate();
        assertThat(ended(process).exitCode()).hasValue(-15);
    }

    @Test
    void killEndsWhatDoesNotHeedTerminate() throws Exception {
        Gate running = ready;
        JvmProcess process = JvmProcess.start(() -> {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Waiting.until(() -> false)));
            running.open();
            Waiting.forAnInterrupt();
        });
        awaitOpen(ready);
        process.terminate();
        assertThat(process.join(Duration.ofMillis(300))).isFalse();
        process.kill();
        assertThat(ended(process).exitCode()).hasValue(-9);
    }

    /** CPython's {@code test_interrupt}. */
    @Test
    void interruptInterruptsTheMainThread() throws Exception {
        Gate running = ready;
        String file = said;
        JvmProcess process = JvmProcess.start(() -> {
            running.open();
            try {
                Waiting.forAnInterrupt();
            } catch (InterruptedException e) {
                say(file, "first");
            }
            running.pass();
            Waiting.forAnInterrupt();
        });
        awaitOpen(ready);
        process.interrupt();
        await().atMost(PATIENCE).until(() -> Files.exists(Path.of(said)));
        assertThat(process.isAlive()).isTrue();
        process.interrupt();
        assertThat(ended(process).exitCode()).hasValue(1);
        assertThat(process.failure().orElseThrow()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void interruptReachesAnActionThatHasNotBegun() throws Exception {
        JvmProcess process = JvmProcess.start(Waiting::forAnInterrupt);
        process.interrupt();
        assertThat(ended(process).failure().orElseThrow()).isInstanceOf(InterruptedException.class);
    }

    // ---- many ----

    /** CPython's {@code test_many_processes}. */
    @Test
    void endsManyAtOnce() throws Exception {
        List<JvmProcess> processes = IntStream.range(0, 8)
                .mapToObj(_ -> JvmProcess.start(Waiting::forAnInterrupt)).toList();
        assertThat(JvmProcess.activeChildren()).isEqualTo(processes);
        processes.forEach(JvmProcess::terminate);
        for (JvmProcess process : processes) {
            assertThat(ended(process).exitCode()).hasValue(-15);
        }
        List<Integer> codes = new ArrayList<>();
        for (JvmProcess process : Stream.generate(() -> JvmProcess.start(() -> System.exit(3))).limit(8).toList()) {
            codes.add(ended(process).exitCode().orElseThrow());
        }
        assertThat(codes).hasSize(8).containsOnly(3);
    }

    /** CPython's {@code test_recursion}. */
    @Test
    void startsProcessesOfItsOwn() throws Exception {
        String root = directory.toString();
        assertThat(exitCode(() -> descend(root, 0))).isZero();
        try (Stream<Path> names = Files.list(directory)) {
            assertThat(names.map(name -> name.getFileName().toString()).map(name -> name.replaceFirst("-\\d+", "-N")))
                    .containsExactlyInAnyOrder("JvmProcess-N", "JvmProcess-N:1", "JvmProcess-N:2", "JvmProcess-N:1:1",
                            "JvmProcess-N:1:2", "JvmProcess-N:2:1", "JvmProcess-N:2:2");
        }
    }

    private static void descend(String root, int depth) throws Exception {
        say(Path.of(root, JvmProcess.currentName()).toString(), depth);
        if (depth < 2) {
            for (int i = 0; i < 2; i++) {
                ended(JvmProcess.start(() -> descend(root, depth + 1)));
            }
        }
    }

    /** CPython's {@code test_child_fd_inflation}. */
    @Test
    void inheritsNoDescriptorsOfItsSiblings() throws Exception {
        Gate open = gate;
        String file = said;
        ended(JvmProcess.start(() -> say(file, pipes())));
        List<String> alone = said();
        List<JvmProcess> siblings = IntStream.range(0, 4).mapToObj(_ -> JvmProcess.start(open::pass)).toList();
        ended(JvmProcess.start(() -> say(file, pipes())));
        assertThat(said()).isEqualTo(alone);
        gate.open();
        for (JvmProcess sibling : siblings) {
            ended(sibling);
        }
    }

    /** In a process: how many pipes it has open. */
    private static long pipes() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(JvmProcessTest::isPipe).count();
        }
    }

    private static boolean isPipe(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("pipe:");
        } catch (IOException e) {
            return false;
        }
    }
}
