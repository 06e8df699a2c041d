package io.farmhand.sync;

import static java.util.Objects.requireNonNull;

import io.farmhand.task.RemoteRunnable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Another JVM that runs an action and tells by lines on its standard output how far it is. It is killed when closed. */
public final class ChildJvm implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final String END = "\0end";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private ChildJvm(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::read);
    }

    /** Starts a JVM that runs an action, which brings its handles along, and then exits. */
    public static ChildJvm start(RemoteRunnable action, String... jvmArgs) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-Xmx128m", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(jvmArgs));
        command.add(ChildJvm.class.getName());
        Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        ChildJvm child = new ChildJvm(process);
        try (OutputStream in = process.getOutputStream(); ObjectOutputStream out = new ObjectOutputStream(in)) {
            out.writeObject(action);
        }
        return child;
    }

    /** Says something to the parent. */
    public static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** Says something to the parent, and then waits to be killed. */
    public static void sayAndStay(String line) throws InterruptedException {
        say(line);
        Thread.currentThread().join();
    }

    /** Runs what stands on standard input. */
    public static void main(String[] arguments) throws Exception {
        RemoteRunnable action;
        try (ObjectInputStream in = new ObjectInputStream(System.in)) {
            action = (RemoteRunnable) requireNonNull(in.readObject());
        }
        action.run();
        System.exit(0); // even if threads of the action's are left
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line; (line = reader.readLine()) != null;) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add(e.toString());
        } finally {
            lines.add(END);
        }
    }

    /** The next line it says. */
    public String line() throws InterruptedException {
        String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (line == null || line.equals(END)) {
            throw new AssertionError("the child says nothing more: pid=" + process.pid() + " alive="
                    + process.isAlive());
        }
        return line;
    }

    /** Waits until it says that. */
    public ChildJvm expect(String expected) throws InterruptedException {
        String line = line();
        if (!line.equals(expected)) {
            throw new AssertionError("the child said: " + line + " and not: " + expected);
        }
        return this;
    }

    /** Waits for its end; the exit status. */
    public int exit() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the child does not end: pid=" + process.pid());
        }
        return process.exitValue();
    }

    /** Its number. */
    public long pid() {
        return process.pid();
    }

    /** kill -9, and waits for its end. */
    public void kill() {
        Process _ = process.destroyForcibly();
        Process _ = process.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        kill();
    }
}
