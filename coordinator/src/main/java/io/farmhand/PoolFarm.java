package io.farmhand;

import io.farmhand.backend.Backend;
import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.BackendSession;
import io.farmhand.backend.Capability;
import io.farmhand.internal.channel.BlobStore;
import io.farmhand.internal.dispatch.Dispatcher;
import io.farmhand.internal.dispatch.FarmBrokenException;
import io.farmhand.internal.dispatch.Settings;
import io.farmhand.internal.local.LocalSession;
import io.farmhand.internal.observe.Screen;
import io.farmhand.internal.process.JavaCommand;
import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.Room;
import io.farmhand.internal.serial.TravellingClasses;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.task.RemoteRunnable;
import java.io.IOException;
import java.nio.ByteBuffer;
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
 * The parts of a pool, put together: the dispatcher, the session of the backend that its workers come from, what is
 * broadcast, and who hears of events. Built once, closed once, in reverse.
 *
 * <p><b>Concurrency.</b> Immutable but for the parts' own state. {@link #close} may be called by several threads; the
 * first does the work and the others wait for it.
 */
final class PoolFarm implements Calls.Target, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PoolFarm.class.getName());
    private static final int STARTS_PER_CORE = 2;
    private static final long START_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(60);
    /** How many signs of life a worker gives before it is taken for lost. */
    private static final int HEARTBEATS_PER_LEASE = 6;
    private static final long EXIT_SECONDS = 4;

    private final PoolOptions options;
    private final EventRelay events;
    private final BlobStore blobs;
    private final Broadcasts broadcasts;
    private final Dispatcher dispatcher;
    private final BackendSession session;
    private final Thread exitHook;
    private final AtomicBoolean releasing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** How many workers there are to be. */
    private volatile int size;
    private volatile boolean closing;

    /**
     * Launches the workers and, while they boot, opens the door for them; does not wait for them.
     *
     * @param setup what the workers run first, encoded; without bytes when there is none
     * @param blobs where the classes are that travel beside that
     * @throws IOException when the backend cannot provide any
     */
    PoolFarm(PoolOptions options, ByteBuffer setup, BlobStore blobs) throws IOException {
        this.options = options;
        this.blobs = blobs;
        size = options.workers();
        Backend backend = options.backend();
        // Fails here if its setting cannot be read.
        ValueReader _ = ResultDecoder.filtering(ClassLoader.getSystemClassLoader(), destination());
        events = new EventRelay(options.listener());
        dispatcher = new Dispatcher(settings(options), events);
        @Nullable
        BackendSession opened = null;
        exitHook = new Thread(this::exit, "farm-exit");
        boolean whole = false;
        try {
            opened = backend.open(order(options, setup, blobs), dispatcher);
            session = opened;
            broadcasts = new Broadcasts(blobs, dispatcher::release, options.maxPayloadBytes(), roomForFunctions(),
                    destination(options));
            Runtime.getRuntime().addShutdownHook(exitHook); // refused when the JVM is going down
            dispatcher.launch(opened);
            dispatcher.start(opened.start());
            whole = true;
        } finally {
            if (!whole) {
                removeExitHook();
                if (opened != null) {
                    opened.close();
                }
                events.close();
            }
        }
    }

    /** Refuses options that its backend cannot provide. */
    void checkCapabilities(CallOptions calls) {
        PoolBuilder.checkCapabilities(options.backend(), calls.needs());
    }

    private static BackendOrder order(PoolOptions options, ByteBuffer setup, BlobStore blobs) {
        List<Path> classPath = new ArrayList<>(JavaCommand.ownClassPath());
        options.classPath().forEach(entry -> classPath.add(entry.toAbsolutePath()));
        return new BackendOrder(options.workers(), classPath, Nesting.jvmArgs(options.jvmArgs()),
                options.environment(), options.maxHeap(), options.directory(), setup, blobs::find,
                options.maxPayloadBytes(), heartbeatMillis(options), printing(options.output()));
    }

    /** What workers print does not break the bars of calls. */
    private static BackendOrder.Printer printing(WorkerOutput output) {
        return (worker, stderr, line) -> Screen.standardError().above(() -> output.line(worker, stderr, line));
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
        if (session.capacity() == 0) {
            LOG.log(System.Logger.Level.WARNING, "{0} has no room for a worker now: calls wait until it has.",
                    options.backend().name());
            return;
        }
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
        return ResultDecoder.filtering(loader == null ? ClassLoader.getSystemClassLoader() : loader, destination());
    }

    @Override
    public int size() {
        return Math.max(1, Math.min(size, session.capacity()));
    }

    @Override
    public Room roomForItems() {
        return session instanceof LocalSession local ? local.roomForItems() : Room.NONE;
    }

    @Override
    public Room roomForFunctions() {
        return session instanceof LocalSession local ? local.roomForFunctions() : Room.NONE;
    }

    @Override
    public TravellingClasses classes() {
        return new MemoryClasses(blobs, options.maxPayloadBytes());
    }

    @Override
    public Destination destination() {
        return destination(options);
    }

    /** Where what is sent to a pool's workers goes. */
    static Destination destination(PoolOptions options) {
        return options.backend().capabilities().contains(Capability.SHARED_MEMORY)
                ? Destination.HERE
                : Destination.WORKERS;
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
                session.close();
                removeExitHook();
                events.close();
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
        session.killAll();
        try {
            dispatcher.terminated().get(EXIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            // The kernel ends the workers with our end of their stdin, if not the kill.
            return;
        } finally {
            session.sweep();
        }
    }
}
