package io.farmhand.internal.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.farmhand.internal.code.JarStore;
import io.farmhand.internal.proto.ClusterGrpc;
import io.farmhand.internal.proto.Demand;
import io.farmhand.internal.proto.FromAgent;
import io.farmhand.internal.proto.FromClient;
import io.farmhand.internal.proto.Jar;
import io.farmhand.internal.proto.Joining;
import io.farmhand.internal.proto.Kill;
import io.farmhand.internal.proto.Launch;
import io.farmhand.internal.proto.Opening;
import io.farmhand.internal.proto.ToAgent;
import io.farmhand.internal.proto.ToClient;
import io.farmhand.internal.security.Credentials;
import io.farmhand.internal.security.SecureChannel;
import io.farmhand.internal.security.Token;
import io.farmhand.internal.security.Tokens;
import io.farmhand.internal.wire.Wire;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a coordinator bears of peers that have a right to call: more is refused, with the value and the limit. */
@Timeout(60)
@NullUnmarked
class QuotasTest {
    private static final int UNREAD = 50;
    /** As little as may be, so that little is on its way to a peer that takes nothing. */
    private static final int WINDOW_BYTES = 65_535;
    private static final Quotas QUOTAS = new Quotas(1, 1, 4, 3, 1, 2, UNREAD, 512, 4096, 8192);

    @TempDir
    private Path directory;
    private Coordinator coordinator;
    private Credentials worker;
    private Credentials client;
    private final List<ManagedChannel> channels = new ArrayList<>();

    /** A long call of a peer. */
    private static final class Peer<Q, A> implements ClientResponseObserver<Q, A> {
        final BlockingQueue<A> told = new LinkedBlockingQueue<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();
        private final boolean reads;
        ClientCallStreamObserver<Q> call;

        Peer(boolean reads) {
            this.reads = reads;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<Q> begun) {
            call = begun;
            if (!reads) {
                begun.disableAutoRequestWithInitial(0);
            }
        }

        @Override
        public void onNext(A message) {
            told.add(message);
        }

        @Override
        public void onError(Throwable cause) {
            end.complete(Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }

        A take() throws InterruptedException {
            return told.poll(20, TimeUnit.SECONDS);
        }

        void assertRefused(Status.Code code, String... words) throws Exception {
            Status status = end.get(20, TimeUnit.SECONDS);
            assertThat(status.getCode()).as(status.toString()).isEqualTo(code);
            assertThat(status.getDescription()).contains(words);
        }
    }

    @BeforeEach
    void listen() throws IOException {
        worker = credentials("worker");
        client = credentials("client");
        coordinator = new Coordinator(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null,
                new Tokens(worker.token(), client.token()), JarStore.open(directory.resolve("jars"), 1 << 20), QUOTAS);
    }

    private Credentials credentials(String role) throws IOException {
        Path file = directory.resolve(role + ".token");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, Token.newText(new SecureRandom()));
        return new Credentials(null, Token.read(file));
    }

    @AfterEach
    void end() {
        channels.forEach(ManagedChannel::shutdownNow);
        coordinator.close();
    }

    private ClusterGrpc.ClusterStub stub(Credentials credentials) throws IOException {
        ManagedChannel channel = SecureChannel.builder("127.0.0.1", coordinator.port(), credentials)
                .flowControlWindow(WINDOW_BYTES).build();
        channels.add(channel);
        return ClusterGrpc.newStub(channel);
    }

    private Peer<FromAgent, ToAgent> agent(int seats) throws IOException {
        Peer<FromAgent, ToAgent> peer = new Peer<>(true);
        stub(worker).lend(peer);
        peer.call.onNext(FromAgent.newBuilder().setJoining(
                Joining.newBuilder().setProtocol(Wire.PROTOCOL).setName("a").setSeats(seats).setJavaVersion(25))
                .build());
        return peer;
    }

