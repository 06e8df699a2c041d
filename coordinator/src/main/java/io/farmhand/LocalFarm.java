package io.farmhand;

import io.farmhand.internal.channel.WorkerServer;
import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.Settings;
import io.farmhand.internal.dispatch.WorkerSource;
import io.farmhand.internal.process.FarmDirectory;
import io.farmhand.internal.process.LaunchOptions;
import io.farmhand.internal.process.Supervisor;
import io.farmhand.internal.wire.Endpoint;
import io.farmhand.internal.wire.WorkerKey;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a farm on this host, put together: directory, server, processes and dispatcher. Built once, closed
 * once, in reverse.
 *
 * <p><b>Concurrency.</b> Immutable but for the parts' own state. {@link #close} may be called by several threads; the
 * first does the work and the others wait for it.
 */
final class LocalFarm implements WorkerSource, AutoCloseable {
    /** Set to {@code tcp} to use the loopback interface where domain sockets would do. */
    private static final String TRANSPORT_PROPERTY = "farmhand.transport";

    private static final int STARTS_PER_CORE = 2;
    private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long EXIT_SECONDS = 4;

    private final FarmDirectory directory;
    private final WorkerServer server;
    private final Supervisor supervisor;
    private final Dispatcher dispatcher;
    private final Thread exitHook;
    private final AtomicBoolean releasing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /**
     * Opens the parts and launches the workers; does not wait for them.
     *
     * @throws IOException when the farm's directory or socket cannot be made
     */
    LocalFarm(PoolOptions options) throws IOException {
        int cores = Runtime.getRuntime().availableProcessors();
        dispatcher = new Dispatcher(new Settings(options.workers(), STARTS_PER_CORE * cores, PoolOptions.CRASH_RETRIES,
                START_TIMEOUT_NANOS), this);
        directory = FarmDirectory.create();
        @Nullable
        WorkerServer opened = null;
        try {
            opened = new WorkerServer(endpoint(directory.path()), options.maxPayloadBytes(), dispatcher);
            server = opened;
            supervisor = new Supervisor(launchOptions(options), directory.path(), server.endpoint(),
                    options.output()::line, dispatcher);
        } catch (IOException | RuntimeException | Error e) {
            if (opened != null) {
                opened.close();
            }
            directory.close();
            throw e;
        }
        exitHook = new Thread(this::exit, "farm-exit");
        Runtime.getRuntime().addShutdownHook(exitHook);
        dispatcher.start();
    }

    private static Endpoint endpoint(Path directory) {
        Path socket = directory.resolve("s");
        boolean fits = socket.toString().getBytes(StandardCharsets.UTF_8).length <= Endpoint.Socket.MAX_PATH_BYTES;
        boolean windows = File.separatorChar == '\\';
        return !fits || windows || System.getProperty(TRANSPORT_PROPERTY, "").equals("tcp")
                ? new Endpoint.Loopback(0)
                : new Endpoint.Socket(socket);
    }

    /** The parent's class path comes first, so that workers see what the parent sees. */
    private static LaunchOptions launchOptions(PoolOptions options) {
        List<Path> classPath = new ArrayList<>();
        for (String property : List.of("java.class.path", "jdk.module.path")) {
            String path = System.getProperty(property, "");
            for (String entry : path.isEmpty() ? new String[0] : path.split(File.pathSeparator, -1)) {
                classPath.add(Path.of(entry).toAbsolutePath()); // an empty entry is the directory we run in
            }
        }
        options.classPath().forEach(entry -> classPath.add(entry.toAbsolutePath()));
        return new LaunchOptions(classPath, options.jvmArgs(), options.environment(), options.maxHeap(),
                options.directory(), options.workers());
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    /**
     * Waits until the first worker has joined.
     *
     * @throws PoolBrokenException when none can be started
     * @throws InterruptedException when interrupted meanwhile
     */
    void awaitReady() throws InterruptedException {
        try {
            dispatcher.ready().get();
        } catch (ExecutionException e) {
            String message = e.getCause() == null ? null : e.getCause().getMessage();
            throw new PoolBrokenException("No worker could be started. " + message);
        }
    }

    @Override
    public void launch(WorkerKey key) {
        server.expect(key);
        supervisor.launch(key);
    }

    @Override
    public void release(WorkerKey key) {
        supervisor.release(key);
    }

    @Override
    public void kill(WorkerKey key) {
        supervisor.kill(key);
        server.refuse(key); // after the kill: a live worker that is turned away would complain
    }

    /** Finishes the jobs that are here, then takes everything down; an interrupt turns it into {@link #shutdownNow}. */
    @Override
    public void close() {
        dispatcher.close();
        takeDown();
    }

    /** Fails the jobs that are here and takes everything down. */
    void shutdownNow() {
        dispatcher.shutdownNow();
        takeDown();
    }

    private void takeDown() {
        boolean interrupted = false;
        CompletableFuture<Void> terminated = dispatcher.terminated();
        while (!terminated.isDone()) {
            try {
                terminated.get();
            } catch (InterruptedException e) {
                interrupted = true;
                dispatcher.shutdownNow();
            } catch (ExecutionException e) {
                throw new AssertionError("nothing completes it with a failure", e);
            }
        }
        release();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Once all workers are gone; the first caller does it, others wait. */
    private void release() {
        if (releasing.compareAndSet(false, true)) {
            try {
                supervisor.killAll();
                server.close();
                directory.close();
                removeExitHook();
            } finally {
                closed.complete(null);
            }
        } else {
            closed.join();
        }
    }

    private void removeExitHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(exitHook);
        } catch (IllegalStateException e) {
            // The JVM is going down already, and the hook with it.
            return;
        }
    }

    /** The JVM ends with the pool open: workers are killed at once, and those that wait are told. */
    private void exit() {
        dispatcher.shutdownNow();
        supervisor.killAll();
        try {
            dispatcher.terminated().get(EXIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // The kernel ends the workers with our end of their stdin, if not the kill.
            return;
        } finally {
            directory.close();
        }
    }
}
