package io.farmhand.internal.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.farmhand.internal.home.Occupant;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.socket.FrameChannel;
import io.farmhand.internal.socket.Patience;
import io.farmhand.internal.socket.SocketClient;
import io.farmhand.internal.socket.SocketListener;
import io.farmhand.internal.socket.Way;
import io.farmhand.sync.Handle;
import io.farmhand.sync.RemoteCallException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server of objects and its clients, also such as do not keep to the rules, in one JVM. */
@NullUnmarked
@Timeout(60)
class ObjectServerTest {
    private static final byte[] KEY = "a key of the tests".getBytes(StandardCharsets.UTF_8);

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Root root = new Root();
    private ObjectServer server;

    /** What the tests' server keeps. */
    public interface Things {
        Object give();

        void take(Object value);

        int add(int one, int other);

        void fail();

        void ignoreInterrupts();

        void await() throws InterruptedException;

        Thing make();
    }

    /** Something that can be closed. */
    public interface Thing extends Handle {}

    private static final class Root implements Things, Occupant {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch leave = new CountDownLatch(1);
        private final BlockingQueue<Integer> swept = new LinkedBlockingQueue<>();
        private final CompletableFuture<Boolean> closed = new CompletableFuture<>();
        private Object gift = "";
        private RuntimeException failure = new IllegalStateException();

        @Override
        public Object give() {
            return gift;
        }

        @Override
        public void take(Object value) {
            gift = value;
        }

        @Override
        public int add(int one, int other) {
            return one + other;
        }

        @Override
        public void fail() {
            throw failure;
        }

        @Override
        public void ignoreInterrupts() {
            entered.countDown();
            while (true) {
                try {
                    leave.await();
                    return;
                } catch (InterruptedException e) {
                    // it takes no notice
                }
            }
        }

        @Override
        public void await() throws InterruptedException {
            leave.await();
        }

        @Override
        public Thing make() {
            return new Thing() {
                @Override
                public void close() {
                    closed.complete(true);
                }

                @Override
                public boolean isClosed() {
                    return closed.isDone();
                }
            };
        }

        @Override
        public void partyLeft(int slot, boolean killed) {
            swept.add(killed ? slot : -slot);
        }

        @Override
        public void wakeAll() {
            // nobody waits
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = keep(ObjectServer.at(SocketListener.freshAddress(), KEY));
        server.root(Things.class, root);
        server.register(Thing.class, Thing.class);
        server.open();
    }

