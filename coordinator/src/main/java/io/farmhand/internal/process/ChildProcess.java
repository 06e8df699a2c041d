package io.farmhand.internal.process;

import io.farmhand.internal.jvm.ChildFailure;
import io.farmhand.internal.jvm.CurrentJvm;
import io.farmhand.internal.jvm.Launch;
import io.farmhand.internal.socket.Outlet;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One child JVM that runs one function, from its start to what it left.
 *
 * <p><b>Concurrency.</b> Each has a thread, {@code farm-process-N}, that sends the launch message, waits for the end and
 * cleans up behind it; unless the child is a daemon it is none, either, so that this JVM lives until the child has
 * ended. The monitor of {@code stdin} guards what is sent after the launch message.
 */
public final class ChildProcess {
    private static final System.Logger LOG = System.getLogger(ChildProcess.class.getName());
    /** The status of a JVM that fails at its start, and that a SIGTERM in the middle of its start gives it: JDK's doing. */
    private static final int STARTING_FAILED = 1;
    /** The status that SIGTERM gives a process: 128 and the signal's number. */
    private static final int TERMINATED = 143;
    /** Named and not imported: the worker's module is on the class path only. */
    private static final String MAIN_CLASS = "io.farmhand.internal.worker.ProcessMain";

    private final long startedMillis = System.currentTimeMillis();
    private final ChildOptions options;
    private final int nth;
    private final String name;
    private final Path argumentFile;
    private final Path report;
    private final Process process;
    /** Kept open as long as the child lives: its end tells the child that we are gone. */
    private final OutputStream stdin;
    /** Whether it was asked to end. */
    private volatile boolean terminated;
    private final CompletableFuture<Void> sent = new CompletableFuture<>();
    private final CompletableFuture<ChildExit> exit = new CompletableFuture<>();
    /** The function until it is sent; the child's thread alone touches it. */
    private @Nullable ByteBuffer function;
    private boolean takesOrders; // guarded by stdin
    private boolean interruptWanted; // guarded by stdin

    private ChildProcess(ChildOptions options, ByteBuffer function) throws IOException {
        this.options = options;
        this.function = function;
        nth = Children.INSTANCE.next();
        name = options.name().isEmpty() ? "JvmProcess-" + CurrentJvm.child(nth) : options.name();
        Path directory = Children.INSTANCE.files().directory();
        argumentFile = directory.resolve(nth + ".args");
        report = directory.resolve(nth + ".report");
        process = launch();
        stdin = process.getOutputStream();
    }

    /**
     * Starts a child.
     *
     * @param function the encoded function, backed by an array
     * @throws IOException when it cannot be started
     * @throws IllegalStateException when this JVM ends
     */
    public static ChildProcess start(ChildOptions options, ByteBuffer function) throws IOException {
        Children.INSTANCE.open();
        try {
            ChildProcess child = new ChildProcess(options, function);
            child.begin();
            return child;
        } catch (OutOfMemoryError e) { // no thread left, most often
            throw new IOException(e.getMessage(), e);
        }
    }

    private Process launch() throws IOException {
        List<String> arguments = new ArrayList<>(JavaCommand.options(options.jvmArgs()));
        // Both write to the same streams.
        arguments.add("-Dstdout.encoding=" + System.getProperty("stdout.encoding"));
        arguments.add("-Dstderr.encoding=" + System.getProperty("stderr.encoding"));
        FarmClassPath classPath = FarmClassPath.of(JavaCommand.ownClassPath());
        arguments.addAll(JavaCommand.classPath(classPath.entries()));
        arguments.addAll(options.jvmArgs());
        arguments.add(MAIN_CLASS);
        List<String> command = new ArrayList<>();
        command.add(JavaCommand.executable().toString());
        command.addAll(AotCache.of(classPath, options.jvmArgs(), options.environment()).options());
        if (options.outlivesParent()) {
            command.addAll(arguments); // the file may be gone with us before the child reads it
        } else {
            command.add("@" + argumentFile);
        }
        ProcessBuilder builder = new ProcessBuilder(command).directory(options.directory().toFile())
                .redirectOutput(ProcessBuilder.Redirect.INHERIT).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(options.environment());
        try {
            JavaCommand.write(argumentFile, arguments);
            return builder.start();
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(argumentFile);
            throw e;
        }
    }

