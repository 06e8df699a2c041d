package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code docker-compose.yml} as it stands, with what is installed of Compose. */
@DockerTest
@Timeout(600)
class ComposeTest {
    private static final long PATIENCE_MINUTES = 8;

    @TempDir
    private Path directory;

    @Test
    void theScriptRunsFromEndToEnd() throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Process script = new ProcessBuilder(CommandLineTest.ROOT.resolve("docker/end-to-end").toString())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            boolean ended = script.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
            String output = Files.readString(log);
            assertThat(ended ? script.exitValue() : -1).as(output).isZero();
            assertThat(output.lines()).hasSize(7).last().isEqualTo("end-to-end: all ended with 0");
        } finally {
            List<ProcessHandle> all = script.descendants().toList();
            script.destroy(); // by a signal that lets it clean up
            if (!script.waitFor(1, TimeUnit.MINUTES)) {
                script.destroyForcibly();
            }
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
