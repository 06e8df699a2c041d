package io.farmhand.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.socket.FrameChannel;
import io.farmhand.internal.socket.Receiver;
import io.farmhand.internal.socket.SocketClient;
import io.farmhand.internal.socket.SocketListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where the key of a server goes with its proxies, and where it does not. */
@NullUnmarked
@Timeout(60)
class KeyTravelTest {
    private static final byte[] KEY = "open sesame, said the forty-first".getBytes(StandardCharsets.US_ASCII);
    private static final Receiver ABROAD = () -> true;
    private static final Receiver NEXT_DOOR = () -> false;

    private ObjectServer server;
    private ConcurrentMap<?, ?> proxy;
    private FrameChannel line;

    @BeforeEach
    void start() throws IOException {
        server = ObjectServer.at(SocketListener.freshAddress(), KEY);
        server.register(ConcurrentMap.class, ConcurrentMap.class);
        server.open();
        proxy = server.share(ConcurrentMap.class, new ConcurrentHashMap<>(Map.of("a", 1)));
    }

    @AfterEach
    void close() {
        if (line != null) {
            line.close();
        }
        server.close();
    }

    private Guest guest(ObjectServer of) throws IOException {
        line = new FrameChannel(SocketChannel.open(server.key().address()));
        return new Guest(of.key(), 1, 2, line);
    }

    private static ByteBuffer bytes(Object value, Receiver receiver) throws UnwritableValueException {
        PayloadBuffer out = new PayloadBuffer();
        Talk.write(out, value, receiver);
        return out.detach();
    }

    private static boolean holdsKey(ByteBuffer bytes) {
        byte[] all = new byte[bytes.remaining()];
        bytes.duplicate().get(all);
        return new String(all, StandardCharsets.ISO_8859_1).contains(new String(KEY, StandardCharsets.US_ASCII));
    }

    @Test
    void aProxyHasTheKeyWithItForAnyProcessOfThisHost() throws Exception {
        ByteBuffer bytes = bytes(proxy, NEXT_DOOR);
        assertThat(holdsKey(bytes)).isTrue();
        assertThat(Talk.read(bytes)).isEqualTo(proxy);
    }

    @Test
    void aProxyComesFromItsServerWithoutTheKey() throws Exception {
        Guest guest = guest(server);
        ByteBuffer bytes = bytes(proxy, guest);
        assertThat(holdsKey(bytes)).isFalse();
        assertThat(Talk.read(bytes)).isEqualTo(proxy);
        assertThat(holdsKey(bytes(server.key(), guest))).isFalse();
    }

    @Test
    void aProxyGoesToItsServerWithoutTheKey() throws Exception {
        ObjectClient client = ObjectClient.of(server.key());
        ByteBuffer bytes = bytes(proxy, client);
        assertThat(holdsKey(bytes)).isFalse();
        assertThat(Talk.read(bytes)).isEqualTo(proxy);
    }

    @Test
    void aProxyOfAnotherServerIsCountedThereAndNotHere() throws Exception {
        ObjectServer other = ObjectServer.at(SocketListener.freshAddress(), KEY);
        Guest guest = guest(other);
        assertThat(holdsKey(bytes(proxy, guest))).isTrue();
        assertThat(guest.dropAll()).isEmpty();
        other.close();
    }

    @Test
    void theKeyDoesNotGoWhereOthersCanHearIt() throws Exception {
        ByteBuffer bytes = bytes(proxy, ABROAD);
        assertThat(holdsKey(bytes)).isFalse();
        assertThat(Talk.read(bytes)).isEqualTo(proxy);
        assertThat(holdsKey(bytes(server.key(), ABROAD))).isFalse();
    }

    @Test
    void whoDoesNotKnowTheServerOfAProxyFromAbroadIsToldWhatToDo() throws Exception {
        ByteBuffer bytes = bytes(proxy, ABROAD);
        server.close();
        assertThatThrownBy(() -> Talk.read(bytes)).isInstanceOf(UnreadableValueException.class)
                .hasMessageContaining("Manager.connect").hasMessageContaining("pid=");
    }

    @Test
    void aConnectionThatLeavesTheHostIsOverheard() throws Exception {
        InetAddress here = NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress()).findFirst()
                .orElse(null);
        Assumptions.assumeTrue(here != null, "this host has no network");
        assertThat(isOverheard(here)).isTrue();
        assertThat(isOverheard(InetAddress.getLoopbackAddress())).isFalse();
    }

    private static boolean isOverheard(InetAddress where) throws IOException {
        try (ServerSocketChannel door = ServerSocketChannel.open().bind(new InetSocketAddress(where, 0));
                FrameChannel line = new FrameChannel(SocketChannel.open(door.getLocalAddress()))) {
            return line.isOverheard();
        }
    }

    @Test
    void whatAConnectionSendsIsHeldAgainstItsReceiver() throws Exception {
        try (var listener = SocketListener.open(KEY);
                var client = SocketClient.connect(listener.address(), KEY);
                var accepted = listener.accept()) {
            class Told implements java.io.Serializable {
                private static final long serialVersionUID = 1L;

                @SuppressWarnings("unused")
                private Object writeReplace() {
                    return Receiver.current() == null ? "nobody" : "overheard=" + Receiver.current().isOverheard();
                }
            }
            client.send(new Told());
            assertThat(accepted.receive()).isEqualTo("overheard=false");
        }
    }
}
