package io.farmhand.internal.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.authority.Issued;
import io.farmhand.internal.authority.TestAuthority;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets an answer from a server with TLS, and what the others are told; real connections over loopback. */
@NullUnmarked
@Timeout(60)
class SecureServerTest {
    @TempDir
    Path directory;

    private TestParties parties;
    private LogCapture log;
    private TestServer server;

    @BeforeEach
    void listen() throws IOException {
        parties = new TestParties(directory);
        log = LogCapture.begin(Level.ALL);
        server = new TestServer(parties, parties.coordinator(), TestServer.LIMITS);
    }

    /** Whatever was done to it: it still serves, keeps nothing, and has told no secret, not even to who debugs it. */
    @AfterEach
    void livesOnAndTellsNoSecret() throws IOException {
        try (LogCapture _ = log; TestServer _ = server) {
            assertThat(server.call(parties.worker(), TestService.JOIN, "still")).isEqualTo("worker rack7: still");
            server.awaitNobody();
        }
        for (String secret : List.of(parties.workerText, parties.clientText)) {
            String hex = secret.chars().mapToObj(Integer::toHexString).reduce("", String::concat);
            String base64 = Base64.getEncoder().withoutPadding()
                    .encodeToString(secret.getBytes(StandardCharsets.US_ASCII));
            assertThat(log.text() + server.refusals).doesNotContain(secret, base64).doesNotContainIgnoringCase(hex);
        }
    }

    private Status refused(Credentials credentials, MethodDescriptor<String, String> method) {
        try {
            server.call(credentials, method, "x");
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("it was let in");
    }

    // ---- who gets in ----

    @Test
    void letsInWhoHasBothCertificateAndToken() throws IOException {
        assertThat(server.call(parties.worker(), TestService.JOIN, "here")).isEqualTo("worker rack7: here");
        assertThat(server.call(parties.client(), TestService.OPEN, "here")).isEqualTo("client rack7: here");
        assertThat(server.refusals).isEmpty();
    }

    @Test
    void takesKeysOfAllKindsThatUsersBring() throws Exception {
        for (String kind : List.of("RSA", "Ed25519")) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            generator.initialize(kind.equals("RSA") ? 2048 : 255);
            Issued issued = parties.authority.issue(generator.generateKeyPair());
            parties.secret("ca.pem", Pem.text(parties.authority.own().certificate()));
            parties.secret("worker.pem", Pem.text(issued.certificate()));
            parties.secret("worker.key", Pem.text(issued.key()));
            Identity identity = Identity.read(CredentialFiles.in(directory, Role.WORKER), Role.WORKER);
            assertThat(server.call(with(identity), TestService.JOIN, kind)).endsWith(kind);
        }
    }

    @Test
    void servesManyCallsAndConnectionsAtOnce() throws IOException, InterruptedException {
        List<Thread> threads = IntStream.range(0, 20).mapToObj(i -> Thread.ofVirtual().start(() -> {
            try {
                assertThat(server.call(parties.worker(), TestService.JOIN, "n" + i)).endsWith("n" + i);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        })).toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(server.refusals).isEmpty();
    }

    // ---- certificates ----

    private Credentials with(Identity identity) {
        return new Credentials(identity, parties.workerToken);
    }

    @Test
    void refusesACertificateOfAnotherCa() {
        TestAuthority other = new TestAuthority();
        Issued issued = other.issue(Role.WORKER.uri(), false);
        Identity stranger = new Identity(Role.WORKER, List.of(parties.authority.own().certificate()),
                List.of(issued.certificate()), issued.key());
        Status status = refused(with(stranger), TestService.JOIN);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(TlsFailure.of(status.asRuntimeException()).orElseThrow().toString()).contains("two CAs");
        assertThat(server.awaitRefusal(Refusal.UNKNOWN_CA)).contains("Refused 127.0.0.1:", "issuer='CN=Farmhand CA ");
    }

    @Test
    void refusesACertificateThatHasExpired() {
        Instant end = Instant.now().minusSeconds(5);
        Identity old = parties.identity(Role.WORKER, parties.authority.issue(Role.WORKER.uri(), false,
                end.minusSeconds(100), end));
        refused(with(old), TestService.JOIN);
        assertThat(server.awaitRefusal(Refusal.EXPIRED)).contains("validUntil=" + end.toString().substring(0, 16),
                "rack7");
    }

    @Test
    void refusesACertificateThatIsNotValidYet() {
        Instant begin = Instant.now().plusSeconds(500);
        Identity early = parties.identity(Role.WORKER, parties.authority.issue(Role.WORKER.uri(), false, begin,
                begin.plusSeconds(100)));
        refused(with(early), TestService.JOIN);
        assertThat(server.awaitRefusal(Refusal.NOT_YET_VALID)).contains("Often a clock is wrong");
    }

    @Test
    void refusesAPeerWithoutCertificate() throws IOException {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.port())
                .sslContext(GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                        .trustManager(parties.authority.own().certificate()).build())
                .build();
        assertThatThrownBy(() -> TestServer.call(channel, TestService.JOIN, "x"))
                .isInstanceOf(StatusRuntimeException.class);
        TestServer.close(channel);
        assertThat(server.awaitRefusal(Refusal.NO_CERTIFICATE)).contains("farm certs");
    }

