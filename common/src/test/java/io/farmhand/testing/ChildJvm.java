package io.farmhand.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.task.RemoteRunnable;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A JVM that runs one task, which travels to it with the handles that it captures. Its output is read line by line. */
public final class ChildJvm implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Thread reader;

    private ChildJvm(Process process) {
        this.process = process;
        this.reader = Thread.ofPlatform().daemon().name("child-output").start(this::read);
    }

    /** Starts one. */
    public static ChildJvm start(RemoteRunnable task, String... jvmArgs) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-ea", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(Arrays.asList(jvmArgs));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(serialized(task));
            }
            return new ChildJvm(process);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs one to its end, which must be a good one; what it printed. */
    public static List<String> run(RemoteRunnable task, String... jvmArgs) throws InterruptedException {
        try (ChildJvm child = start(task, jvmArgs)) {
            return child.awaitSuccess();
        }
    }

    /** What travels for an object. */
    public static byte[] serialized(Object object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** What becomes of that here. */
    public static Object deserialized(byte[] bytes) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
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

    /** The next line that it prints. */
    public String awaitLine() throws InterruptedException {
        String line = lines.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(line).as("a line of output; alive=%s", process.isAlive()).isNotNull();
        return String.valueOf(line);
    }

    public long pid() {
        return process.pid();
    }

    /** Kills it, and waits for its end. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    }

    /** Waits for its end, which must be a good one; what it printed and was not read yet. */
    public List<String> awaitSuccess() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).as("its end; output: %s", lines)
                .isTrue();
        reader.join();
        assertThat(process.exitValue()).as("exit status; output: %s", lines).isZero();
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    static final class Main {
        private Main() {}

        public static void main(String[] args) throws Exception {
            ((RemoteRunnable) deserialized(System.in.readAllBytes())).run();
        }
    }
}
