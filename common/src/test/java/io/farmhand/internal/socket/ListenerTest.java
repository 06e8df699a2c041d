package io.farmhand.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.sync.AuthenticationException;
import io.farmhand.sync.BufferTooShortException;
import io.farmhand.sync.Client;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Listener;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After CPython's {@code _TestListener}, {@code _TestListenerClient}, {@code _TestConnection} and {@code OtherTest}. */
@NullUnmarked
@Timeout(60)
class ListenerTest {
    private static final byte[] KEY = "a key of the tests".getBytes(StandardCharsets.UTF_8);

    private final List<AutoCloseable> open = new ArrayList<>();
    private Listener listener;

    @BeforeEach
    void listen() throws IOException {
        listener = keep(Listener.open(KEY));
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T keep(T each) {
        open.add(each);
        return each;
    }

    /** Both ends of a connection. */
    private record Ends(Connection server, Connection client) {}

    private Ends connected() throws Exception {
        Connection client = keep(Client.connect(listener.address(), KEY));
        return new Ends(keep(listener.accept()), client);
    }

    private static Thread inBackground(ThrowingRunnable action, CompletableFuture<Throwable> thrown) {
        return Thread.ofPlatform().daemon().start(() -> thrown.complete(catchThrowable(action::run)));
    }

    private interface ThrowingRunnable {
        void run() throws Throwable;
    }

    // ---- connecting ----

    @Test
    void connectsThoseThatHaveTheKey() throws Exception {
        Ends ends = connected();
        ends.client().send("hello");
        assertThat(ends.server().receive()).isEqualTo("hello");
        ends.server().send(List.of(1, 2));
        assertThat(ends.client().receive()).isEqualTo(List.of(1, 2));
    }

    @Test
    void listensAtADomainSocketThatOnlyTheOwnerReaches() throws Exception {
        assertThat(listener.address()).isInstanceOf(UnixDomainSocketAddress.class);
        var directory = ((UnixDomainSocketAddress) listener.address()).getPath().getParent();
        assertThat(Files.getPosixFilePermissions(directory)).hasSize(3)
                .allMatch(permission -> permission.name().startsWith("OWNER"));
    }

    @Test
    void listensAtAnyFreePort() throws Exception {
        listener = keep(Listener.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), KEY));
        assertThat(((InetSocketAddress) listener.address()).getPort()).isPositive();
        Ends ends = connected();
        ends.client().send(1);
        assertThat(ends.server().receive()).isEqualTo(1);
    }

    @Test
    void refusesAnAddressAtWhichSomebodyListens() {
        assertThatThrownBy(() -> Listener.open(listener.address(), KEY)).isInstanceOf(IOException.class)
                .hasMessageContaining("Cannot listen there");
    }

    @Test
    void removesItsSocketWhenItIsClosed() {
        listener.close();
        assertThat(((UnixDomainSocketAddress) listener.address()).getPath()).doesNotExist();
    }

    @Test
    void refusesAnEmptyKey() {
        assertThatThrownBy(() -> Listener.open(new byte[0])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Client.connect(listener.address(), new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysThatNothingListens() {
        listener.close();
        assertThatThrownBy(() -> Client.connect(listener.address(), KEY)).isInstanceOf(IOException.class)
                .hasMessageContaining("Nothing listens there");
    }

    @Test
    void tellsBothSidesThatTheKeysDifferAndGoesOn() throws Exception {
        byte[] wrong = "wrong".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Client.connect(listener.address(), wrong)).isInstanceOf(AuthenticationException.class)
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> listener.accept()).isInstanceOf(AuthenticationException.class);
        connected();
    }

    @Test
    void aClientDoesNotTrustAListenerThatCannotShowTheKey() throws Exception {
        SocketAddress address = SocketListener.freshAddress();
        try (var door = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            door.bind(address);
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            inBackground(() -> Client.connect(address, KEY), thrown);
            try (SocketChannel guest = door.accept()) {
                FrameChannel frames = new FrameChannel(guest);
                frames.send(new Handshake.Listeners(new byte[]{1}).challenge().position(4));
                frames.receive(1_000);
                byte[] lie = new byte[33];
                lie[0] = 1;
                frames.send(ByteBuffer.wrap(lie));
                assertThat(thrown.get()).isInstanceOf(AuthenticationException.class)
                        .hasMessageContaining("does not know the key");
            }
        }
    }

    @Test
    void aSilentPeerHoldsUpNobody() throws Exception {
        for (int i = 0; i < 200; i++) {
            keep(SocketChannel.open(listener.address()));
        }
        connected();
    }

    @Test
    void garbageIsTurnedAwayAndTheListenerGoesOn() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[1 + random.nextInt(500)];
            random.nextBytes(garbage);
            try (SocketChannel peer = SocketChannel.open(listener.address())) {
                peer.write(ByteBuffer.wrap(garbage));
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("pipe"); // it was quick
            }
        }
        Connection client = keep(Client.connect(listener.address(), KEY));
        Connection server = null;
        while (server == null) {
            try {
                server = keep(listener.accept());
            } catch (AuthenticationException e) {
                assertThat(e).hasMessageContaining("turned away");
            }
        }
        client.send(5);
        assertThat(server.receive()).isEqualTo(5);
    }

    @Test
    void acceptIsInterruptible() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread = inBackground(() -> listener.accept(), thrown);
        thread.interrupt();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        connected();
    }

    @Test
    void acceptEndsWhenTheListenerIsClosed() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        inBackground(() -> listener.accept(), thrown);
        listener.close();
        assertThat(thrown.get()).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> listener.accept()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void whoeverComesWhileItIsClosedIsTurnedAway() throws Exception {
        for (int round = 0; round < 30; round++) {
            Listener closing = keep(Listener.open(KEY));
            List<CompletableFuture<Throwable>> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                CompletableFuture<Throwable> ended = new CompletableFuture<>();
                inBackground(() -> {
                    try (Connection client = Client.connect(closing.address(), KEY)) {
                        client.receive();
                    }
                }, ended);
                clients.add(ended);
            }
            Connection first = closing.accept();
            closing.close();
            first.close();
            for (CompletableFuture<Throwable> client : clients) {
                assertThat(client.get(20, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(closing::accept).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(closing::accept).isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void aClientSaysThatWhatListensIsNotOfFarmhand() throws Exception {
        SocketAddress address = SocketListener.freshAddress();
        try (var door = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            door.bind(address);
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            inBackground(() -> Client.connect(address, KEY), thrown);
            try (SocketChannel guest = door.accept()) {
                guest.write(ByteBuffer.wrap("SSH-2.0-OpenSSH_9\r\n".getBytes(StandardCharsets.US_ASCII)));
                assertThat(thrown.get()).isInstanceOf(AuthenticationException.class)
                        .hasMessageContaining("not of Farmhand");
            }
        }
    }

    @Test
    void acceptedConnectionsOutliveTheListener() throws Exception {
        Ends ends = connected();
        listener.close();
        ends.client().send(1);
        assertThat(ends.server().receive()).isEqualTo(1);
    }

    // ---- messages ----

    @Test
    void sendsBytesOfAnyLength() throws Exception {
        Ends ends = connected();
        for (int length : new int[]{0, 1, 32 << 10, (32 << 10) - 4, (32 << 10) - 3, 10 << 20}) {
            byte[] bytes = new byte[length];
            new Random(length).nextBytes(bytes);
            CompletableFuture<Throwable> sent = new CompletableFuture<>();
            inBackground(() -> ends.client().sendBytes(bytes), sent);
            assertThat(ends.server().receiveBytes()).as("length=%d", length).isEqualTo(bytes);
            assertThat(sent.get()).isNull();
        }
    }

    @Test
    void sendsAPartOfAnArray() throws Exception {
        Ends ends = connected();
        byte[] bytes = {1, 2, 3, 4, 5};
        ends.client().sendBytes(bytes, 1, 3);
        assertThat(ends.server().receiveBytes()).containsExactly(2, 3, 4);
        assertThatThrownBy(() -> ends.client().sendBytes(bytes, 3, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ends.client().sendBytes(bytes, -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void receivesIntoAnArrayAndLosesNothingWhenItIsTooShort() throws Exception {
        Ends ends = connected();
        byte[] target = new byte[6];
        ends.client().sendBytes(new byte[]{1, 2, 3});
        assertThat(ends.server().receiveBytesInto(target, 2)).isEqualTo(3);
        assertThat(target).containsExactly(0, 0, 1, 2, 3, 0);
        ends.client().sendBytes(new byte[]{1, 2, 3});
        assertThatThrownBy(() -> ends.server().receiveBytesInto(target, 4))
                .isInstanceOfSatisfying(BufferTooShortException.class,
                        e -> assertThat(e.bytes()).containsExactly(1, 2, 3));
        ends.client().sendBytes(new byte[]{9});
        assertThat(ends.server().receiveBytes()).containsExactly(9);
    }

    @Test
    void aMessageThatIsLongerThanAllowedClosesTheEnd() throws Exception {
        Ends ends = connected();
        ends.client().sendBytes(new byte[10]);
        assertThat(ends.server().receiveBytes(10)).hasSize(10);
        ends.client().sendBytes(new byte[11]);
        assertThatThrownBy(() -> ends.server().receiveBytes(10)).isInstanceOf(IOException.class)
                .hasMessageContaining("messageBytes=11 maxBytes=10");
        assertThat(ends.server().isClosed()).isTrue();
    }

    @Test
    void whatCannotBeSerializedIsNotSent() throws Exception {
        Ends ends = connected();
        assertThatThrownBy(() -> ends.client().send(new Object())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
        ends.client().send(2);
        assertThat(ends.server().receive()).isEqualTo(2);
    }

    // ---- the end ----

    @Test
    void whatWasSentCanBeReceivedAfterTheOtherEndIsClosed() throws Exception {
        Ends ends = connected();
        ends.client().send(1);
        ends.client().send(2);
        ends.client().close();
        assertThat(ends.server().poll()).isTrue();
        assertThat(ends.server().receive()).isEqualTo(1);
        assertThat(ends.server().receive()).isEqualTo(2);
        assertThat(ends.server().poll(Duration.ofSeconds(10))).isTrue();
        assertThatThrownBy(() -> ends.server().receive()).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> ends.server().receive()).isInstanceOf(EOFException.class);
    }

    @Test
    void closingWakesTheOneThatReceives() throws Exception {
        Ends ends = connected();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        inBackground(() -> ends.server().receive(), thrown);
        assertThat(thrown.completeOnTimeout(null, 100, TimeUnit.MILLISECONDS).isDone()).isFalse();
        ends.server().close();
        assertThat(thrown.get()).isInstanceOf(IOException.class);
    }

    @Test
    void sendFailsWhenTheOtherEndIsClosed() throws Exception {
        Ends ends = connected();
        ends.server().close();
        assertThatThrownBy(() -> {
            for (int i = 0; i < 100; i++) {
                ends.client().send(i);
            }
        }).isInstanceOf(IOException.class);
    }

    // ---- waiting ----

    @Test
    void pollWaitsNoLongerThanItsTimeout() throws Exception {
        Ends ends = connected();
        assertThat(ends.server().poll()).isFalse();
        assertThat(ends.server().poll(Duration.ofSeconds(Long.MIN_VALUE))).isFalse();
        long start = System.nanoTime();
        assertThat(ends.server().poll(Duration.ofMillis(50))).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000);
        ends.client().send(null);
        assertThat(ends.server().poll(Duration.ofDays(100_000))).isTrue();
        assertThat(ends.server().receive()).isNull();
        assertThat(ends.server().poll()).isFalse();
    }

    @Test
    void anInterruptedReceiverLosesNothingAndTheEndStaysOpen() throws Exception {
        Ends ends = connected();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread thread = inBackground(() -> ends.server().receive(), thrown);
            thread.interrupt();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
            ends.client().send(i);
            assertThat(ends.server().receive()).isEqualTo(i);
        }
    }

    @Test
    void anInterruptedSenderClosesItsEndIfPartOfTheMessageIsGone() throws Exception {
        Ends ends = connected();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread thread = inBackground(() -> ends.client().sendBytes(new byte[50 << 20]), thrown);
        assertThat(ends.server().poll(Duration.ofSeconds(10))).isTrue();
        thread.interrupt();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(ends.client().isClosed()).isTrue();
        assertThatThrownBy(() -> ends.server().receiveBytes()).isInstanceOf(EOFException.class)
                .hasMessageContaining("middle");
    }

    @Test
    void isReadyWhenSomethingCame() throws Exception {
        Ends ends = connected();
        CompletableFuture<?> one = ends.server().whenReady().toCompletableFuture();
        CompletableFuture<?> other = ends.server().whenReady().toCompletableFuture();
        CompletableFuture<?> cancelled = ends.server().whenReady().toCompletableFuture();
        cancelled.cancel(false);
        assertThat(one.completeOnTimeout(null, 50, TimeUnit.MILLISECONDS)).isNotDone();
        ends.client().send(1);
        other.get(10, TimeUnit.SECONDS);
        assertThat(ends.server().whenReady().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
        assertThat(ends.server().receive()).isEqualTo(1);
        CompletableFuture<?> again = ends.server().whenReady().toCompletableFuture();
        assertThat(again).isNotDone();
        ends.client().close();
        again.get(10, TimeUnit.SECONDS);
    }

    @Test
    void isReadyWhenItIsClosedHere() throws Exception {
        Ends ends = connected();
        CompletableFuture<?> ready = ends.server().whenReady().toCompletableFuture();
        ends.server().close();
        ready.get(10, TimeUnit.SECONDS);
    }

    @Test
    void isReadyForAFrameThatAnotherReceiverReadFromTheSocketAndLeft() throws Exception {
        Ends other = connected();
        Ends ends = connected();
        CountDownLatch watched = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<?> _ = other.server().whenReady().toCompletableFuture().thenRun(() -> {
            watched.countDown();
            await(goOn); // holds up the thread that watches sockets
        });
        other.client().send(0);
        await(watched);
        CompletableFuture<?> ready = ends.server().whenReady().toCompletableFuture();
        CompletableFuture<?> cancelled = ends.server().whenReady().toCompletableFuture();
        assertThat(cancelled.cancel(false)).isTrue();
        ends.client().send(1);
        ends.client().send(2);
        assertThat(ends.server().receive()).isEqualTo(1);
        goOn.countDown();
        ready.get(10, TimeUnit.SECONDS);
        assertThat(ends.server().receive()).isEqualTo(2);
        assertThat(Connection.waitAny(List.of(ends.server()), Duration.ZERO)).isEmpty();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatCannotBeWatchedDoesNotStopTheThreadThatWatches() throws Exception {
        Ends ends = connected();
        try (SocketChannel blocking = SocketChannel.open(listener.address())) {
            SocketWatch.whenReadable(blocking, () -> false).get(10, TimeUnit.SECONDS);
        }
        CompletableFuture<?> ready = ends.server().whenReady().toCompletableFuture();
        ends.client().send(1);
        ready.get(10, TimeUnit.SECONDS);
    }

    @Test
    void waitsForFiveHundredConnectionsAtOnce() throws Exception {
        List<Connection> servers = new ArrayList<>();
        List<Connection> clients = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Ends ends = connected();
            servers.add(ends.server());
            clients.add(ends.client());
        }
        CompletableFuture<List<Connection>> ready = new CompletableFuture<>();
        Thread _ = Thread.ofPlatform().daemon().start(() -> {
            try {
                ready.complete(Connection.waitAny(servers, null));
            } catch (InterruptedException e) {
                ready.completeExceptionally(e);
            }
        });
        clients.get(321).send("x");
        assertThat(ready.get(20, TimeUnit.SECONDS)).containsExactly(servers.get(321));
    }

    @Test
    void theLimitHoldsForAMessageThatAnotherReceiverHasBegun() throws Exception {
        SocketAddress address = SocketListener.freshAddress();
        try (var door = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            door.bind(address);
            try (SocketChannel peer = SocketChannel.open(address);
                    FrameChannel frames = new FrameChannel(door.accept())) {
                peer.write(ByteBuffer.allocate(100).putInt(0, 500));
                assertThat(frames.poll(1_000)).isNull();
                assertThatThrownBy(() -> frames.poll(10)).isInstanceOf(FrameTooLongException.class)
                        .hasMessageContaining("messageBytes=500 maxBytes=10");
            }
        }
    }

    @Test
    void asksASilentTcpLineWhetherItsOtherSideLives() throws Exception {
        listener = keep(Listener.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), KEY));
        FrameChannel client = keep(SocketClient.open(listener.address(), KEY));
        assertThat(client.socket().getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        assertThat(client.socket().getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(30);
        keep(listener.accept());
    }

    @Test
    void twoThatBothSendWhatTheKernelDoesNotHoldWaitForEachOtherUntilOneIsInterrupted() throws Exception {
        Ends ends = connected();
        CompletableFuture<Throwable> here = new CompletableFuture<>();
        CompletableFuture<Throwable> there = new CompletableFuture<>();
        Thread sender = inBackground(() -> ends.server().sendBytes(new byte[10 << 20]), here);
        inBackground(() -> ends.client().sendBytes(new byte[10 << 20]), there);
        assertThat(ends.server().poll(Duration.ofSeconds(20))).isTrue();
        assertThat(ends.client().poll(Duration.ofSeconds(20))).isTrue();
        assertThat(here.isDone() || there.isDone()).isFalse();
        sender.interrupt();
        assertThat(here.get()).isInstanceOf(InterruptedException.class);
        assertThat(there.get()).isInstanceOf(IOException.class);
    }

    @Test
    void manyThreadsSendWholeMessages() throws Exception {
        Ends ends = connected();
        List<Thread> senders = new ArrayList<>();
        for (int sender = 0; sender < 4; sender++) {
            byte content = (byte) sender;
            senders.add(Thread.ofVirtual().start(() -> {
                byte[] bytes = new byte[100_000];
                Arrays.fill(bytes, content);
                try {
                    for (int i = 0; i < 50; i++) {
                        ends.client().sendBytes(bytes);
                    }
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        int[] counts = new int[4];
        for (int i = 0; i < 200; i++) {
            byte[] bytes = ends.server().receiveBytes();
            byte[] expected = new byte[100_000];
            Arrays.fill(expected, bytes[0]);
            assertThat(bytes).isEqualTo(expected);
            counts[bytes[0]]++;
        }
        assertThat(counts).containsOnly(50);
        for (Thread sender : senders) {
            sender.join();
        }
    }
}