    @Test
    void refusesACertificateThatIsForServers() {
        Identity server2 = parties.identity(Role.WORKER, parties.authority.issue(Role.WORKER.uri(), true, "localhost"));
        refused(with(server2), TestService.JOIN);
        assertThat(server.awaitRefusal(Refusal.BAD_CERTIFICATE)).contains("client authentication");
    }

    @Test
    void refusesTheCertificateOfAnotherRole() {
        Status status = refused(parties.client(), TestService.JOIN);
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(status.getDescription()).contains("method=farmhand.test.Text/Join role=client callers=[worker]");
        assertThat(refused(parties.worker(), TestService.OPEN).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(server.awaitRefusal(Refusal.OTHER_ROLE)).contains("127.0.0.1");
    }

    @Test
    void refusesACertificateWithoutOneKnownRole() {
        for (String uri : List.of("", "urn:farmhand:role:admin", "https://example.com/worker")) {
            Identity nobody = parties.identity(Role.WORKER, parties.authority.issue(uri, false, "localhost"));
            assertThat(refused(with(nobody), TestService.JOIN).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        }
        assertThat(server.awaitRefusal(Refusal.NO_ROLE)).contains("urn:farmhand:role:worker");
    }

    @Test
    void refusesACoordinatorsCertificateAsACallers() {
        Identity coordinator = parties.identity(Role.COORDINATOR,
                parties.authority.issue(Role.COORDINATOR.uri(), false, "localhost"));
        assertThat(refused(with(coordinator), TestService.JOIN).getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    // ---- tokens ----

    @Test
    void refusesACallWithoutToken() {
        ManagedChannel channel = withoutToken();
        assertThatThrownBy(() -> TestServer.call(channel, TestService.JOIN, "x"))
                .hasMessageContaining("UNAUTHENTICATED")
                .hasMessageContaining(Refusal.NO_TOKEN.text());
        TestServer.close(channel);
        server.awaitRefusal(Refusal.NO_TOKEN);
    }

    private ManagedChannel withoutToken(ClientInterceptor... interceptors) {
        return NettyChannelBuilder.forAddress("localhost", server.port())
                .sslContext(Tls.client(parties.identity(Role.WORKER))).intercept(interceptors).build();
    }

    @Test
    void refusesAWrongTokenAndThatOfAnotherRole() throws IOException {
        Token wrong = parties.token(Token.newText(new SecureRandom()));
        for (Token token : List.of(wrong, parties.clientToken)) {
            Status status = refused(new Credentials(parties.identity(Role.WORKER), token), TestService.JOIN);
            assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(status.getDescription()).contains("worker.token");
        }
        assertThat(server.refusals).hasSize(2).allMatch(line -> line.contains(Refusal.WRONG_TOKEN.text()));
    }

    /** Sends given bytes as the proof. */
    private static final class Replay implements ClientInterceptor {
        private final byte[] proof;

        Replay(byte[] proof) {
            this.proof = proof;
        }

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                @Override
                public void start(Listener<A> listener, Metadata headers) {
                    headers.put(TokenProof.KEY, proof);
                    super.start(listener, headers);
                }
            };
        }
    }

    @Test
    void refusesAProofThatWasOverheardOnAnotherConnection() throws Exception {
        byte[][] heard = new byte[1][];
        ManagedChannel channel = withoutToken(new ClientInterceptor() {
            @Override
            public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options,
                    Channel next) {
                return next.newCall(method, options.withCallCredentials(new CallCredentials() {
                    @Override
                    public void applyRequestMetadata(RequestInfo call, Executor executor,
                            MetadataApplier applier) {
                        try {
                            heard[0] = TokenProof.of(parties.workerToken,
                                    call.getTransportAttrs().get(Grpc.TRANSPORT_ATTR_SSL_SESSION));
                        } catch (SSLException e) {
                            throw new AssertionError(e);
                        }
                        Metadata headers = new Metadata();
                        headers.put(TokenProof.KEY, heard[0]);
                        applier.apply(headers);
                    }
                }));
            }
        });
        assertThat(TestServer.call(channel, TestService.JOIN, "mine")).endsWith("mine");
        TestServer.close(channel);
        for (byte[] proof : List.of(heard[0], TokenProof.of(parties.workerToken, null), new byte[0], new byte[32],
                new byte[4000])) {
            ManagedChannel thief = withoutToken(new Replay(proof));
            assertThatThrownBy(() -> TestServer.call(thief, TestService.JOIN, "x"))
                    .hasMessageContaining(Refusal.WRONG_TOKEN.text());
            TestServer.close(thief);
        }
    }

    @Test
    void closesAConnectionOfWhichNoCallIsLetThrough() {
        ManagedChannel channel = withoutToken();
        assertThatThrownBy(() -> TestServer.call(channel, TestService.JOIN, "x"));
        assertThat(server.connections.strangers()).isEqualTo(1);
        server.awaitNobody();
        assertThat(server.awaitRefusal(Refusal.TOO_SLOW)).contains("a call that is let through");
        TestServer.close(channel);
    }

    // ---- methods ----

    @Test
    void refusesAMethodThatIsInNoTable() {
        Status status = refused(parties.worker(), TestService.FORGOTTEN);
        assertThat(status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(server.awaitRefusal(Refusal.NOBODYS_METHOD)).contains("method=farmhand.test.Text/Forgotten");
    }

    @Test
    void refusesEveryMethodToWhoHasNoToken() {
        for (MethodDescriptor<?, ?> method : TestService.definition().getServiceDescriptor().getMethods()) {
            @SuppressWarnings("unchecked")
            var unary = (MethodDescriptor<String, String>) method.toBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY).build();
            ManagedChannel channel = withoutToken();
            assertThatThrownBy(() -> TestServer.call(channel, unary, "x")).as(method.getFullMethodName())
                    .hasMessageContaining("The coordinator refuses the caller");
            TestServer.close(channel);
        }
    }

    // ---- limits ----

    @Test
    void refusesTooLongAMessageAndTooLongHeaders() throws IOException {
        assertThat(server.call(parties.worker(), TestService.JOIN, "x".repeat(TestServer.MESSAGE_BYTES - 100)))
                .endsWith("xxx");
        assertThatThrownBy(
                () -> server.call(parties.worker(), TestService.JOIN, "x".repeat(TestServer.MESSAGE_BYTES + 1)))
                .hasMessageContaining("RESOURCE_EXHAUSTED");
        ManagedChannel channel = withoutToken(new Replay(new byte[TestServer.LIMITS.metadataBytes()]));
        assertThatThrownBy(() -> TestServer.call(channel, TestService.JOIN, "x"))
                .isInstanceOf(StatusRuntimeException.class);
        TestServer.close(channel);
    }

    @Test
    void makesCallsBeyondTheLimitOfAConnectionWait() throws Exception {
        server.close();
        server = new TestServer(parties, parties.coordinator(), TestServer.LIMITS.withCallsPerConnection(2));
        ManagedChannel channel = SecureChannel.builder("localhost", server.port(), parties.worker()).build();
        TestServer.call(channel, TestService.JOIN, "the limit is known now");
        StreamObserver<String> first = talk(channel, new CountDownLatch(1));
        CountDownLatch second = new CountDownLatch(1);
        talk(channel, second);
        assertThat(second.await(10, TimeUnit.SECONDS)).isTrue();
        CountDownLatch third = new CountDownLatch(1);
        talk(channel, third);
        assertThat(third.await(300, TimeUnit.MILLISECONDS)).isFalse();
        first.onCompleted();
        assertThat(third.await(10, TimeUnit.SECONDS)).isTrue();
        TestServer.close(channel);
    }

    private static StreamObserver<String> talk(ManagedChannel channel, CountDownLatch answered) {
        StreamObserver<String> out = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(TestService.TALK, CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(String value) {
                        answered.countDown();
                    }

                    @Override
                    public void onError(Throwable cause) {
                        // at the test's end
                    }

                    @Override
                    public void onCompleted() {
                        // asked for
                    }
                });
        out.onNext("hello");
        return out;
    }

