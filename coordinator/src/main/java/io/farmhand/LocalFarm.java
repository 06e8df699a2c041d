package io.farmhand;

import io.farmhand.internal.channel.BlobStore;
import io.farmhand.internal.channel.FarmSegments;
import io.farmhand.internal.channel.Greeting;
import io.farmhand.internal.channel.WorkerServer;
import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.FarmBrokenException;
import io.farmhand.internal.dispatch.Settings;
import io.farmhand.internal.dispatch.WorkerSource;
import io.farmhand.internal.process.JavaCommand;
import io.farmhand.internal.process.LaunchOptions;
import io.farmhand.internal.process.Supervisor;
import io.farmhand.internal.process.WorkerExit;
import io.farmhand.internal.serial.Room;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.shm.FarmDirectory;
import io.farmhand.internal.shm.ProgressFile.Begun;
import io.farmhand.internal.wire.Endpoint;
import io.farmhand.internal.wire.WorkerKey;
import io.farmhand.task.RemoteRunnable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
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
final class LocalFarm implements Calls.Target, WorkerSource, AutoCloseable {
    /** Set to {@code tcp} to use the loopback interface where domain sockets would do. */
    private static final String TRANSPORT_PROPERTY = "farmhand.transport";

    private static final int STARTS_PER_CORE = 2;
    private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** How many signs of life a worker gives before it is taken for lost. */
    private static final int HEARTBEATS_PER_LEASE = 6;
    private static final long EXIT_SECONDS = 4;

    private final PoolOptions options;
    private final EventRelay events;
    private final Broadcasts broadcasts;
    private final FarmDirectory directory;
    /** Completes, with the construction, when the workers that were launched first are booting already. */
    private final CompletableFuture<WorkerServer> server = new CompletableFuture<>();
    /** Null where long payloads are not shared. */
    private final @Nullable FarmSegments segments;
    private final Supervisor supervisor;
    private final Dispatcher dispatcher;
    private final Thread exitHook;
    private final AtomicBoolean releasing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** How many workers there are to be. */
    private volatile int size;
    private volatile boolean closing;

    /**
     * Launches the workers and, while their JVMs boot, opens the door for them; does not wait for them.
     *
     * @param setup what the workers run first, encoded; without bytes when there is none
     * @throws IOException when the farm's directory or socket cannot be made
     */
    LocalFarm(PoolOptions options, ByteBuffer setup) throws IOException {
        this.options = options;
        size = options.workers();
        events = new EventRelay(options.listener());
        dispatcher = new Dispatcher(settings(options), this, events);
        BlobStore blobs = new BlobStore();
        directory = FarmDirectory.create();
        segments = share(directory);
        broadcasts = new Broadcasts(blobs, dispatcher::release, options.maxPayloadBytes(),
                segments == null ? Room.NONE : segments.blobs());
        exitHook = new Thread(this::exit, "farm-exit");
        @Nullable
        Supervisor made = null;
        @Nullable
        WorkerServer opened = null;
        boolean whole = false;
        try {
            made = new Supervisor(launchOptions(options), directory.path(), options.output()::line,
                    this::workerExited);
            supervisor = made;
            Runtime.getRuntime().addShutdownHook(exitHook); // refused when the JVM is going down
            dispatcher.launch();
            opened = new WorkerServer(endpoint(directory.path()),
                    new Greeting(options.maxPayloadBytes(), setup, blobs, heartbeatMillis(options), segments),
                    dispatcher);
            server.complete(opened); // first of all it learns who was announced
            made.boot(opened.endpoint());
            dispatcher.start(opened.loop());
            whole = true;
        } finally {
            if (!whole) {
                abandon(made, opened);
            }
        }
    }

    /** The construction failed half-way. */
    private void abandon(@Nullable Supervisor made, @Nullable WorkerServer opened) {
        removeExitHook();
        if (made != null) {
            made.killAll();
        }
        if (opened != null) {
            opened.close();
        }
        closeFiles();
        events.close();
    }

    /** Where long payloads are to be shared; a farm that cannot share them does without. */
    private static @Nullable FarmSegments share(FarmDirectory directory) throws IOException {
        boolean shared = false;
        try {
            FarmSegments made = FarmSegments.create();
            shared = true;
            return made;
        } finally {
            if (!shared) {
                directory.close();
            }
        }
    }