    @AfterEach
    void closeAll() throws Exception {
        root.leave.countDown();
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T keep(T each) {
        open.add(each);
        return each;
    }

    private Things client() throws IOException {
        return ObjectClient.of(server.key().address(), KEY).root(Things.class);
    }

    // ---- a client made by hand ----

    private static ByteBuffer bytes(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer receive(FrameChannel line) throws IOException {
        return Talk.message(line.receiveUninterruptibly(1 << 20, Patience.of(TimeUnit.SECONDS.toNanos(10), "server")));
    }

    private static int method(Class<?> type, String signature) {
        return List.of(new ServedType(0, type).signatures()).indexOf(signature);
    }

    private final class Raw {
        private final long guest;
        private final FrameChannel life;
        private final int slot;
        private final FrameChannel calls;

        Raw(long guest) throws Exception {
            this.guest = guest;
            life = keep(SocketClient.open(server.key().address(), KEY));
            life.send(bytes(17).put(Talk.HELLO_LIFE).putLong(guest).putLong(0).flip());
            slot = receive(life).getInt();
            calls = line();
        }

        FrameChannel line() throws Exception {
            FrameChannel line = keep(SocketClient.open(server.key().address(), KEY));
            line.send(bytes(9).put(Talk.HELLO_CALLS).putLong(guest).flip());
            receive(line);
            return line;
        }

        void send(long object, int method, int sequence) throws Exception {
            calls.send(bytes(25).put(Talk.CALL).putLong(object).putInt(method).putLong(1).putInt(sequence).flip());
        }

        byte call(long object, int method) throws Exception {
            send(object, method, 1);
            return receive(calls).get();
        }

        void vanish() {
            life.close();
            calls.close();
        }
    }

    // ---- clients that end ----

    @Test
    void aProcessIsSweptWhenItsLastCallHasEndedAndItsSlotIsNotGivenAwayBefore() throws Exception {
        Raw first = new Raw(11);
        first.send(Talk.ROOT, method(Things.class, "ignoreInterrupts()"), 1);
        root.entered.await();
        first.vanish();
        Raw second = new Raw(12);
        assertThat(second.slot).isNotEqualTo(first.slot);
        assertThat(root.swept).isEmpty();
        root.leave.countDown();
        assertThat(root.swept.take()).isEqualTo(first.slot);
        second.vanish();
        assertThat(root.swept.take()).isEqualTo(second.slot);
        assertThat(root.swept).isEmpty();
    }

    @Test
    void aProcessOfWhichALineEndsIsNotGone() throws Exception {
        Raw raw = new Raw(11);
        Guest guest = new Guest(server.key(), 11, 2, raw.life);
        Desk desk = new Desk(server, guest, 1, raw.calls);
        assertThat(guest.enter(desk)).isTrue();
        assertThat(guest.leave(desk)).isFalse();
        guest.end(true);
        assertThat(guest.leave()).isTrue();
        assertThat(guest.enter(desk)).isFalse();
    }

    @Test
    void onlyItsMakerClosesAnObjectAndNoOneThatHasItsSlotLater() throws Exception {
        Raw maker = new Raw(11);
        assertThat(maker.call(Talk.ROOT, method(Things.class, "make()"))).isEqualTo(Talk.VALUE);
        long thing = Talk.ROOT + 1;
        maker.calls.send(bytes(9).put(Talk.HOLD).putLong(thing).flip());
        assertThat(receive(maker.calls).get()).isEqualTo(Talk.VALUE);
        maker.vanish();
        assertThat(root.swept.take()).isEqualTo(maker.slot);
        Raw next = new Raw(12);
        while (next.slot != maker.slot) { // it is free a moment after the sweep
            next = new Raw(next.guest + 1);
        }
        assertThat(next.call(thing, method(Thing.class, "close()"))).isEqualTo(Talk.VALUE);
        assertThat(root.closed).isNotDone();
    }

    @Test
    void aProcessCannotLetGoOfMoreThanItHas() throws Exception {
        Raw raw = new Raw(11);
        Guest one = new Guest(server.key(), 11, 2, raw.life);
        Guest other = new Guest(server.key(), 12, 3, raw.life);
        ObjectTable table = new ObjectTable();
        Served served = table.enter(new ServedType(0, Thing.class), root.make(), 11);
        table.refer(served, one);
        table.refer(served, other);
        table.release(served.id(), 100, other);
        table.release(served.id(), -100, other);
        assertThat(other.dropAll()).isEmpty();
        assertThat(one.dropAll()).containsEntry(served.id(), 1);
        assertThat(table.get(served.id())).isSameAs(served);
    }

    // ---- interrupts ----

    @Test
    void aCancelThatOvertakesItsCallIsNotLostAndHitsNoOther() throws Exception {
        try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(SocketListener.freshAddress())) {
            FrameChannel here = keep(new FrameChannel(
                    java.nio.channels.SocketChannel.open(door.getLocalAddress())));
            FrameChannel there = keep(new FrameChannel(door.accept()));
            Desk desk = new Desk(server, new Guest(server.key(), 11, 2, here), 1, there);
            desk.cancel(1);
            Thread.ofPlatform().daemon().start(desk::run);
            int await = method(Things.class, "await()");
            here.send(bytes(25).put(Talk.CALL).putLong(Talk.ROOT).putInt(await).putLong(1).putInt(1).flip());
            ByteBuffer answer = receive(here);
            assertThat(answer.get()).isEqualTo(Talk.FAILURE);
            assertThat(Talk.readItems(answer)[0]).isEqualTo(InterruptedException.class.getName());
            desk.cancel(2);
            root.leave.countDown();
            here.send(bytes(25).put(Talk.CALL).putLong(Talk.ROOT).putInt(await).putLong(1).putInt(3).flip());
            assertThat(receive(here).get()).isEqualTo(Talk.VALUE);
        }
    }

    // ---- what cannot travel ----

    /** An exception that cannot be written. */
    private static final class Unwritable extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Unwritable(String message) {
            super(message);
        }

        @SuppressWarnings("unused")
        private void writeObject(ObjectOutputStream out) {
            throw new IllegalArgumentException("not this one");
        }

        @Override
        public String getMessage() {
            if (super.getMessage().isEmpty()) {
                throw new IllegalArgumentException("nor its message");
            }
            return super.getMessage();
        }
    }

    @Test
    void anExceptionThatCannotBeWrittenArrivesAsText() throws Exception {
        Things things = client();
        root.failure = new Unwritable("why");
        assertThatThrownBy(things::fail).isInstanceOfSatisfying(RemoteCallException.class,
                e -> assertThat(e.remoteStack()).contains("ObjectServerTest")).hasMessageContaining("why")
                .hasMessageContaining("Unwritable");
        root.failure = new Unwritable("");
        assertThatThrownBy(things::fail).isInstanceOf(RemoteCallException.class).hasMessageContaining("Unwritable");
        assertThat(things.add(1, 2)).isEqualTo(3);
    }

    /** An object of a class that only its own loader knows. */
    private static Object ofAMissingClass() throws ReflectiveOperationException {
        byte[] bytes = ClassFile.of().build(ClassDesc.of("elsewhere.Missing"),
                type -> type.withInterfaceSymbols(Serializable.class.describeConstable().orElseThrow())
                        .withFlags(ClassFile.ACC_PUBLIC)
                        .withMethodBody(ConstantDescs.INIT_NAME, ConstantDescs.MTD_void, ClassFile.ACC_PUBLIC,
                                code -> code.aload(0)
                                        .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME,
                                                ConstantDescs.MTD_void)
                                        .return_()));
        return new ClassLoader(ObjectServerTest.class.getClassLoader()) {
            @Override
            protected Class<?> findClass(String name) {
                return defineClass(name, bytes, 0, bytes.length);
            }
        }.loadClass("elsewhere.Missing").getConstructor().newInstance();
    }