    private Peer<FromClient, ToClient> client(boolean reads, int jars) throws IOException {
        Peer<FromClient, ToClient> peer = new Peer<>(reads);
        stub(client).borrow(peer);
        Opening.Builder opening = Opening.newBuilder().setProtocol(Wire.PROTOCOL).setName("c");
        for (int i = 0; i < jars; i++) {
            opening.addJars(Jar.newBuilder().setName("j" + i).setSha256(ByteString.copyFrom(new byte[32])));
        }
        peer.call.onNext(FromClient.newBuilder().setOpening(opening).build());
        return peer;
    }

    private static FromClient launch(int number) {
        return FromClient.newBuilder().setLaunch(Launch.newBuilder().setWorker(number).setGeneration(1)).build();
    }

    @Test
    void asManyAgentsAsMayBe() throws Exception {
        Peer<FromAgent, ToAgent> first = agent(1);
        assertThat(first.take().hasWelcomed()).isTrue();
        agent(1).assertRefused(Status.Code.RESOURCE_EXHAUSTED, "there are workers=1 already");
        assertThat(first.end).isNotDone();
    }

    @Test
    void asManySeatsAsMayBe() throws Exception {
        agent(5).assertRefused(Status.Code.INVALID_ARGUMENT, "seats=5 is not from 1 to 4");
        agent(0).assertRefused(Status.Code.INVALID_ARGUMENT, "seats=0 is not from 1 to 4");
    }

    @Test
    void asManyClientsAsMayBe() throws Exception {
        Peer<FromClient, ToClient> first = client(true, 0);
        assertThat(first.take().hasOpened()).isTrue();
        client(true, 0).assertRefused(Status.Code.RESOURCE_EXHAUSTED, "there are clients=1 already");
    }

    @Test
    void asManyJarsAsMayBe() throws Exception {
        client(true, 3).assertRefused(Status.Code.RESOURCE_EXHAUSTED, "jars=3 is more than 2");
    }

    @Test
    void asManyWorkersAsMayBe() throws Exception {
        Peer<FromClient, ToClient> peer = client(true, 0);
        assertThat(peer.take().hasOpened()).isTrue();
        for (int i = 0; i < 4; i++) {
            peer.call.onNext(launch(i));
        }
        peer.assertRefused(Status.Code.RESOURCE_EXHAUSTED, "the client has launched workers=3");
    }

    @Test
    void asManyLaunchesASecondAsMayBe() throws Exception {
        Peer<FromClient, ToClient> peer = client(true, 0);
        assertThat(peer.take().hasOpened()).isTrue();
        for (int i = 0; i < 200 && !peer.end.isDone(); i++) {
            peer.call.onNext(launch(i));
            ToClient told = peer.take();
            while (told != null && !told.hasLaunched() && !peer.end.isDone()) {
                told = peer.told.poll(20, TimeUnit.MILLISECONDS);
            }
            if (told != null) {
                peer.call.onNext(FromClient.newBuilder()
                        .setKill(Kill.newBuilder().setLine(told.getLaunched().getLine())).build());
            }
        }
        peer.assertRefused(Status.Code.RESOURCE_EXHAUSTED, "the client launches more than 1 workers a second");
    }

    @Test
    void nobodyIsToldForEverWhatItDoesNotTake() throws Exception {
        agent(4);
        Peer<FromClient, ToClient> peer = client(false, 0);
        awaitClients(1);
        for (int i = 0; i < 50_000; i++) { // each changes its share, which it is told
            peer.call.onNext(FromClient.newBuilder().setDemand(Demand.newBuilder().setWorkers(i % 5)).build());
        }
        awaitClients(0);
        peer.call.request(Integer.MAX_VALUE);
        peer.assertRefused(Status.Code.RESOURCE_EXHAUSTED,
                "the peer does not take what it is told: unread=" + (UNREAD + 1));
    }

    private void awaitClients(int count) throws Exception {
        while (!coordinator.health().get(20, TimeUnit.SECONDS).words().contains("clients=" + count)) {
            Thread.onSpinWait();
        }
    }
}
