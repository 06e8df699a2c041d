package io.farmhand.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.task.Setup;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A worker's process, spoken to in the protocol. */
@Timeout(60)
@NullUnmarked
@DisabledOnOs(OS.WINDOWS) // there is no SIGTERM
class WorkerMainTest {
    @TempDir
    private Path directory;
    private FakeCoordinator farm;
    private Process process;
    private Path errors;

    @BeforeEach
    void start() throws Exception {
        farm = new FakeCoordinator(directory);
        errors = directory.resolve("stderr");
        process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                WorkerMain.class.getName())
                .redirectError(errors.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        OutputStream in = process.getOutputStream();
        farm.boot().writeDelimitedTo(in);
        in.flush();
        farm.take(FromWorker.KindCase.HELLO);
    }

    @AfterEach
    void end() throws Exception {
        process.destroyForcibly().waitFor();
        farm.close();
    }

    private int exitStatus() throws Exception {
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    /**
     * Sends SIGTERM while the second item of attempt 1 runs. The timer has sent the result of the first, so it has
     * installed the signal's handler, too.
     */
    private void terminateWhileBusy() throws Exception {
        farm.function(1, item -> {
            new CountDownLatch((int) item).await();
            return item;
        });
        farm.chunk(1, 1, 0, 0, 1, 2);
        assertThat(farm.take(FromWorker.KindCase.RESULTS).getResults().getLast()).isFalse();
        process.toHandle().destroy();
        farm.take(FromWorker.KindCase.LEAVING);
    }

    @Test
    void aFinalizerThatFailsIsToldOnStderrAndChangesNothingElse() throws Exception {
        farm.welcome(0, new Setup(null, () -> {
            throw new IllegalStateException("cannot let go");
        }));
        farm.take(FromWorker.KindCase.READY);
        farm.stop();
        assertThat(exitStatus()).isZero();
        assertThat(Files.readString(errors)).contains("java.lang.IllegalStateException: cannot let go")
                .contains("at " + WorkerMainTest.class.getName());
    }

    @Test
    void aTerminatedWorkerAsksToLeaveAndEndsWellWhenStopped() throws Exception {
        farm.ready();
        terminateWhileBusy();
        farm.recall(1, true);
        farm.takeReturned(1, 2);
        assertThat(farm.takeAll(1).failed()).containsExactly(0);
        farm.stop();
        assertThat(exitStatus()).isZero();
    }

    @Test
    void aSecondSigtermEndsTheWorkerAtOnce() throws Exception {
        farm.ready();
        terminateWhileBusy();
        process.toHandle().destroy();
        assertThat(exitStatus()).isEqualTo(WorkerMain.TERMINATED);
    }

    @Test
    void aWorkerThatIsNotWelcomeYetEndsAtSigterm() throws Exception {
        process.toHandle().destroy();
        assertThat(exitStatus()).isEqualTo(WorkerMain.TERMINATED);
    }
}
