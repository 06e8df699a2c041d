package io.farmhand.internal.local;

import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.BackendSession;
import io.farmhand.backend.BackendSink;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.internal.channel.FarmSegments;
import io.farmhand.internal.channel.Greeting;
import io.farmhand.internal.channel.WorkerChannel;
import io.farmhand.internal.channel.WorkerServer;
import io.farmhand.internal.process.LaunchOptions;
import io.farmhand.internal.process.Supervisor;
import io.farmhand.internal.serial.Room;
import io.farmhand.internal.shm.FarmDirectory;
import io.farmhand.internal.wire.Endpoint;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The workers of one pool as processes of this host: a directory, the processes, and, while these boot, the server that
 * they dial.
 *
 * <p><b>Concurrency.</b> Immutable but for the parts' own state.
 */
public final class LocalSession implements BackendSession {

    private final BackendOrder order;
    private final BackendSink sink;
    private final SecureRandom random = new SecureRandom();
    private final FarmDirectory directory;
    /** Null where long payloads are not shared. */
    private final @Nullable FarmSegments segments;
    private final Supervisor supervisor;
    /** Completes when the workers that were launched first are booting already. */
    private final CompletableFuture<WorkerServer> server = new CompletableFuture<>();

    LocalSession(BackendOrder order, BackendSink sink) throws IOException {
        this.order = order;
        this.sink = sink;
        directory = FarmDirectory.create();
        @Nullable
        FarmSegments shared = null;
        boolean whole = false;
        try {
            shared = FarmSegments.create();
            supervisor = new Supervisor(new LaunchOptions(order.classPath(), order.jvmArgs(), order.environment(),
                    order.maxHeap(), order.directory(), order.workers()), directory.path(), order.output(),
                    this::exited);
            whole = true;
        } finally {
            if (!whole) {
                directory.close();
                if (shared != null) {
                    shared.close();
                }
            }
        }
        segments = shared;
    }

    @Override
    public ScheduledExecutorService start() throws IOException {
        Greeting greeting = new Greeting(order.maxItemBytes(), order.setup(), order.blobs(), order.heartbeatMillis(),
                segments);
        WorkerServer opened = new WorkerServer(Endpoint.in(directory.path()),
                WorkerChannel.service(greeting, sink), WorkerServer.DISPATCHER);
        server.complete(opened); // first of all it learns who was announced
        supervisor.boot(opened.endpoint());
        return opened.loop();
    }

    /** Where long items are written. */
    public Room roomForItems() {
        return segments == null ? Room.NONE : segments.items();
    }

    /** Where long functions and broadcast values are written, which workers keep. */
    public Room roomForFunctions() {
        return segments == null ? Room.NONE : segments.blobs();
    }

    @Override
    public void launch(WorkerId worker) {
        String token = WorkerServer.newToken(random);
        CompletableFuture<Void> _ = server.thenAccept(door -> door.expect(worker, token));
        supervisor.launch(worker, token);
    }

    private void exited(WorkerId worker, WorkerExit exit) {
        if (segments != null) {
            segments.processEnded(worker);
        }
        sink.workerExited(worker, exit);
    }

    @Override
    public void look(WorkerId worker) {
        sink.looked(worker, supervisor.begun(worker));
    }

    @Override
    public long units(WorkerId worker) {
        return supervisor.units(worker);
    }

    @Override
    public void release(WorkerId worker) {
        supervisor.release(worker);
    }

    @Override
    public void kill(WorkerId worker) {
        supervisor.kill(worker);
        // After the kill: a live worker that is turned away would complain.
        CompletableFuture<Void> _ = server.thenAccept(door -> door.refuse(worker));
    }

    @Override
    public void killAll() {
        supervisor.killAll();
    }

    @Override
    public void sweep() {
        supervisor.prepareNext();
        closeFiles();
    }

    private void closeFiles() {
        directory.close();
        if (segments != null) {
            segments.close();
        }
    }

    @Override
    public void close() {
        supervisor.killAll();
        WorkerServer opened = server.getNow(null);
        if (opened != null) {
            opened.close();
            supervisor.prepareNext();
        }
        closeFiles();
    }
}
