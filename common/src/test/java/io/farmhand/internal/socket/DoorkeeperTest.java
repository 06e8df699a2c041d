package io.farmhand.internal.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.sync.AuthenticationException;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The door of a listener when much knocks at it, or what stands behind it fails. */
@NullUnmarked
@Timeout(60)
class DoorkeeperTest {
    private static final byte[] KEY = "a key of the tests".getBytes(StandardCharsets.UTF_8);
    private static final byte[] WRONG = "another key".getBytes(StandardCharsets.UTF_8);

    private static Doorkeeper door(Consumer<SocketChannel> admitted) throws IOException {
        Doorkeeper door = Doorkeeper.at(SocketListener.freshAddress(), KEY, new Doorkeeper.Guests() {
            @Override
            public void admitted(SocketChannel guest) {
                admitted.accept(guest);
            }

            @Override
            public void refused() {
                throw new AssertionError("all have the key");
            }

            @Override
            public void broken(IOException cause) {
                throw new AssertionError(cause);
            }
        });
        door.open();
        return door;
    }

    @Test
    void anErrorBehindTheDoorDoesNotCloseIt() throws Exception {
        BlockingQueue<SocketChannel> guests = new LinkedBlockingQueue<>();
        boolean[] failed = {false};
        try (Doorkeeper door = door(guest -> {
            if (!failed[0]) {
                failed[0] = true;
                throw new OutOfMemoryError("of the tests");
            }
            guests.add(guest);
        })) {
            Throwable first = catchThrowable(() -> {
                try (FrameChannel line = SocketClient.open(door.address(), KEY)) {
                    line.receive(10);
                }
            });
            assertThat(first).isInstanceOf(IOException.class);
            try (FrameChannel _ = SocketClient.open(door.address(), KEY)) {
                guests.take().close();
            }
        }
    }

    @Test
    void closingWaitsForThoseThatAreBeingLetIn() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Doorkeeper door = door(guest -> {
            entered.countDown();
            try {
                go.await();
                guest.close();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        try (FrameChannel _ = SocketClient.open(door.address(), KEY)) {
            entered.await();
            CompletableFuture<Boolean> closed = CompletableFuture.supplyAsync(() -> {
                door.close();
                return go.getCount() == 0;
            });
            assertThat(closed.copy().completeOnTimeout(null, 50, TimeUnit.MILLISECONDS).get()).isNull();
            go.countDown();
            assertThat(closed.get()).isTrue();
        }
    }

    @Test
    void strangersTakeNoPlaceOfThoseThatHaveTheKey() throws Exception {
        try (Listener listener = Listener.open(KEY)) {
            for (int i = 0; i < 150; i++) {
                assertThat(catchThrowable(() -> SocketClient.connect(listener.address(), WRONG)))
                        .isInstanceOf(AuthenticationException.class);
            }
            try (Connection client = SocketClient.connect(listener.address(), KEY);
                    Connection server = afterStrangers(listener)) {
                client.send(1);
                assertThat(server.receive()).isEqualTo(1);
            }
        }
    }

    private static Connection afterStrangers(Listener listener) throws IOException, InterruptedException {
        int strangers = 0;
        while (true) {
            try {
                return listener.accept();
            } catch (AuthenticationException e) {
                strangers++;
                assertThat(strangers).isLessThanOrEqualTo(16);
            }
        }
    }

    @Test
    void whatIsClosedAsSoonAsItIsLetInHasEndedForTheOtherSide() throws Exception {
        try (Listener listener = Listener.open(KEY)) {
            for (int i = 0; i < 200; i++) {
                try (FrameChannel line = SocketClient.open(listener.address(), KEY)) {
                    listener.accept().close();
                    assertThat(catchThrowable(() -> line.receive(10))).isInstanceOf(IOException.class);
                    assertThat(catchThrowable(() -> line.send(java.nio.ByteBuffer.allocate(1))))
                            .isInstanceOf(IOException.class);
                }
            }
        }
    }

    @Test
    void connectionsOverANetworkNoticeAHostThatVanishes() throws Exception {
        try (Listener listener = Listener.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), KEY);
                FrameChannel line = SocketClient.open(listener.address(), KEY)) {
            assertThat(line.socket().getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        }
    }
}
