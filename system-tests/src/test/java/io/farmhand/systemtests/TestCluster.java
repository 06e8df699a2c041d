package io.farmhand.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.farmhand.Pool;
import io.farmhand.PoolBuilder;
import io.farmhand.internal.cluster.Agent;
import io.farmhand.internal.cluster.AgentOptions;
import io.farmhand.internal.cluster.Coordinator;
import io.farmhand.internal.cluster.Dialer;
import io.farmhand.internal.cluster.JoinedBackend;
import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.proto.ClusterGrpc;
import io.farmhand.internal.proto.StatusAsked;
import io.farmhand.internal.proto.StatusTold;
import io.farmhand.internal.security.Credentials;
import io.farmhand.internal.security.SecureChannel;
import io.farmhand.internal.security.Token;
import io.farmhand.internal.security.Tokens;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;

/** A coordinator and agents in this JVM, over loopback TCP without TLS; their workers are JVMs of their own. */
@NullUnmarked
final class TestCluster implements AutoCloseable {
    private static final long STORE_BYTES = 1L << 30;
    private static final long END_SECONDS = 20;

    private final Path directory;
    private final Credentials worker;
    private final Credentials client;
    private final List<Agent> agents = new ArrayList<>();
    private Coordinator coordinator;
    private int stores;

    TestCluster(Path directory) throws IOException {
        this.directory = directory;
        this.worker = credentials("worker");
        this.client = credentials("client");
        listen(0);
    }

    private Credentials credentials(String role) throws IOException {
        Path file = directory.resolve(role + ".token");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, Token.newText(new SecureRandom()));
        return new Credentials(null, Token.read(file));
    }

    private JarStore store() throws IOException {
        return JarStore.open(directory.resolve("store-" + ++stores), STORE_BYTES);
    }

    /** The coordinator listens, on that port or any. */
    private void listen(int port) throws IOException {
        coordinator = new Coordinator(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), null,
                new Tokens(worker.token(), client.token()), store());
    }

    int port() {
        return coordinator.port();
    }

    /** The coordinator ends, and another one takes its port. */
    void restartCoordinator() throws IOException {
        int port = port();
        coordinator.close();
        listen(port);
    }

    void endCoordinator() {
        coordinator.close();
    }

    Agent agent(int seats) throws IOException {
        return agent(seats, port());
    }

    /** An agent that dials that port. */
    Agent agent(int seats, int port) throws IOException {
        Agent agent = new Agent(new AgentOptions(new Dialer("127.0.0.1", port, worker), "host", seats), store());
        agent.start();
        agents.add(agent);
        return agent;
    }

    PoolBuilder client() throws IOException {
        return client(port());
    }

    /** A client that dials that port, whose workers start quickly. */
    PoolBuilder client(int port) throws IOException {
        return client(new JoinedBackend(new Dialer("127.0.0.1", port, client), "test", store()));
    }

    private static PoolBuilder client(JoinedBackend backend) {
        return Pool.builder().backend(backend).jvmArgs("-XX:TieredStopAtLevel=1");
    }

    /** What the coordinator says of itself. */
    StatusTold status() throws Exception {
        ManagedChannel channel = SecureChannel.builder("127.0.0.1", port(), client).build();
        try {
            return ClusterGrpc.newBlockingStub(channel).ask(StatusAsked.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
    }

    /** An agent is told to end, and does. */
    static void retire(Agent agent) throws Exception {
        agent.retire(TimeUnit.SECONDS.toNanos(END_SECONDS / 2));
        agent.ended().get(END_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        for (Agent agent : agents) {
            agent.close();
            agent.ended().handle((_, _) -> "ended").orTimeout(END_SECONDS, TimeUnit.SECONDS).join();
        }
        coordinator.close();
        assertThat(Workers.livePids()).as("workers are left").isEmpty();
    }
}