    @Test
    void closesAConnectionThatHasNoCalls() throws Exception {
        server.close();
        server = new TestServer(parties, parties.coordinator(),
                TestServer.LIMITS.withTimes(Duration.ofSeconds(2), Duration.ofMillis(500)));
        ManagedChannel channel = SecureChannel.builder("localhost", server.port(), parties.worker()).build();
        TestServer.call(channel, TestService.JOIN, "x");
        server.awaitNobody();
        assertThat(TestServer.call(channel, TestService.JOIN, "again")).endsWith("again");
        TestServer.close(channel);
    }

    // ---- whom a caller talks to ----

    private void assertRefusesServer(String host, Identity identity, Refusal why) throws IOException {
        try (TestServer bad = new TestServer(parties, identity, TestServer.LIMITS)) {
            ManagedChannel channel = SecureChannel.builder(host, bad.port(), parties.worker()).build();
            assertThatThrownBy(() -> TestServer.call(channel, TestService.JOIN, "x"))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                        assertThat(TlsFailure.of(e).orElseThrow().refusal()).as(e.toString()).isEqualTo(why);
                    });
            TestServer.close(channel);
            bad.awaitRefusal(Refusal.REFUSED_BY_PEER);
        }
    }

    @Test
    void aCallerTakesOnlyACoordinatorOfItsCaWithTheNameThatItDials() throws IOException {
        Issued other = new TestAuthority().issue(Role.COORDINATOR.uri(), true, TestParties.HERE);
        List<X509Certificate> known = List.of(parties.authority.own().certificate());
        assertRefusesServer("localhost",
                new Identity(Role.COORDINATOR, known, List.of(other.certificate()), other.key()),
                Refusal.UNKNOWN_CA);
        assertRefusesServer("localhost", parties.identity(Role.COORDINATOR,
                parties.authority.issue(Role.COORDINATOR.uri(), true, "farm.example.com")), Refusal.OTHER_NAME);
        assertRefusesServer("127.0.0.1", parties.identity(Role.COORDINATOR,
                parties.authority.issue(Role.COORDINATOR.uri(), true, "localhost", "127.0.0.2")), Refusal.OTHER_NAME);
        assertRefusesServer("localhost", parties.identity(Role.COORDINATOR,
                parties.authority.issue(Role.WORKER.uri(), true, "localhost")), Refusal.OTHER_ROLE);
        assertRefusesServer("localhost", parties.identity(Role.COORDINATOR,
                parties.authority.issue(Role.COORDINATOR.uri(), false, "localhost")), Refusal.BAD_CERTIFICATE);
        assertRefusesServer("localhost", parties.identity(Role.COORDINATOR,
                parties.authority.issue(Role.COORDINATOR.uri(), true, Instant.now().minusSeconds(100),
                        Instant.now().minusSeconds(50), "localhost")),
                Refusal.EXPIRED);
    }

    @Test
    void isDialledByItsAddressesToo() throws IOException {
        for (String host : List.of("127.0.0.1", "localhost")) {
            ManagedChannel channel = SecureChannel.builder(host, server.port(), parties.worker()).build();
            assertThat(TestServer.call(channel, TestService.JOIN, host)).endsWith(host);
            TestServer.close(channel);
        }
    }

    // ---- without TLS ----

    @Test
    void onLoopbackTheTokenAloneTellsTheRole() throws IOException {
        try (TestServer plain = new TestServer(parties, null, TestServer.LIMITS)) {
            assertThat(plain.call(new Credentials(null, parties.workerToken), TestService.JOIN, "a"))
                    .isEqualTo("worker worker: a");
            Credentials client = new Credentials(null, parties.clientToken);
            assertThat(plain.call(client, TestService.OPEN, "b")).isEqualTo("client client: b");
            assertThatThrownBy(() -> plain.call(client, TestService.JOIN, "c"))
                    .hasMessageContaining("PERMISSION_DENIED");
            Token wrong = parties.token(Token.newText(new SecureRandom()));
            assertThatThrownBy(() -> plain.call(new Credentials(null, wrong), TestService.JOIN, "d"))
                    .hasMessageContaining("UNAUTHENTICATED");
            assertThat(plain.refusals).hasSize(2);
            plain.awaitNobody();
        }
    }

    @Test
    void refusesToListenOrDialBeyondThisHostWithoutTls() {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()); // never begun
        for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
            assertThatThrownBy(() -> SecureServer.builder(new InetSocketAddress(host, 0), null, parties.tokens(),
                    TestService.rights(), TestServer.LIMITS, loops)).isInstanceOf(SecuritySetupException.class)
                    .hasMessageContaining("farm certs");
        }
        assertThatThrownBy(() -> SecureChannel.builder("192.0.2.1", 1, new Credentials(null, parties.workerToken)))
                .isInstanceOf(SecuritySetupException.class).hasMessageContaining("farm certs");
    }
}
