package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A JVM of its own for a coordinator whose end, memory or settings are at test: runs a small main class of the tests. */
final class CoordinatorJvm implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Thread reader;

    private CoordinatorJvm(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().name("coordinator-output").start(this::read);
    }

    /**
     * Starts it.
     *
     * @param temporary its {@code java.io.tmpdir}
     * @param main has a main method
     * @param jvmArgs options of the JVM
     */
    static CoordinatorJvm start(Path temporary, Class<?> main, List<String> jvmArgs, String... args)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-ea");
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(jvmArgs);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(Arrays.asList(args));
        return new CoordinatorJvm(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("its output broke off: " + e);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    List<ProcessHandle> workers() {
        return Workers.of(process.toHandle());
    }

    /** Waits for a line that begins so, and gives the rest of it. */
    String awaitLine(String prefix) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            assertThat(process.isAlive() || reader.isAlive() || has(prefix)).as("it ended: %s", lines).isTrue();
            return has(prefix);
        });
        return lines.stream().filter(line -> line.startsWith(prefix)).findFirst().orElseThrow()
                .substring(prefix.length());
    }

    private boolean has(String prefix) {
        return lines.stream().anyMatch(line -> line.startsWith(prefix));
    }

    /** Waits for its end; all that it printed. */
    List<String> awaitExit(Duration patience, int status) throws InterruptedException {
        assertThat(process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)).as("exit within %s: %s", patience,
                lines).isTrue();
        reader.join();
        assertThat(process.exitValue()).as("exit status; output: %s", lines).isEqualTo(status);
        return lines;
    }

    @Override
    public void close() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