    private void closeFiles() {
        directory.close();
        if (segments != null) {
            segments.close();
        }
    }

    private void workerExited(WorkerKey worker, WorkerExit exit) {
        if (segments != null) {
            segments.processEnded(worker);
        }
        dispatcher.workerExited(worker, exit);
    }

    private static Settings settings(PoolOptions options) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new Settings(options.workers(), STARTS_PER_CORE * cores, START_TIMEOUT_NANOS,
                Durations.nanos(options.lease()), Durations.nanos(options.keepAlive()), options.maxTasksPerWorker(),
                options.maxWorkerBytes());
    }

    private static int heartbeatMillis(PoolOptions options) {
        long lease = TimeUnit.NANOSECONDS.toMillis(Durations.nanos(options.lease()));
        return Math.clamp(lease / HEARTBEATS_PER_LEASE, 1, Integer.MAX_VALUE);
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
        List<Path> classPath = new ArrayList<>(JavaCommand.ownClassPath());
        options.classPath().forEach(entry -> classPath.add(entry.toAbsolutePath()));
        return new LaunchOptions(classPath, Nesting.jvmArgs(options.workers(), options.jvmArgs()),
                options.environment(), options.maxHeap(),
                options.directory(), options.workers());
    }

    Broadcasts broadcasts() {
        return broadcasts;
    }

    @Override
    public Dispatcher dispatcher() {
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
            if (e.getCause() instanceof FarmBrokenException broken && broken.failure().hasRemaining()) {
                throw Failures.broken(String.valueOf(broken.getMessage()), broken.failure(), -1, setupReader());
            }
            String message = e.getCause() == null ? null : e.getCause().getMessage();
            throw new PoolBrokenException("No worker could be started. " + message, null);
        }
    }

    /** Reads what the initializer threw. */
    private ValueReader setupReader() {
        RemoteRunnable initializer = options.initializer();
        ClassLoader loader = initializer == null ? null : initializer.getClass().getClassLoader();
        return ValueReader.filtering(loader == null ? ClassLoader.getSystemClassLoader() : loader);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Room roomForItems() {
        return segments == null ? Room.NONE : segments.items();
    }

    @Override
    public Room roomForFunctions() {
        return segments == null ? Room.NONE : segments.blobs();
    }

    void resize(int workers) {
        size = workers;
        dispatcher.resize(workers);
    }

    /** Whether it takes no more jobs. */
    boolean isOver() {
        return closing || events.isBroken();
    }

    @Override
    public void checkRunning() {
        if (closing) {
            throw new PoolClosedException("the pool is closed");
        }
        String cause = events.brokenBy();
        if (cause != null) {
            throw new PoolBrokenException(cause, null);
        }
    }

    @Override
    public void launch(WorkerKey key) {
        CompletableFuture<Void> _ = server.thenAccept(door -> door.expect(key));
        supervisor.launch(key);
    }

    @Override
    public Begun begun(WorkerKey key) {
        return supervisor.begun(key);
    }

    @Override
    public long units(WorkerKey key) {
        return supervisor.units(key);
    }

    @Override
    public void release(WorkerKey key) {
        supervisor.release(key);
    }

    @Override
    public void kill(WorkerKey key) {
        supervisor.kill(key);
        // After the kill: a live worker that is turned away would complain.
        CompletableFuture<Void> _ = server.thenAccept(door -> door.refuse(key));
    }

    /** Finishes the jobs that are here, then takes everything down; an interrupt turns it into {@link #shutdownNow}. */
    @Override
    public void close() {
        closing = true;
        dispatcher.close();
        takeDown();
    }

    /** Fails the jobs that are here and takes everything down. */
    void shutdownNow() {
        closing = true;
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
                broadcasts.close();
                supervisor.killAll();
                server.join().close();
                closeFiles();
                removeExitHook();
                events.close();
                supervisor.prepareNext();
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
        closing = true;
        dispatcher.shutdownNow();
        supervisor.killAll();
        try {
            dispatcher.terminated().get(EXIT_SECONDS, TimeUnit.SECONDS);
            supervisor.prepareNext();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // The kernel ends the workers with our end of their stdin, if not the kill.
            return;
        } finally {
            closeFiles();
        }
    }
}
