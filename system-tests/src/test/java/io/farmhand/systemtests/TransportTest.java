package io.farmhand.systemtests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.farmhand.Pool;
import io.farmhand.backend.Answer;
import io.farmhand.backend.BackendSink;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.backend.WorkerLink;
import io.farmhand.internal.channel.BlobStore;
import io.farmhand.internal.channel.Greeting;
import io.farmhand.internal.channel.WorkerChannel;
import io.farmhand.internal.channel.WorkerServer;
import io.farmhand.internal.proto.BlobWanted;
import io.farmhand.internal.proto.FarmGrpc;
import io.farmhand.internal.proto.Frame;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Hello;
import io.farmhand.internal.proto.Ready;
import io.farmhand.internal.proto.Results;
import io.farmhand.internal.proto.ToWorker;
import io.farmhand.internal.wire.Endpoint;
import io.farmhand.internal.wire.Wire;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The doors of a farm: who gets in, who does not, and what can be seen from outside. */
@FarmTest
class TransportTest {
    private static final int WORKERS = 2;
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path directory;

    // ---- loopback ----

    @Test
    void worksOverLoopbackAndReplacesAKilledWorkerThere() throws Exception {
        try (Property _ = Property.set("java.io.tmpdir", directory.toString());
                Property _ = Property.set("farmhand.transport", "tcp");
                Pool pool = Pool.create(WORKERS)) {
            assertThat(farm()).isDirectoryNotContaining(file -> file.endsWith("s"));
            assertMapsAndSurvivesAKill(pool);
        }
    }

    @Test
    void fallsBackToLoopbackWhereTheTemporaryDirectoryIsTooLongForASocket() throws Exception {
        Path deep = Files.createDirectories(directory.resolve("d".repeat(60)).resolve("e".repeat(60)));
        try (Property _ = Property.set("java.io.tmpdir", deep.toString()); Pool pool = Pool.create(WORKERS)) {
            assertThat(farm(deep)).isDirectoryNotContaining(file -> file.endsWith("s"));
            assertMapsAndSurvivesAKill(pool);
        }
    }

    private void assertMapsAndSurvivesAKill(Pool pool) throws IOException {
        SideLog log = SideLog.in(directory);
        List<Integer> items = IntStream.range(0, 2_000).boxed().toList();
        CompletableFuture<List<Integer>> results = pool.mapAsync(n -> {
            log.append(n);
            Waiting.spin(100_000);
            return n + 1;
        }, items, 10);
        await().until(() -> log.size() > 100);
        Workers.kill(log.last(1).getFirst().pid());
        assertThat(results.join()).isEqualTo(items.stream().map(n -> n + 1).toList());
        assertThat(log.runs().keySet()).hasSize(items.size());
        byte[] large = new byte[5 << 20];
        new Random(1).nextBytes(large);
        assertThat(pool.<byte[], byte[]>apply(bytes -> bytes, large)).isEqualTo(large);
    }

    // ---- what can be seen ----

    @Test
    void letsNobodyElseIntoItsFilesAndShowsItsTokensNowhere() throws Exception {
        try (Property _ = Property.set("java.io.tmpdir", directory.toString()); Pool pool = Pool.create(WORKERS)) {
            await().until(() -> Workers.live().size() == WORKERS);
            await().until(() -> pool.map(n -> ProcessHandle.current().pid(), IntStream.range(0, 100).boxed(), 1)
                    .stream().distinct().count() == WORKERS);
            assertThat(modes(farm())).isEqualTo("rwx------");
            assertThat(modes(farm().resolve("s"))).isEqualTo("rw-------");
            List<Path> files;
            try (Stream<Path> listed = Files.list(farm())) {
                files = listed.toList();
            }
            List<Path> progress = files.stream().filter(file -> file.getFileName().toString().matches("w\\d+-\\d+"))
                    .toList();
            assertThat(progress).hasSize(WORKERS);
            for (Path file : progress) {
                assertThat(modes(file)).isEqualTo("rw-------");
            }
            List<String> tokens = tokens(pool);
            assertThat(tokens).hasSize(WORKERS).doesNotHaveDuplicates().allMatch(token -> token.length() >= 32);
            for (String token : tokens) {
                Predicate<String> shown = text -> text.contains(token);
                for (long pid : Workers.livePids()) {
                    assertThat(Workers.commandLine(pid)).isNotEmpty().noneMatch(shown);
                    assertThat(Workers.environment(pid)).isNotEmpty().noneMatch(shown);
                }
                for (Path file : files) {
                    if (Files.isRegularFile(file)) {
                        assertThat(Files.readString(file, ISO_8859_1)).doesNotContain(token);
                    }
                }
            }
        }
    }

