package io.farmhand.internal.cluster;

import io.farmhand.backend.BackendOrder;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.internal.channel.WorkerServer;
import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.process.LaunchOptions;
import io.farmhand.internal.process.Supervisor;
import io.farmhand.internal.proto.Exited;
import io.farmhand.internal.proto.FarmGrpc;
import io.farmhand.internal.proto.Looked;
import io.farmhand.internal.proto.Progress;
import io.farmhand.internal.shm.FarmDirectory;
import io.farmhand.internal.socket.Outlet;
import io.farmhand.internal.wire.Endpoint;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The workers that an agent runs for one client: JVMs of their own, with the client's class path, which dial a socket that only
 * this user can reach. What they say is relayed.
 *
 * <p><b>Concurrency.</b> Concurrent maps; the parts have their own state.
 */
final class Crew implements AutoCloseable {

    /** What an agent does for its crews. */
    interface Agent {
        /** Makes the call that a worker's is relayed to. */
        void serve(LineKey line, Relay relay);

        /** Begins a tunnel from a worker's socket. */
        TunnelEnd dig(LineKey line, long server, SocketChannel worker, TunnelEnd.Events events);

        /** A worker has ended. */
        void exited(Exited exit);

        /** A worker has printed a line. */
        void printed(long line, boolean stderr, String text);
    }

    private final Agent agent;
    private final List<JarStore.Lease> code;
    private final SecureRandom random = new SecureRandom();
    private final FarmDirectory directory;
    private final Supervisor supervisor;
    private final WorkerServer server;
    private final Outlets outlets;
    private final Map<WorkerId, LineKey> lines = new ConcurrentHashMap<>();
    private final Map<Long, WorkerId> workers = new ConcurrentHashMap<>();
    private final Map<WorkerId, String> tokens = new ConcurrentHashMap<>();
    /** Those that were launched, have not dialled yet, and were not told to end. */
    private final Set<WorkerId> awaited = ConcurrentHashMap.newKeySet();

    /**
     * Makes a crew without anybody in it.
     *
     * @param code the jars on its class path, which it gives back in the end, also when it cannot be made
     * @throws IOException when its directory or socket cannot be made
     */
    Crew(LaunchOptions options, List<JarStore.Lease> code, Agent agent) throws IOException {
        this.agent = agent;
        this.code = code;
        directory = directory(code);
        @Nullable
        WorkerServer opened = null;
        boolean whole = false;
        try {
            supervisor = new Supervisor(options, directory.path(), printer(), this::exited);
            opened = new WorkerServer(Endpoint.in(directory.path()), service(), "farm-crew");
            server = opened;
            outlets = new Outlets(directory.path(), agent::dig);
            supervisor.boot(server.endpoint());
            whole = true;
        } finally {
            if (!whole) {
                if (opened != null) {
                    opened.close();
                }
                directory.close();
                code.forEach(JarStore.Lease::close);
            }
        }
    }

    private static FarmDirectory directory(List<JarStore.Lease> code) throws IOException {
        boolean made = false;
        try {
            FarmDirectory directory = FarmDirectory.create();
            made = true;
            return directory;
        } finally {
            if (!made) {
                code.forEach(JarStore.Lease::close);
            }
        }
    }

    private BackendOrder.Printer printer() {
        return (worker, stderr, text) -> lines.forEach((id, key) -> {
            if (id.number() == worker) {
                agent.printed(key.line(), stderr, text);
            }
        });
    }

    /** Workers' calls, unread. */
    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(FarmGrpc.SERVICE_NAME)
                .addMethod(Bytes.of(FarmGrpc.getWorkMethod()), (call, _) -> {
                    LineKey line = lines.get(WorkerServer.caller());
                    awaited.remove(WorkerServer.caller());
                    Relay relay = new Relay();
                    return RelayedServerCall.join(call, joining -> {
                        Relay.End end = relay.worker(joining);
                        if (line == null || end == null) {
                            return null; // it was killed meanwhile
                        }
                        agent.serve(line, relay);
                        return end;
                    });
                }).build();
    }

    /**
     * Starts a worker.
     *
     * @throws IOException when it cannot be told where its tunnels begin
     */
    void launch(LineKey line, WorkerId worker) throws IOException {
        String token = WorkerServer.newToken(random);
        Outlet outlet = outlets.begin(line, token);
        tokens.put(worker, token);
        lines.put(worker, line);
        workers.put(line.line(), worker);
        awaited.add(worker);
        server.expect(worker, token);
        supervisor.launch(worker, token, outlet);
    }

    private void exited(WorkerId worker, WorkerExit exit) {
        boolean failed = awaited.remove(worker);
        LineKey line = lines.remove(worker);
        String token = tokens.remove(worker);
        if (token != null) {
            outlets.end(token);
        }
        if (line != null) {
            workers.remove(line.line());
            agent.exited(Exited.newBuilder()
                    .setLine(line.line())
                    .setPid(exit.pid())
                    .setExitCode(exit.exitCode())
                    .setBegun(progress(exit.begun()))
                    .setHint(exit.hint())
                    .setDetails(exit.details())
                    .setFailedStart(failed)
                    .build());
        }
    }

    private static Progress progress(Begun begun) {
        return Progress.newBuilder().setAttempt(begun.attempt()).setItem(begun.item())
                .setElapsedNanos(Math.max(0, System.nanoTime() - begun.nanos())).build();
    }

    boolean isIdle() {
        return lines.isEmpty();
    }

    /** What a worker is at; null when it is none of these. */
    @Nullable
    Looked look(long line) {
        WorkerId worker = workers.get(line);
        return worker == null
                ? null
                : Looked.newBuilder().setLine(line).setBegun(progress(supervisor.begun(worker))).build();
    }

    /** What a worker's tasks have counted; 0 when it is none of these. */
    long units(long line) {
        WorkerId worker = workers.get(line);
        return worker == null ? 0 : supervisor.units(worker);
    }

    void kill(long line) {
        WorkerId worker = workers.get(line);
        if (worker != null) {
            awaited.remove(worker);
            supervisor.kill(worker);
            server.refuse(worker);
        }
    }

    void release(long line) {
        WorkerId worker = workers.get(line);
        if (worker != null) {
            awaited.remove(worker);
            supervisor.release(worker);
        }
    }

    /** Tells all workers to finish what they have begun, and to leave. */
    void terminate() {
        awaited.clear();
        supervisor.terminateAll();
    }

    /** Kills those that are left. */
    @Override
    public void close() {
        supervisor.killAll();
        outlets.close();
        server.close();
        directory.close();
        code.forEach(JarStore.Lease::close);
    }
}
