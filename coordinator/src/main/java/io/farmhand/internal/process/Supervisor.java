package io.farmhand.internal.process;

import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.internal.proto.Boot;
import io.farmhand.internal.socket.Outlet;
import io.farmhand.internal.wire.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Starts worker processes, kills them and reports their ends.
 *
 * <p><b>Concurrency.</b> Processes are started on one thread, {@code farm-launcher}, since a start may take long.
 * {@code live} is guarded by itself. Once {@link #killAll} has been called nothing is started any more, so no worker
 * can slip through while the farm goes down.
 */
public final class Supervisor {
    private final WorkerLauncher launcher;
    private final Path farmDirectory;
    /** Where the farm listens; it may be told after the first launches. */
    private final CompletableFuture<Endpoint> endpoint = new CompletableFuture<>();
    private final BackendOrder.Printer output;
    private final ExitListener listener;
    private final ExecutorService launches = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("farm-launcher").daemon().factory());
    private final Map<WorkerId, WorkerProcess> live = new HashMap<>();
    /** Launched, but not started yet; guarded by live. */
    private final Set<WorkerId> pending = new HashSet<>();
    /** Launched and killed before they were started; guarded by live. */
    private final Set<WorkerId> doomed = new HashSet<>();
    private boolean closed; // guarded by live

    /**
     * @param options what every worker is started with
     * @param farmDirectory the farm's own
     * @throws IOException when the workers' argument file cannot be written
     */
    public Supervisor(LaunchOptions options, Path farmDirectory, BackendOrder.Printer output, ExitListener listener)
            throws IOException {
        this.launcher = new WorkerLauncher(options, farmDirectory);
        this.farmDirectory = farmDirectory;
        this.output = output;
        this.listener = listener;
    }

    /** The farm listens now: workers that are there already are told where, later ones when they are started. */
    public void boot(Endpoint listening) {
        endpoint.complete(listening);
    }

    /**
     * Starts a worker, soon; its end, or that it could not be started, is told to the listener.
     *
     * @param token the secret with which it joins
     */
    public void launch(WorkerId key, String token) {
        launch(key, token, null);
    }

    /**
     * As {@link #launch(WorkerId, String)}, a worker for somebody who may be on another host.
     *
     * @param outlet where its tunnels begin; null for one of this process's own, which has the outlet of this process
     */
    public void launch(WorkerId key, String token, @Nullable Outlet outlet) {
        synchronized (live) {
            pending.add(key);
        }
        try {
            launches.execute(() -> start(key, token, outlet));
        } catch (RejectedExecutionException e) {
            notStarted(key, "The farm is closed.");
        }
    }

    private void notStarted(WorkerId key, String why) {
        synchronized (live) {
            pending.remove(key);
            doomed.remove(key);
        }
        listener.workerExited(key, new WorkerExit(0, -1, Begun.NONE, ExitCause.NOT_STARTED.hint(), why));
    }

    private void start(WorkerId key, String token, @Nullable Outlet outlet) {
        if (isDoomed(key)) {
            notStarted(key, "It was not needed any more.");
            return;
        }
        Path progress = farmDirectory.resolve("w" + key.number() + "-" + key.generation());
        WorkerProcess process;
        try {
            process = WorkerProcess.start(key, launcher, progress, output);
        } catch (IOException | RuntimeException | Error e) { // no thread left shows as an OutOfMemoryError
            notStarted(key, e.toString());
            return;
        }
        CompletableFuture<Void> _ = endpoint
                .thenAccept(listening -> process.boot(boot(key, token, outlet, progress, listening)));
        boolean late;
        synchronized (live) {
            late = closed || doomed.remove(key);
            pending.remove(key);
            live.put(key, process);
        }
        if (late) {
            process.kill();
        }
        CompletableFuture<WorkerProcess.End> _ = process.onExit().whenComplete((end, failure) -> {
            synchronized (live) {
                live.remove(key);
            }
            if (end != null && end.mistrustsCache()) {
                launcher.cache().distrust();
            }
            listener.workerExited(key, end != null
                    ? end.exit()
                    : new WorkerExit(0, -1, Begun.UNKNOWN, ExitCause.BROKEN.hint(),
                            "Its end cannot be told: " + failure));
        });
    }

    private static Boot boot(WorkerId key, String token, @Nullable Outlet outlet, Path progress,
            Endpoint endpoint) {
        Boot.Builder boot = Boot.newBuilder()
                .setToken(token)
                .setWorker(key.number())
                .setProgress(progress.toString())
                .setOutlet(outlet == null ? Outlet.inherited() : outlet.text())
                .setLent(outlet != null);
        switch (endpoint) {
            case Endpoint.Socket(Path path) -> boot.setSocket(path.toString());
            case Endpoint.Loopback(int port) -> boot.setPort(port);
        }
        return boot.build();
    }

    private boolean isDoomed(WorkerId key) {
        synchronized (live) {
            return closed || doomed.contains(key);
        }
    }

    /** What a worker is at now, {@link Begun#UNKNOWN} when it does not live. */
    public Begun begun(WorkerId key) {
        WorkerProcess process = running(key);
        return process == null ? Begun.UNKNOWN : process.now();
    }

    /** What a worker's tasks have counted in all, 0 when it does not live. */
    public long units(WorkerId key) {
        WorkerProcess process = running(key);
        return process == null ? 0 : process.units();
    }

    /** Closes the standard input of a worker that leaves. */
    public void release(WorkerId key) {
        WorkerProcess process = running(key);
        if (process != null) {
            process.release();
        }
    }

    /** Tells all workers to end by themselves, as an operator would: they finish what has begun. */
    public void terminateAll() {
        synchronized (live) {
            live.values().forEach(WorkerProcess::terminate);
        }
    }

    /** Kills a worker if it lives. */
    public void kill(WorkerId key) {
        WorkerProcess process;
        synchronized (live) {
            process = live.get(key);
            if (pending.contains(key)) {
                doomed.add(key);
            }
        }
        if (process != null) {
            process.kill();
        }
    }

    private @Nullable WorkerProcess running(WorkerId key) {
        synchronized (live) {
            return live.get(key);
        }
    }

    /** The pool ends: what its workers would have started faster with may be made now. */
    public void prepareNext() {
        launcher.cache().train();
    }

    /** Kills all workers, now, and starts none any more. */
    public void killAll() {
        synchronized (live) {
            closed = true;
            live.values().forEach(WorkerProcess::kill);
        }
        launches.shutdown();
    }
}
