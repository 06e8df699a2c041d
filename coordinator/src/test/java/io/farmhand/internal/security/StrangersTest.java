package io.farmhand.internal.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.internal.authority.Issued;
import io.farmhand.internal.proto.FarmGrpc;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.ToWorker;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server bears that does not come from our own clients: garbage, silence, floods. */
@NullUnmarked
@Timeout(90)
class StrangersTest {
    /** How long a connection is borne, and how much later its end may be seen on a busy machine. */
    private static final Duration BORNE = TestServer.LIMITS.admission().plusSeconds(5);

    @TempDir
    Path directory;

    private TestParties parties;
    private TestServer server;
    private LogCapture log;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void listen() throws IOException {
        parties = new TestParties(directory);
        log = LogCapture.begin(Level.WARNING);
        server = new TestServer(parties, parties.coordinator(), TestServer.LIMITS);
    }

    @AfterEach
    void livesOn() throws IOException {
        try (LogCapture _ = log; TestServer _ = server) {
            assertThat(server.call(parties.worker(), TestService.JOIN, "still")).isEqualTo("worker rack7: still");
            server.awaitNobody();
            assertThat(log.text()).as("what strangers make others log").isEmpty();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private Socket dial() throws IOException {
        return dial("127.0.0.1");
    }

    private Socket dial(String from) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()), 5000);
        socket.setSoTimeout((int) BORNE.toMillis());
        return socket;
    }

    private static void write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            Assertions.assertThat(e).isNotNull(); // it was closed while we wrote: just so
        }
    }

    /** Waits until the other side has closed; fails when it does not in time. */
    private static void awaitEnd(Socket socket) throws IOException {
        try (InputStream in = socket.getInputStream()) {
            in.readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("it was not closed", e);
        } catch (IOException e) {
            assertThat(e.getMessage()).contains("reset");
        }
    }

    private String refuses(byte[] bytes, Refusal why) throws IOException {
        Socket socket = dial();
        write(socket, bytes);
        awaitEnd(socket);
        return server.awaitRefusal(why);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    // ---- garbage ----

    @Test
    void refusesPlainTextAtOnceAndDoesNotQuoteIt() throws IOException {
        long begin = System.nanoTime();
        String line = refuses(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + parties.workerText), Refusal.NOT_TLS);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TestServer.LIMITS.admission());
        assertThat(line).contains("no certificates configured").doesNotContain("505249");
        assertThat(server.refusals).hasSize(1);
    }

    @Test
    void refusesHttp1() throws IOException {
        refuses(ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), Refusal.NOT_TLS);
    }

    @Test
    void refusesRandomBytes() throws IOException {
        Random random = new Random(42);
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[1 + random.nextInt(100_000)];
            random.nextBytes(bytes);
            if (i % 2 == 0 && bytes.length > 5) { // with the head of a TLS record
                bytes[0] = 22;
                bytes[1] = 3;
                bytes[2] = 3;
            }
            Socket socket = dial();
            write(socket, bytes);
            if (random.nextBoolean()) {
                endOutput(socket);
            }
        }
        for (Socket socket : sockets) {
            awaitEnd(socket);
        }
    }

    private static void endOutput(Socket socket) {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            assertThat(e).isNotNull(); // it was closed before
        }
    }

    @Test
    void refusesAClientOfAnOlderTls() throws Exception {
        try (SSLSocket socket = tls(true, "TLSv1.2")) {
            Assertions.assertThatThrownBy(() -> {
                socket.startHandshake();
                socket.getInputStream().read();
            }).isInstanceOf(IOException.class);
        }
        assertThat(server.awaitRefusal(Refusal.OLD_TLS)).contains("TLSv1.2");
    }

    /** A client of plain TLS, which takes any server. */
    private SSLSocket tls(boolean certificate, String version, String... protocols) throws Exception {
        return tls(context(certificate, InsecureTrustManagerFactory.INSTANCE.getTrustManagers()), version, protocols);
    }

    private SSLContext context(boolean certificate, TrustManager... trust) throws Exception {
        Identity identity = parties.identity(Role.WORKER);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", identity.key(), new char[0], identity.chain().toArray(new X509Certificate[0]));
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(certificate ? keys.getKeyManagers() : new KeyManager[0], trust, null);
        return context;
    }

    private SSLSocket tls(SSLContext context, String version, String... protocols) throws Exception {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(dial(), "localhost", server.port(),
                true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[]{version});
        parameters.setApplicationProtocols(protocols);
        socket.setSSLParameters(parameters);
        return socket;
    }

    @Test
    void letsNoSessionBeResumedSinceThatWouldSkipTheLookAtTheCertificate() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        SSLContext context = context(true, new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authType) {
                throw new AssertionError("a client's");
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) {
                looks.incrementAndGet();
            }

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        });
        for (int i = 1; i <= 3; i++) {
            try (SSLSocket socket = tls(context, "TLSv1.3", "h2")) {
                write(socket, ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
                assertThat(socket.getInputStream().read()).isNotNegative(); // tickets would come before
            }
            assertThat(looks).hasValue(i); // a resumed session has no look at certificates, on either side
        }
    }

    @Test
    void refusesTlsWithoutHttp2() throws Exception {
        try (SSLSocket socket = tls(true, "TLSv1.3")) {
            socket.startHandshake();
            write(socket, ascii("GET / HTTP/1.1\r\n\r\n"));
            awaitEnd(socket);
        }
        server.awaitRefusal(Refusal.NOT_HTTP2);
    }

    @Test
    void closesOneThatSendsGarbageWithinTls() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 20; i++) {
            try (SSLSocket socket = tls(true, "TLSv1.3", "h2")) {
                socket.startHandshake();
                byte[] bytes = new byte[10_000];
                random.nextBytes(bytes);
                if (i % 2 == 0) {
                    write(socket, ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
                }
                write(socket, bytes);
                awaitEnd(socket);
            }
        }
    }

    // ---- silence ----

    @Test
    void closesWhoConnectsAndSaysNothing() throws IOException {
        awaitEnd(dial());
        assertThat(server.awaitRefusal(Refusal.TOO_SLOW)).contains("waited=2000ms for its first byte");
    }

    @Test
    void closesWhoStopsInTheMiddleOfTheHandshake() throws Exception {
        byte[] hello = clientHello();
        Socket half = dial();
        write(half, Arrays.copyOf(hello, hello.length / 2));
        Socket whole = dial(); // and never answers the server's
        write(whole, hello);
        awaitEnd(half);
        awaitEnd(whole);
        assertThat(server.awaitRefusal(Refusal.TOO_SLOW)).contains("for the end of its TLS handshake");
    }

    /** What the JDK's client sends first. */
    private byte[] clientHello() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, null, null);
        SSLEngine engine = context.createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        return Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void closesWhoDripsAByteNowAndThen() throws Exception {
        byte[] hello = clientHello();
        Socket socket = dial();
        Thread drip = Thread.ofVirtual().start(() -> {
            for (byte each : hello) {
                if (socket.isClosed() || Thread.interrupted()) {
                    return;
                }
                write(socket, new byte[]{each});
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        });
        awaitEnd(socket);
        drip.interrupt();
        server.awaitRefusal(Refusal.TOO_SLOW);
    }

    @Test
    void saysNothingOfWhoOnlyLooksWhetherThePortIsOpen() throws IOException {
        for (int i = 0; i < 10; i++) {
            dial().close();
        }
        server.awaitNobody();
        assertThat(server.refusals).isEmpty();
    }

    // ---- floods ----

    @Test
    void aGoodClientGetsInWhileAThousandConnectionsIdle() throws Exception {
        int descriptors = descriptors();
        for (int i = 0; i < 1000; i++) {
            dial();
            if (i % 250 == 249) {
                assertThat(server.call(parties.worker(), TestService.JOIN, "n" + i)).endsWith("n" + i);
            }
        }
        await().until(() -> server.connections.strangers() <= TestServer.LIMITS.strangers());
        assertThat(server.call(parties.client(), TestService.OPEN, "after")).endsWith("after");
        for (Socket socket : sockets) {
            awaitEnd(socket);
        }
        assertThat(server.awaitRefusal(Refusal.TOO_MANY_STRANGERS)).contains("limit=128");
        server.awaitNobody();
        for (Socket socket : sockets) {
            socket.close();
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> descriptors() <= descriptors + 10);
    }

    private static int descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.count();
        }
    }

    /** Otherwise it is ended by the first class whose initializer cannot open a file. */
    @Test
    void livesOnWithFewDescriptors() throws Exception {
        Issued coordinator = parties.authority.issue(Role.COORDINATOR.uri(), true, TestParties.HERE);
        parties.secret("ca.pem", Pem.text(parties.authority.own().certificate()));
        parties.secret("coordinator.pem", Pem.text(coordinator.certificate()));
        parties.secret("coordinator.key", Pem.text(coordinator.key()));
        parties.secret("worker.token", parties.workerText);
        parties.secret("client.token", parties.clientText);
        Process process = new ProcessBuilder("bash", "-c", "ulimit -n 150; exec \"$@\"", "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), SmallServer.class.getName(), directory.toString())
                .redirectError(directory.resolve("errors").toFile()).start();
        try (BufferedReader out = process.inputReader()) {
            int port = Integer.parseInt(out.readLine());
            for (int i = 0; i < 400; i++) {
                Socket socket = new Socket();
                sockets.add(socket);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
            }
            for (int i = 0; i < 3; i++) {
                ManagedChannel channel = SecureChannel.builder("localhost", port, parties.worker()).build();
                assertThat(TestServer.call(channel, TestService.JOIN, "x"))
                        .as(Files.readString(directory.resolve("errors")))
                        .isEqualTo("worker rack7: x");
                TestServer.close(channel);
            }
            assertThat(Files.readString(directory.resolve("errors"))).contains("descriptors=150", "ulimit -n",
                    Refusal.TOO_MANY_STRANGERS.text()).doesNotContain("Exception", "Error");
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void takesTheAddressThatHoldsMostStrangersFirst() throws Exception {
        server.close();
        server = new TestServer(parties, parties.coordinator(), TestServer.LIMITS.withConnections(100, 10));
        Socket modest = dial("127.0.0.3");
        List<Socket> greedy = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            greedy.add(dial("127.0.0.2"));
        }
        for (Socket socket : greedy.subList(0, 20)) {
            awaitEnd(socket);
        }
        assertThat(server.refusals).allMatch(line -> line.contains("127.0.0.2"));
        awaitEnd(modest);
        assertThat(server.refusals)
                .anyMatch(line -> line.contains("127.0.0.3") && line.contains(Refusal.TOO_SLOW.text()));
    }

    @Test
    void refusesMoreConnectionsThanTheLimitWhenAllAreInEarnest() throws Exception {
        server.close();
        server = new TestServer(parties, parties.coordinator(), TestServer.LIMITS.withConnections(3, 2));
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ManagedChannel channel = SecureChannel.builder("localhost", server.port(), parties.worker()).build();
            channels.add(channel);
            TestServer.call(channel, TestService.JOIN, "x");
        }
        awaitEnd(dial());
        assertThat(server.awaitRefusal(Refusal.TOO_MANY_CONNECTIONS)).contains("limit=3");
        channels.forEach(TestServer::close);
        server.awaitNobody();
    }

    @Test
    void refusesAnAddressThatConnectsTooOftenAndNoOther() throws Exception {
        server.close();
        server = new TestServer(parties, parties.coordinator(), TestServer.LIMITS.withRate(1, 5));
        for (int i = 0; i < 20; i++) {
            dial("127.0.0.2");
        }
        assertThat(server.call(parties.worker(), TestService.JOIN, "x")).endsWith("x");
        assertThat(server.awaitRefusal(Refusal.TOO_OFTEN)).contains("Refused 127.0.0.2:", "limit=1 a second");
    }

    // ---- of those that are let in ----

    /** A message of bytes, for a method of any service. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The service of workers, which takes all messages. */
    private static final class Deaf extends FarmGrpc.FarmImplBase {
        private final AtomicInteger open;

        Deaf(AtomicInteger open) {
            this.open = open;
        }

        @Override
        public StreamObserver<FromWorker> work(StreamObserver<ToWorker> out) {
            open.incrementAndGet();
            return new StreamObserver<>() {
                @Override
                public void onNext(FromWorker message) {
                    throw new AssertionError("it could be read: " + message);
                }

                @Override
                public void onError(Throwable cause) {
                    open.decrementAndGet();
                }

                @Override
                public void onCompleted() {
                    out.onCompleted();
                }
            };
        }
    }

    @Test
    void survivesTruncatedMessagesOfOneThatIsLetIn() throws Exception {
        AtomicInteger open = new AtomicInteger();
        try (TestServer real = new TestServer(parties, parties.coordinator(), TestServer.LIMITS,
                new Deaf(open).bindService())) {
            ManagedChannel channel = SecureChannel.builder("localhost", real.port(), parties.worker()).build();
            MethodDescriptor<?, ?> work = FarmGrpc.getServiceDescriptor().getMethods().iterator().next();
            MethodDescriptor<byte[], byte[]> raw = MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                    .setType(MethodDescriptor.MethodType.UNARY).setFullMethodName(work.getFullMethodName()).build();
            Random random = new Random(1);
            IntStream.range(0, 50).forEach(i -> {
                byte[] bytes = new byte[1 + random.nextInt(1000)];
                random.nextBytes(bytes);
                bytes[0] = 0x0a; // a field of some length, which is not there
                Assertions.assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, raw,
                        CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS), bytes))
                        .hasMessageContaining("INVALID_ARGUMENT: The coordinator cannot read a message");
            });
            TestServer.close(channel);
            real.awaitNobody();
            assertThat(real.awaitRefusal(Refusal.MALFORMED_MESSAGE)).contains("method=" + work.getFullMethodName());
            await().until(() -> open.get() == 0);
        }
    }
}