    private static String modes(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private Path farm() throws IOException {
        return farm(directory);
    }

    private static Path farm(Path parent) throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return files.filter(file -> file.getFileName().toString().startsWith("farmhand-")).findFirst()
                    .orElseThrow();
        }
    }

    /** The tokens of a pool's workers: they cannot be had but from this JVM's own memory. */
    private static List<String> tokens(Pool pool) throws ReflectiveOperationException {
        CompletableFuture<?> server = (CompletableFuture<?>) field(field(field(pool, "farm"), "session"), "server");
        List<String> tokens = new ArrayList<>();
        for (Object expected : ((Map<?, ?>) field(server.join(), "expected")).values()) {
            tokens.add((String) field(expected, "token"));
        }
        return tokens;
    }

    private static Object field(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }

    // ---- who gets in ----

    /** Callers that are nobody's worker. */
    enum Stranger {
        WITHOUT_ANYTHING, WITHOUT_TOKEN, WITHOUT_NUMBER, WITH_A_WRONG_TOKEN, WITH_A_USED_TOKEN, WITH_A_NUMBER_TOO_HIGH,
        WITH_A_NEGATIVE_NUMBER, WITH_A_NUMBER_THAT_IS_NONE
    }

    @Test
    void refusesStrangersAndLivesOn() throws Exception {
        try (Property _ = Property.set("java.io.tmpdir", directory.toString()); Pool pool = Pool.create(1)) {
            Path socket = farm().resolve("s");
            String used = tokens(pool).getFirst();
            List<Long> workers = Workers.livePids();
            for (Stranger stranger : Stranger.values()) {
                try (Caller caller = switch (stranger) {
                    case WITHOUT_ANYTHING -> new Caller(socket, null, null);
                    case WITHOUT_TOKEN -> new Caller(socket, "0", null);
                    case WITHOUT_NUMBER -> new Caller(socket, null, used);
                    case WITH_A_WRONG_TOKEN -> new Caller(socket, "0", TOKEN);
                    case WITH_A_USED_TOKEN -> new Caller(socket, "0", used);
                    case WITH_A_NUMBER_TOO_HIGH -> new Caller(socket, "1", used);
                    case WITH_A_NEGATIVE_NUMBER -> new Caller(socket, "-1", used);
                    case WITH_A_NUMBER_THAT_IS_NONE -> new Caller(socket, "0x0", used);
                }) {
                    caller.hello(0);
                    Status status = caller.awaitEnd();
                    assertThat(status.getCode()).as("%s", stranger).isEqualTo(Status.Code.UNAUTHENTICATED);
                    assertThat(status.getDescription()).as("%s", stranger).doesNotContain(used);
                    assertThat(caller.received()).as("%s", stranger).isEmpty();
                }
                assertThat(pool.map(n -> n + 1, List.of(1, 2, 3))).containsExactly(2, 3, 4);
                assertThat(Workers.livePids()).hasSize(1).isEqualTo(workers);
            }
        }
    }

    @Test
    void livesOnWhenItIsSentRandomBytes() throws Exception {
        try (Property _ = Property.set("java.io.tmpdir", directory.toString()); Pool pool = Pool.create(1)) {
            Random random = new Random(1);
            UnixDomainSocketAddress address = UnixDomainSocketAddress.of(farm().resolve("s"));
            for (int i = 0; i < 50; i++) {
                try (SocketChannel client = SocketChannel.open(address)) {
                    byte[] bytes = new byte[random.nextInt(1, 5_000)];
                    random.nextBytes(bytes);
                    if (i % 2 == 0) { // an HTTP/2 client, until then
                        client.write(ByteBuffer.wrap("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1)));
                    }
                    client.write(ByteBuffer.wrap(bytes));
                } catch (IOException e) {
                    assertThat(e).as("the server has had enough").hasMessageMatching("(?i).*(broken pipe|reset).*");
                }
            }
            assertThat(pool.map(n -> n + 1, List.of(1, 2, 3))).containsExactly(2, 3, 4);
        }
    }

    /** What a worker that was let in may not do. */
    enum Offence {
        RESULTS_BEFORE_HELLO, FRAME_BEFORE_HELLO, BLOB_WANTED_BEFORE_HELLO, SECOND_HELLO, RESULTS_BEFORE_READY,
        SECOND_READY, ANOTHER_WORKERS_HELLO, ANOTHER_PROTOCOL,
        FRAME_OF_NOTHING,
        PAYLOAD_OVER_THE_LIMIT, PAYLOAD_SHORTER_THAN_ITS_HEAD, MORE_ITEMS_THAN_THE_PAYLOAD_HOLDS,
        A_FAILURE_OUTSIDE_THE_ITEMS, NOTHING_KNOWN
    }

    @ParameterizedTest
    @EnumSource
    void cutsOffAWorkerThatBreaksTheProtocol(Offence offence) throws Exception {
        Path socket = directory.resolve("s");
        Listener listener = new Listener();
        try (WorkerServer server = new WorkerServer(new Endpoint.Socket(socket), WorkerChannel.service(
                new Greeting(1_000, ByteBuffer.allocate(0), new BlobStore()::find, 0, null), listener), "farm-door")) {
            server.expect(new WorkerId(3, 1), TOKEN);
            try (Caller caller = new Caller(socket, "3", TOKEN)) {
                if (offence != Offence.RESULTS_BEFORE_HELLO && offence != Offence.FRAME_BEFORE_HELLO
                        && offence != Offence.BLOB_WANTED_BEFORE_HELLO && offence != Offence.ANOTHER_WORKERS_HELLO
                        && offence != Offence.ANOTHER_PROTOCOL) {
                    caller.hello(3);
                    await().until(() -> !caller.received().isEmpty());
                    assertThat(caller.received().getFirst().getKindCase()).isEqualTo(ToWorker.KindCase.WELCOME);
                    assertThat(listener.joined).hasSize(1);
                    if (offence != Offence.RESULTS_BEFORE_READY) {
                        caller.send(FromWorker.newBuilder().setReady(Ready.getDefaultInstance()).build());
                    }
                }
                FromWorker.Builder message = FromWorker.newBuilder();
                switch (offence) {
                    case BLOB_WANTED_BEFORE_HELLO -> message.setBlobWanted(BlobWanted.getDefaultInstance());
                    case SECOND_READY -> message.setReady(Ready.getDefaultInstance());
                    case MORE_ITEMS_THAN_THE_PAYLOAD_HOLDS ->
                        message.setResults(Results.newBuilder().setAttempt(1).setCount(1).setLast(true));
                    case A_FAILURE_OUTSIDE_THE_ITEMS ->
                        message.setResults(Results.newBuilder().setAttempt(1).setLast(true).addFailed(0));
                    case RESULTS_BEFORE_HELLO, RESULTS_BEFORE_READY ->
                        message.setResults(Results.newBuilder().setAttempt(1).setLast(true));
                    case FRAME_BEFORE_HELLO, FRAME_OF_NOTHING -> message.setFrame(Frame.getDefaultInstance());
                    case SECOND_HELLO -> message.setHello(hello(3));
                    case ANOTHER_WORKERS_HELLO -> message.setHello(hello(2));
                    case ANOTHER_PROTOCOL -> message.setHello(hello(3).setProtocol(Wire.PROTOCOL + 1));
                    case PAYLOAD_OVER_THE_LIMIT ->
                        message.setResults(Results.newBuilder().setAttempt(1).setPayloadBytes(1L << 40));
                    case PAYLOAD_SHORTER_THAN_ITS_HEAD ->
                        message.setResults(Results.newBuilder().setAttempt(1).setPayloadBytes(-1));
                    case NOTHING_KNOWN -> {
                    }
                }
                caller.send(message.build());
                assertThat(caller.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            }
            assertThat(listener.results).isEmpty();
            await().until(() -> listener.closed.size() == 1);
            // The server lives, and the token is used up.
            try (Caller again = new Caller(socket, "3", TOKEN)) {
                assertThat(again.awaitEnd().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            }
            server.expect(new WorkerId(3, 2), TOKEN + "2");
            try (Caller next = new Caller(socket, "3", TOKEN + "2")) {
                next.hello(3);
                await().until(() -> !next.received().isEmpty());
            }
        }
    }

    private static Hello.Builder hello(int worker) {
        return Hello.newBuilder().setProtocol(Wire.PROTOCOL).setWorker(worker)
                .setPid(ProcessHandle.current().pid());
    }

    /** Keeps what it hears. */
    private static final class Listener implements BackendSink {
        private final List<WorkerId> joined = new CopyOnWriteArrayList<>();
        private final List<Long> results = new CopyOnWriteArrayList<>();
        private final List<String> closed = new CopyOnWriteArrayList<>();

        @Override
        public void workerJoined(WorkerId worker, long pid, WorkerLink link) {
            joined.add(worker);
        }

        @Override
        public void workerReady(WorkerId worker, ByteBuffer failure) {}

        @Override
        public void answered(WorkerId worker, Answer answer) {
            results.add(answer.attempt());
        }

        @Override
        public void returned(WorkerId worker, long attempt, int kept) {}

        @Override
        public void dumped(WorkerId worker, String stacks) {}

        @Override
        public void heartbeat(WorkerId worker, long rssBytes, long heapBytes) {}

        @Override
        public void leaving(WorkerId worker) {}

        @Override
        public void linkClosed(WorkerId worker, String reason) {
            closed.add(reason);
        }

        @Override
        public void looked(WorkerId worker, Begun begun) {}

        @Override
        public void workerExited(WorkerId worker, WorkerExit exit) {}

        @Override
        public void capacity(int workers) {}

        @Override
        public void lost(String reason) {}
    }

    /** A client that says what it likes. */
    private static final class Caller implements AutoCloseable, StreamObserver<ToWorker> {
        private final EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        private final ManagedChannel channel;
        private final StreamObserver<FromWorker> out;
        private final List<ToWorker> received = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();

        Caller(Path socket, @Nullable String number, @Nullable String token) {
            channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                    .channelType(NioDomainSocketChannel.class)
                    .eventLoopGroup(eventLoop)
                    .overrideAuthority("farm")
                    .usePlaintext()
                    .withOption(ChannelOption.SO_KEEPALIVE, null)
                    .build();
            Metadata headers = new Metadata();
            if (number != null) {
                headers.put(Wire.WORKER, number);
            }
            if (token != null) {
                headers.put(Wire.TOKEN, token);
            }
            out = FarmGrpc.newStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .work(this);
        }

        void hello(int worker) {
            send(FromWorker.newBuilder().setHello(TransportTest.hello(worker)).build());
        }

        void send(FromWorker message) {
            out.onNext(message);
        }

        List<ToWorker> received() {
            return received;
        }

        Status awaitEnd() throws Exception {
            return end.get(10, SECONDS);
        }

        @Override
        public void onNext(ToWorker message) {
            received.add(message);
        }

        @Override
        public void onError(Throwable cause) {
            end.complete(Status.fromThrowable(cause));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }

        @Override
        public void close() {
            channel.shutdownNow();
            eventLoop.shutdownGracefully(0, 5, SECONDS).awaitUninterruptibly();
        }
    }
}