    private void begin() {
        boolean watched = false;
        try {
            if (!Children.INSTANCE.add(this)) {
                throw Children.ending();
            }
            Thread.ofPlatform().name("farm-process-" + nth).daemon(options.daemon() || options.outlivesParent())
                    .inheritInheritableThreadLocals(false).start(this::run);
            watched = true;
        } finally {
            if (!watched) {
                process.destroyForcibly();
                closeStdin();
                cleanUp();
            }
        }
        if (options.outlivesParent()) {
            sent.join(); // else it might end with us before it knows what to do
        }
    }

    private void run() {
        try {
            ChildExit end = runToItsEnd();
            cleanUp();
            exit.complete(end);
        } catch (Throwable e) { // a bug of ours, or no memory: whoever waits must hear of it
            try {
                kill();
                cleanUp();
            } finally {
                exit.completeExceptionally(e);
            }
        }
    }

    private ChildExit runToItsEnd() {
        try {
            send();
            return report(awaitEnd());
        } finally {
            sent.complete(null);
            closeStdin();
        }
    }

    private void send() {
        ByteBuffer encoded = function;
        function = null;
        if (encoded == null) {
            throw new IllegalStateException("the function was sent before");
        }
        try {
            new Launch(name, CurrentJvm.child(nth), options.outlivesParent(), Outlet.inherited(),
                    report.toString(), encoded).write(stdin);
        } catch (IOException e) {
            // It died at once: its exit tells more than this broken pipe.
            LOG.log(System.Logger.Level.DEBUG, name + " did not take its launch message", e);
        }
        sent.complete(null);
        synchronized (stdin) {
            takesOrders = true;
            if (interruptWanted) {
                order(Launch.INTERRUPT);
            }
        }
    }

    private int awaitEnd() {
        while (true) {
            try {
                return process.waitFor();
            } catch (InterruptedException e) {
                // Nobody but the child's end ends this thread.
            }
        }
    }

    private ChildExit report(int status) {
        @Nullable
        ChildFailure failure = null;
        try {
            failure = ChildFailure.read(report);
        } catch (FileNotFoundException e) {
            // Nothing was thrown.
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "what " + name + " threw cannot be read: " + e, e);
        }
        int known = status == STARTING_FAILED && terminated && failure == null ? TERMINATED : status;
        return new ChildExit(ChildExit.code(known, CrashReport.of(process.pid(), startedMillis)), failure);
    }

    private void cleanUp() {
        Children.INSTANCE.remove(this);
        try {
            Files.deleteIfExists(argumentFile);
            Files.deleteIfExists(report);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "files of " + name + " are left to the exit of this JVM", e);
        }
    }

    private void closeStdin() {
        try {
            stdin.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.TRACE, "closing a dead child's stdin", e);
        }
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** Which of this JVM's children it is, from 1. */
    public int nth() {
        return nth;
    }

    /** Its process number. */
    public long pid() {
        return process.pid();
    }

    /** Whether it is ended, and not waited for, when this JVM ends. */
    public boolean isDaemon() {
        return options.daemon();
    }

    boolean outlivesParent() {
        return options.outlivesParent();
    }

    /** Asks it to end: SIGTERM. */
    public void terminate() {
        terminated = true;
        // By the handle: Process.destroy closes stdin besides, which would halt the child before its hooks have run.
        process.toHandle().destroy();
    }

    /** Ends it: SIGKILL. */
    public void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Interrupts its main thread. */
    public void interrupt() {
        synchronized (stdin) {
            if (takesOrders) {
                order(Launch.INTERRUPT);
            } else {
                interruptWanted = true;
            }
        }
    }

    private void order(int order) {
        try {
            stdin.write(order);
            stdin.flush();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, name + " takes no orders any more", e);
        }
    }

    /** Completes, on the child's thread, once it has ended and its files are removed. */
    public CompletableFuture<ChildExit> onExit() {
        return exit;
    }
}
