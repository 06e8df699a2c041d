package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A command of the farm, out of the jar, as a process of its own, whose output and errors go to files. */
final class FarmProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;
    private final Path errors;

    private FarmProcess(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Starts it in a directory, without input; what it looks for in the user's cache directory it finds there. */
    static FarmProcess start(Path directory, String... arguments) throws IOException {
        FarmProcess started = open(directory, arguments);
        started.process.getOutputStream().close();
        return started;
    }

    /** As {@link #start}, whose input comes by {@link #write}. */
    static FarmProcess open(Path directory, String... arguments) throws IOException {
        return open(List.of(), directory, arguments);
    }

    /** As {@link #start}, by a command that runs another. */
    static FarmProcess startBy(List<String> prefix, Path directory, String... arguments) throws IOException {
        FarmProcess started = open(prefix, directory, arguments);
        started.process.getOutputStream().close();
        return started;
    }

    private static FarmProcess open(List<String> prefix, Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(CommandLineTest.JAVA,
                "-Dfarmhand.jars=" + directory.resolve("jars"), "-jar", CommandLineTest.JAR));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(directory, arguments[0], ".out");
        Path errors = Files.createTempFile(directory, arguments[0], ".err");
        return new FarmProcess(new ProcessBuilder(command).directory(directory.toFile())
                .redirectOutput(output.toFile()).redirectError(errors.toFile()).start(), output, errors);
    }

    /** Writes the numbers of a range to its input, a line each, and ends that. */
    void write(int from, int to) throws IOException {
        try (BufferedWriter in = process.outputWriter(StandardCharsets.UTF_8)) {
            for (int i = from; i < to; i++) {
                in.write(i + "\n");
            }
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    String output() {
        return read(output);
    }

    String errors() {
        return read(errors);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits until its errors have something, and gives the first group of it, or all. */
    String awaitErrors(String pattern) {
        return await(errors, Pattern.compile(pattern));
    }

    /** As {@link #awaitErrors}, of its output. */
    String awaitOutput(String pattern) {
        return await(output, Pattern.compile(pattern));
    }

    private String await(Path file, Pattern pattern) {
        return Awaitility.await().atMost(PATIENCE)
                .failFast(() -> assertThat(process.isAlive() || pattern.matcher(read(file)).find())
                        .as("it has ended: %s", read(errors)).isTrue())
                .until(() -> pattern.matcher(read(file)).results().findFirst(), Optional::isPresent)
                .map(found -> found.groupCount() == 0 ? found.group() : found.group(1)).orElseThrow();
    }

    /** Waits for its end, and gives its exit status. */
    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it ends; errors: %s", errors())
                .isTrue();
        return process.exitValue();
    }

    /** Tells it to end, by SIGTERM, and gives its exit status. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy();
        return awaitEnd();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Ends it and all its children, if it has not ended. */
    @Override
    public void close() {
        List<ProcessHandle> all = process.descendants().toList();
        process.destroyForcibly();
        all.forEach(ProcessHandle::destroyForcibly);
        process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
}
