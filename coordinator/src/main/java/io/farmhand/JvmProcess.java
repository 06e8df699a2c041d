package io.farmhand;

import io.farmhand.TaskSerializationException.Stage;
import io.farmhand.internal.jvm.ChildFailure;
import io.farmhand.internal.jvm.CurrentJvm;
import io.farmhand.internal.process.ChildExit;
import io.farmhand.internal.process.ChildProcess;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Waitable;
import io.farmhand.task.RemoteRunnable;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of its own that runs one action and ends: Python's {@code multiprocessing.Process}. Any number of threads may
 * use it.
 *
 * <pre>{@code
 * String name = "bob"; // arguments go by capture
 * try (JvmProcess process = JvmProcess.start(() -> System.out.println("hello " + name))) {
 *     process.join();
 * }
 * }</pre>
 *
 * <p>The action is serialized with what it captures, and works on copies. The process has this JVM's class path,
 * environment, directory, standard output and standard error; its standard input is empty. It is always a new JVM, as
 * with Python's start method {@code spawn}, with the serial collector unless {@code jvmArgs} name another.
 *
 * <p><b>Its end.</b> The process ends when the action has and no thread of it but daemons is left. What the action throws
 * is printed on standard error there, and is {@link #failure} here. When this JVM comes to its end, be it by itself or by
 * {@code System.exit}, processes that are daemons are terminated (and killed after 5 s), and the others are waited for.
 * When a signal ends this JVM (SIGTERM, SIGINT, SIGHUP), all are terminated (and killed after 5 s). When it is killed, or
 * calls {@code Runtime.halt}, all of them halt within 2 s, whatever they are at, with the exit code 70. Only a process that
 * {@link JvmProcessBuilder#outlivesParent outlives its parent} is left alone.
 *
 * <p>A process may start processes, to which the same applies: what one leaves behind that is killed ends, too.
 *
 * <p>A handle is of use only in the JVM that started the process; it is not serializable.
 */
public final class JvmProcess implements Waitable, AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** Those that were started here and may be alive. */
    private static final Set<JvmProcess> ACTIVE = ConcurrentHashMap.newKeySet();

    private final ChildProcess child;
    private final ValueReader reader;
    /** What the action threw, once somebody has asked. */
    private final AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();

    private JvmProcess(ChildProcess child, ValueReader reader) {
        this.child = child;
        this.reader = reader;
    }

    /** @param loader of the action's class, null for the boot loader */
    static JvmProcess of(ChildProcess child, @Nullable ClassLoader loader) {
        JvmProcess process = new JvmProcess(child,
                ValueReader.filtering(loader == null ? ClassLoader.getSystemClassLoader() : loader));
        ACTIVE.add(process);
        CompletableFuture<Void> _ = child.onExit().handle((_, _) -> {
            ACTIVE.remove(process);
            return null;
        });
        return process;
    }

    /**
     * Starts a process with the usual options, and does not wait until it runs.
     *
     * @param action runs in the process; it must be serializable
     * @throws TaskSerializationException when it, with what it captures, cannot be serialized; the message names the way
     *     to the culprit
     * @throws java.io.UncheckedIOException when the process cannot be started
     * @throws IllegalStateException when this JVM ends
     */
    public static JvmProcess start(RemoteRunnable action) {
        return builder(action).start();
    }

    /**
     * Begins the options of a process.
     *
     * @param action runs in the process; it must be serializable
     */
    public static JvmProcessBuilder builder(RemoteRunnable action) {
        return new JvmProcessBuilder(action);
    }

    /** The processes that this JVM has started and that are alive, the oldest first: Python's {@code active_children}. */
    public static List<JvmProcess> activeChildren() {
        return ACTIVE.stream().filter(JvmProcess::isAlive)
                .sorted(Comparator.comparingInt(process -> process.child.nth())).toList();
    }

    /**
     * The name of the process that this JVM is, {@code PoolWorker-N} in a pool's worker, {@code MainProcess} elsewhere: Python's
     * {@code current_process().name}.
     */
    public static String currentName() {
        return CurrentJvm.name();
    }

    /** Its name. */
    public String name() {
        return child.name();
    }

    /** Its process number. */
    public long pid() {
        return child.pid();
    }

    /** Whether it ends with this JVM instead of being waited for. */
    public boolean isDaemon() {
        return child.isDaemon();
    }

    /** Whether it has not ended yet. */
    public boolean isAlive() {
        return !child.onExit().isDone();
    }

    /**
     * Waits until it has ended.
     *
     * @throws InterruptedException when interrupted meanwhile; the process goes on
     */
    public void join() throws InterruptedException {
        try {
            child.onExit().get();
        } catch (ExecutionException e) {
            throw lost(e);
        }
    }

    /**
     * Waits until it has ended, but not for longer than that.
     *
     * @param timeout zero to look only
     * @return whether it has ended; Python's {@code join(timeout)} does not tell
     * @throws IllegalArgumentException when the timeout is negative
     * @throws InterruptedException when interrupted meanwhile; the process goes on
     */
    public boolean join(Duration timeout) throws InterruptedException {
        Durations.checkNotNegative("timeout", timeout);
        try {
            child.onExit().get(Durations.nanos(timeout), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw lost(e);
        }
    }

    private IllegalStateException lost(ExecutionException e) {
        return new IllegalStateException("the end of " + name() + " (pid " + pid() + ") cannot be told", e.getCause());
    }

    /**
     * How it ended, empty while it is alive. Python's {@code exitcode}:
     * <ul>
     * <li>0 when the action returned;
     * <li>1 when it threw, or could not be read in the process: see {@link #failure}; or when the JVM could not start,
     * for which it gives the reason on standard error;
     * <li>n when the process called {@code System.exit(n)} or {@code Runtime.halt(n)}; of n the lowest eight bits;
     * <li>-n when the signal n ended it: -15 after {@link #terminate}, -9 after {@link #kill}, or when the system killed
     * it for memory; -11 or another when the JVM or a native library crashed, whose report is then in the temporary
     * directory (1 when {@code jvmArgs} send the report elsewhere);
     * <li>70 when its parent died.
     * </ul>
     *
     * <p>A JVM that is asked to end by SIGTERM, SIGINT or SIGHUP exits by itself, with 128 and the signal's number: so
     * {@code System.exit(143)} cannot be told from SIGTERM, nor any other code from 129 to 192 from its signal; they are
     * all given as signals. In the middle of its start it exits with 1: after {@link #terminate} that is given as -15, too.
     */
    public OptionalInt exitCode() {
        ChildExit exit = exit();
        return exit == null ? OptionalInt.empty() : OptionalInt.of(exit.code());
    }

    /**
     * What the action threw, as the type that it was, with a {@link RemoteTaskException} at the end of its causes that
     * has the stack in the process; that exception alone where it cannot be rebuilt here; a
     * {@link TaskSerializationException} when the action could not be read in the process. Empty while it is alive and
     * after any other end. Python only prints it.
     *
     * <p>Reading it runs code of the exception's class, on the thread that is the first to ask.
     */
    public Optional<Throwable> failure() {
        ChildExit exit = exit();
        ChildFailure failure = exit == null ? null : exit.failure();
        if (failure == null) {
            return Optional.empty();
        }
        if (thrown.get() == null) {
            thrown.compareAndSet(null, rebuild(failure));
        }
        return Optional.ofNullable(thrown.get());
    }

    private @Nullable ChildExit exit() {
        return child.onExit().isDone() && !child.onExit().isCompletedExceptionally() ? child.onExit().join() : null;
    }

    private Throwable rebuild(ChildFailure failure) {
        String what = failure.message().isEmpty() ? failure.type() : failure.type() + ": " + failure.message();
        Function<String, RemoteTaskException> origin = more -> new RemoteTaskException(
                "%s (pid %d) failed: %s%s".formatted(name(), pid(), what, more), -1, "", -1, 0, failure.type(),
                failure.stack());
        if (failure.read()) {
            return Failures.rebuild(failure, reader, origin);
        }
        return new TaskSerializationException(Stage.FUNCTION_IN, -1,
                "The action of %s (pid %d) cannot be read there: %s".formatted(name(), pid(), failure.message()),
                origin.apply(""));
    }

    /**
     * Asks it to end, by SIGTERM: its shutdown hooks run, and its own processes are terminated. It may take its time, or
     * never do so: {@link #kill} is for that. Ignored when it has ended. Where there are no signals it is killed.
     */
    public void terminate() {
        child.terminate();
    }

    /** Ends it at once, by SIGKILL; its own processes halt. Ignored when it has ended. */
    public void kill() {
        child.kill();
    }

    /**
     * Interrupts its main thread, which runs the action, as {@link Thread#interrupt} does; at the latest when the action
     * first waits. Ignored when it has ended. Python 3.14's {@code interrupt} sends SIGINT for that.
     */
    public void interrupt() {
        child.interrupt();
    }

    /**
     * Completes with this process when it has ended: what Python's {@code sentinel} is for. What is chained to it runs on
     * the thread that watches the process; a new future for each call, so that it can be cancelled.
     */
    public CompletableFuture<JvmProcess> onExit() {
        return child.onExit().thenApply(_ -> this);
    }

    /** As {@link #onExit}, for {@link Connection#waitAny}, beside connections. */
    @Override
    public CompletableFuture<JvmProcess> whenReady() {
        return onExit();
    }

    /**
     * Waits until it has ended, as the end of a try block is expected to: Python's {@code close} is an error while the
     * process is alive, and gives back what this handle holds, of which nothing is left here once the process has ended.
     * An interrupt terminates the process, and kills it after 5 s; the thread is still interrupted afterwards. The handle
     * goes on telling how the process ended.
     */
    @Override
    public void close() {
        try {
            join();
        } catch (InterruptedException e) {
            endNow();
            Thread.currentThread().interrupt();
        }
    }

    private void endNow() {
        terminate();
        try {
            if (join(GRACE)) {
                return;
            }
        } catch (InterruptedException e) {
            // In even more of a hurry.
        }
        kill();
        ChildExit _ = child.onExit().join();
    }

    @Override
    public String toString() {
        OptionalInt code = exitCode();
        return "JvmProcess[name=" + name() + " pid=" + pid()
                + (isDaemon() ? " daemon" : "")
                + (code.isPresent() ? " exitCode=" + code.getAsInt() : " alive") + "]";
    }
}
