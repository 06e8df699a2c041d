package io.farmhand.internal.process;

import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.internal.proto.Boot;
import io.farmhand.internal.shm.ProgressFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One running worker JVM, from its start to the report of its end. Immutable; the kernel owns the state. */
final class WorkerProcess {
    private static final System.Logger LOG = System.getLogger(WorkerProcess.class.getName());
    /** How long the rest of a dead worker's output is waited for: a child of its own may hold the pipes open. */
    private static final long OUTPUT_SECONDS = 1;

    private final long startedMillis = System.currentTimeMillis();
    private final WorkerId key;
    private final Process process;
    private final Path progressFile;
    private final ProgressFile progress;
    private final OutputDrain stdout;
    private final OutputDrain stderr;
    /** Kept open as long as the worker lives: its end tells the worker that we are gone. */
    private final OutputStream stdin;

    private WorkerProcess(WorkerId key, Process process, Path progressFile, ProgressFile progress,
            BackendOrder.Printer output) {
        this.key = key;
        this.process = process;
        this.progressFile = progressFile;
        this.progress = progress;
        this.stdin = process.getOutputStream();
        this.stdout = OutputDrain.start("farm-stdout-" + key.number(), process.getInputStream(),
                line -> output.line(key.number(), false, line));
        this.stderr = OutputDrain.start("farm-stderr-" + key.number(), process.getErrorStream(),
                line -> output.line(key.number(), true, line));
    }

    /**
     * Starts a worker, which waits to be told where to go.
     *
     * @param progress the file in which it is to note what it is at
     * @throws IOException when the process cannot be started
     */
    static WorkerProcess start(WorkerId key, WorkerLauncher launcher, Path progress, BackendOrder.Printer output)
            throws IOException {
        ProgressFile.create(progress);
        try {
            ProgressFile mapped = ProgressFile.map(progress);
            Process process = launcher.start();
            try {
                return new WorkerProcess(key, process, progress, mapped, output);
            } catch (RuntimeException | Error e) { // no thread left to drain its output
                process.destroyForcibly();
                throw e;
            }
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(progress);
            throw e;
        }
    }

    /** Tells it where to go; to be called once. */
    void boot(Boot boot) {
        try {
            boot.writeDelimitedTo(stdin);
            stdin.flush();
        } catch (IOException e) {
            // It died at once: its exit tells more than this broken pipe.
            LOG.log(System.Logger.Level.DEBUG, key + " did not take its boot message", e);
        }
    }

    /**
     * How it ended.
     *
     * @param mistrustsCache whether the AOT cache that it was started with may be to blame
     */
    record End(WorkerExit exit, boolean mistrustsCache) {}

    /** What it is at. */
    Begun now() {
        return begun(progress.now());
    }

    private static Begun begun(ProgressFile.Begun at) {
        return new Begun(at.attempt(), at.item(), at.nanos());
    }

    /** What its tasks have counted in all. */
    long units() {
        return progress.units();
    }

    /** Closes its standard input: it leaves by itself. */
    void release() {
        closeStdin();
    }

    /** Sends it SIGTERM, where there are signals. */
    void terminate() {
        // Not by the process itself, which would close its standard input, by whose end the worker knows that we are gone.
        boolean _ = process.toHandle().destroy();
    }

    /** Kills it; its end is then reported as any other. */
    void kill() {
        process.destroyForcibly();
    }

    /** Completes, once it has ended and its output has been read, with what is known of the end. */
    CompletableFuture<End> onExit() {
        return process.onExit().thenCompose(dead -> CompletableFuture.allOf(stdout.ended(), stderr.ended())
                .completeOnTimeout(null, OUTPUT_SECONDS, TimeUnit.SECONDS)
                .thenApply(_ -> report(dead.exitValue())));
    }

    private End report(int exitCode) {
        Optional<CrashReport> crash = CrashReport.of(process.pid(), startedMillis);
        String errors = stderr.tail();
        Begun begun = begun();
        // Without a core dump, as we have it, a JVM that crashes exits with status 1.
        ExitCause cause = crash.isPresent()
                ? ExitCause.NATIVE_CRASH
                : ExitCause.of(exitCode, errors + stdout.tail(), begun.equals(Begun.NONE));
        StringBuilder details = new StringBuilder();
        crash.ifPresent(report -> details.append("Crash report: ").append(report.path()).append(". "));
        // A JVM that cannot start says why on stdout.
        String tail = errors.isEmpty() ? stdout.tail() : errors;
        details.append(tail.isEmpty()
                ? "It printed nothing."
                : "Last lines of " + (errors.isEmpty() ? "stdout" : "stderr") + ":\n" + tail);
        WorkerExit exit = new WorkerExit(process.pid(), exitCode, begun, cause.hint(), details.toString());
        // A JVM that finds a damaged cache may crash, or end with these words.
        return new End(exit, cause == ExitCause.NATIVE_CRASH || tail.contains("Unable to use AOT cache"));
    }

    private Begun begun() {
        try (AutoCloseable _ = () -> Files.deleteIfExists(progressFile)) {
            return begun(ProgressFile.read(progressFile));
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, "what " + key + " had begun nobody wants to know any more", e);
            return Begun.UNKNOWN;
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, "what " + key + " had begun cannot be read: " + e, e);
            return Begun.UNKNOWN;
        } finally {
            closeStdin();
        }
    }

    private void closeStdin() {
        try {
            stdin.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.TRACE, "closing a dead worker's stdin", new UncheckedIOException(e));
        }
    }
}
