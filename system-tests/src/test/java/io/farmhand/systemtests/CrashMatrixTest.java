package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.Pool;
import io.farmhand.TaskSerializationException;
import io.farmhand.TaskTimeoutException;
import io.farmhand.WorkerCrashedException;
import io.farmhand.systemtests.Bomb.Fault;
import io.farmhand.systemtests.CrashMatrix.Call;
import io.farmhand.systemtests.CrashMatrix.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever goes wrong, wherever, in whichever call: it ends within its bound with the right error, and the next call on
 * the same pool succeeds. What ends or hangs the caller's own process is the caller's; it must leave no worker behind,
 * or not stand in the way of other calls.
 */
@FarmTest(seconds = 30, replacesWorkers = true)
class CrashMatrixTest {
    private static final Duration TASK_TIMEOUT = Duration.ofMillis(500);
    /** What ends a process may take its time: the report of a crash is long. */
    private static final Duration AMPLE_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration WORKERS_GONE = Duration.ofSeconds(2);

    private static Pool pool;

    @TempDir
    Path directory;

    @BeforeAll
    static void makePool() {
        pool = Pools.whole(Pools.quick().maxHeap("128m").crashRetries(0).taskTimeout(AMPLE_TIMEOUT), 2);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    static List<CrashMatrix> inWorkers() {
        return CrashMatrix.all().stream().filter(cell -> !cell.stage().isCallers()).toList();
    }

    static List<CrashMatrix> thrownInTheCaller() {
        return inTheCaller().stream().filter(cell -> !cell.fault().isDeath() && !cell.fault().isHang()).toList();
    }

    static List<CrashMatrix> deathsOfTheCaller() {
        return inTheCaller().stream().filter(cell -> cell.fault().isDeath()).toList();
    }

    static List<CrashMatrix> hangsInTheCaller() {
        return inTheCaller().stream().filter(cell -> cell.fault().isHang()).toList();
    }

    private static List<CrashMatrix> inTheCaller() {
        return CrashMatrix.all().stream().filter(cell -> cell.stage().isCallers()).toList();
    }

    @ParameterizedTest
    @MethodSource("inWorkers")
    void endsWithTheRightErrorWhenItHappensInAWorker(CrashMatrix cell) {
        Pool struck = cell.fault().isHang() ? pool.with(options -> options.taskTimeout(TASK_TIMEOUT)) : pool;
        Throwable error = catchThrowable(() -> cell.strike(struck));
        assertThat(error).isInstanceOf(expectedInAWorker(cell));
        assertUsable();
    }

    private static Class<? extends Throwable> expectedInAWorker(CrashMatrix cell) {
        Fault fault = cell.fault();
        if (fault.isHang()) {
            return TaskTimeoutException.class;
        }
        if (fault.isDeath() || fault == Fault.OUT_OF_MEMORY) {
            return WorkerCrashedException.class;
        }
        if (cell.stage() != Stage.RUN) {
            return TaskSerializationException.class;
        }
        return switch (fault) {
            case EXCEPTION -> IllegalStateException.class;
            case ERROR -> AssertionError.class;
            default -> StackOverflowError.class;
        };
    }

    @ParameterizedTest
    @MethodSource("thrownInTheCaller")
    void endsWithTheRightErrorWhenTheCallersOwnCodeThrows(CrashMatrix cell) {
        Throwable error = catchThrowable(() -> cell.strike(pool));
        assertThat(error).isInstanceOf(cell.fault() == Fault.OUT_OF_MEMORY
                ? OutOfMemoryError.class
                : TaskSerializationException.class);
        assertUsable();
    }

    @ParameterizedTest
    @MethodSource("hangsInTheCaller")
    void leavesOtherCallsAloneWhileTheCallersOwnCodeHangs(CrashMatrix cell) throws InterruptedException {
        CompletableFuture<Object> ended = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform().daemon().start(() -> {
            try {
                ended.complete(cell.strike(pool));
            } catch (Throwable e) {
                ended.completeExceptionally(e);
            }
        });
        try {
            assertUsable();
            assertThat(ended).isNotDone();
        } finally {
            Bomb.defuse(true);
            caller.join();
            Bomb.defuse(false);
        }
        assertThat(ended).isCompleted();
        assertUsable();
    }

    @ParameterizedTest
    @MethodSource("deathsOfTheCaller")
    void leavesNoWorkerBehindWhenTheCallersOwnCodeEndsItsProcess(CrashMatrix cell)
            throws IOException, InterruptedException {
        List<String> jvmArgs = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-CreateCoredumpOnCrash",
                "-XX:ErrorFile=" + directory.resolve("hs_err.log"), "--enable-native-access=ALL-UNNAMED");
        try (CoordinatorJvm coordinator = CoordinatorJvm.start(directory, Victim.class, jvmArgs, cell.fault().name(),
                cell.stage().name(), cell.call().name())) {
            coordinator.awaitLine("ready");
            List<ProcessHandle> workers = coordinator.workers();
            coordinator.awaitExit(Duration.ofSeconds(20), switch (cell.fault()) {
                case SIGKILL -> 137;
                case SIGSEGV -> 1;
                default -> 7;
            });
            Awaitility.await().atMost(WORKERS_GONE).pollInterval(Duration.ofMillis(5)).until(
                    () -> workers.stream().noneMatch(worker -> Workers.isRunning(worker.pid())));
        }
    }

    private static void assertUsable() {
        assertThat(pool.map(n -> n + 1, List.of(1, 2, 3))).containsExactly(2, 3, 4);
    }

    /** The process that ends. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws Throwable {
            CrashMatrix cell = new CrashMatrix(Fault.valueOf(args[0]), Stage.valueOf(args[1]), Call.valueOf(args[2]));
            Pool pool = Pools.quick().workers(1).crashRetries(0).build();
            System.out.println("ready");
            System.out.println(cell.strike(pool));
            throw new AssertionError("survived");
        }
    }
}