    @Test
    void aClassThatTheServerLacksFailsThatCallOnly() throws Exception {
        Things things = client();
        Object missing = ofAMissingClass();
        assertThatThrownBy(() -> things.take(missing)).isInstanceOf(RemoteCallException.class)
                .hasMessageContaining("elsewhere.Missing").hasMessageContaining("in the process that keeps the object");
        assertThat(root.gift).isEqualTo("");
        assertThat(things.add(1, 2)).isEqualTo(3);
    }

    @Test
    void aClassThatTheClientLacksFailsThatCallOnly() throws Exception {
        Things things = client();
        root.gift = ofAMissingClass();
        assertThatThrownBy(things::give).isInstanceOf(RemoteCallException.class)
                .hasMessageContaining("elsewhere.Missing").hasMessageContaining("cannot be read here");
        assertThat(things.add(1, 2)).isEqualTo(3);
    }

    @Test
    void aResultThatCannotBeCopiedFailsInTheServersOwnProcessAsElsewhere() {
        server.register(Things.class, Things.class);
        Things here = server.share(Things.class, root);
        root.gift = new Object();
        assertThatThrownBy(here::give).isInstanceOf(RemoteCallException.class).hasMessageContaining("Object");
    }

    // ---- the door ----

    @Test
    void nobodyIsLetInBeforeWhatHeIsToFindIsThere() throws Exception {
        ObjectServer other = keep(ObjectServer.at(SocketListener.freshAddress(), KEY));
        assertThatThrownBy(
                () -> SocketClient.open(new Way.Direct(other.key().address()), KEY, TimeUnit.MILLISECONDS.toNanos(100)))
                .isInstanceOf(SocketTimeoutException.class);
        other.root(Things.class, root);
        other.open();
        assertThat(ObjectClient.of(other.key().address(), KEY).root(Things.class).add(1, 2)).isEqualTo(3);
    }

    @Test
    void aServerThatDoesNotAnswerHoldsUpNoOther() throws Exception {
        try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(SocketListener.freshAddress())) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Thread.ofPlatform().daemon()
                    .start(() -> thrown.complete(catchThrowable(() -> ObjectClient.of(silent.getLocalAddress(), KEY))));
            try (var _ = silent.accept()) {
                assertThat(client().add(1, 2)).isEqualTo(3);
                assertThat(thrown).isNotDone();
            }
            assertThat(thrown.get()).isInstanceOf(IOException.class);
        }
    }

    // ---- nonsense ----

    @Test
    void randomFramesFromOneThatHasTheKeyHarmNobody() throws Exception {
        Random random = new Random(20_260_101);
        Things things = client();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500);
        int rounds = 0;
        for (; System.nanoTime() < end; rounds++) {
            Raw raw = new Raw(random.nextLong());
            for (int i = 0; i < 50; i++) {
                byte[] frame = nonsense(random);
                boolean toLife = random.nextInt(10) == 0;
                FrameChannel line = toLife ? raw.life : raw.calls;
                Throwable failure = catchThrowable(() -> line.send(ByteBuffer.wrap(frame)));
                if (failure == null && !toLife) {
                    failure = catchThrowable(() -> receive(raw.calls));
                }
                if (failure != null) {
                    assertThat(failure).isInstanceOf(IOException.class).isNotInstanceOf(SocketTimeoutException.class);
                    break;
                }
            }
            raw.vanish();
            assertThat(things.add(rounds, 1)).isEqualTo(rounds + 1);
        }
        assertThat(rounds).isGreaterThan(10);
        assertThat(root.swept.take()).isNotZero();
        assertThat(new Raw(1).slot).isPositive();
    }

    /** A frame that is somewhat like one of those that are known. */
    private static byte[] nonsense(Random random) throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        out.putByte((byte) random.nextInt(12));
        int method = random.nextInt(method(Things.class, "take(java.lang.Object)") + 3);
        boolean waits = method == method(Things.class, "await()")
                || method == method(Things.class, "ignoreInterrupts()");
        out.putLong(random.nextInt(4));
        out.putInt(waits ? 99 : method);
        out.putLong(random.nextLong());
        out.putInt(random.nextInt(3));
        byte[] rest = new byte[random.nextInt(60)];
        random.nextBytes(rest);
        out.write(rest, 0, rest.length);
        ByteBuffer whole = out.detach();
        byte[] frame = new byte[random.nextInt(4) == 0 ? random.nextInt(whole.remaining() + 1) : whole.remaining()];
        whole.get(frame);
        return frame;
    }
}
