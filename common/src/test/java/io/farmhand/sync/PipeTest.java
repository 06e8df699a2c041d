package io.farmhand.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.internal.home.Home;
import io.farmhand.sync.Running.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pipes, after CPython's {@code _TestConnection} and {@code _TestPoll}. */
@Timeout(120)
@NullUnmarked
@SuppressWarnings("try") // closing is among what is tested
class PipeTest {
    private static final Duration MOMENT = Duration.ofMillis(60);
    private static final Duration LONG = Duration.ofSeconds(50);
    /** More than the pipe holds. */
    private static final int LONG_MESSAGE = 3_000_001;

    private static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void echo(Connection end) throws IOException, InterruptedException {
        try {
            while (true) {
                end.send(end.receive());
            }
        } catch (EOFException e) {
            end.close();
        }
    }

    private static long files() throws IOException {
        try (Stream<Path> files = Files.list(Home.here().directory())) {
            return files.count();
        }
    }

    // ---- messages ----

    @Test
    void sendsObjectsToAnotherProcessAndBack() throws Exception {
        Pipe pipe = Pipe.open();
        Connection end = pipe.first();
        Connection other = pipe.second();
        try (ChildJvm child = ChildJvm.start(() -> echo(other))) {
            for (Object value : Arrays.asList(1, "two", List.of(3.0, 4L), null, bytes(LONG_MESSAGE, 1))) {
                end.send(value);
                assertThat(end.receive()).isEqualTo(value);
            }
            end.close();
            assertThat(child.exit()).isZero();
        }
    }

    @Test
    void sendsPartsOfArraysAndReceivesIntoParts() throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            byte[] latin = "latin-1".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            end.sendBytes(latin, 2, 3);
            assertThat(other.receiveBytes()).asString().isEqualTo("tin");
            end.sendBytes(latin, 7, 0);
            assertThat(other.receiveBytes()).isEmpty();
            end.sendBytes(latin);
            byte[] target = new byte[10];
            assertThat(other.receiveBytesInto(target, 3)).isEqualTo(7);
            assertThat(new String(target, java.nio.charset.StandardCharsets.US_ASCII)).isEqualTo("\0\0\0latin-1");
            assertThatThrownBy(() -> end.sendBytes(latin, 5, 3)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> end.sendBytes(latin, -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void aMessageThatIsTooLongForItsRoomIsInTheException() throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            byte[] message = bytes(40, 2);
            end.sendBytes(message);
            assertThatThrownBy(() -> other.receiveBytesInto(new byte[40], 1))
                    .isInstanceOfSatisfying(BufferTooShortException.class,
                            e -> assertThat(e.bytes()).isEqualTo(message));
            end.sendBytes(message);
            assertThat(other.receiveBytes()).isEqualTo(message);
        }
    }

    @Test
    void aMessageThatIsLongerThanAllowedClosesTheEnd() throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            end.sendBytes(new byte[10]);
            assertThat(other.receiveBytes(10)).hasSize(10);
            end.sendBytes(new byte[11]);
            assertThatThrownBy(() -> other.receiveBytes(10)).isInstanceOf(IOException.class)
                    .hasMessageContaining("messageBytes=11");
            assertThat(other.isClosed()).isTrue();
            assertThatThrownBy(() -> end.send("more")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void messagesOfAllLengthsComeWholeFromManyThreadsToManyThreads() throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            int senders = 4;
            int each = 60;
            List<Running<Boolean>> sending = new ArrayList<>();
            for (int s = 0; s < senders; s++) {
                int seed = s;
                sending.add(Kind.alternate(s).start(() -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < each; i++) {
                        byte[] message = new byte[1 + random.nextInt(1 << random.nextInt(21))];
                        Arrays.fill(message, (byte) message.length);
                        end.sendBytes(message);
                    }
                    return true;
                }));
            }
            List<Running<Boolean>> receiving = new ArrayList<>();
            for (int r = 0; r < 3; r++) {
                receiving.add(Kind.alternate(r).start(() -> {
                    for (int i = 0; i < senders * each / 3; i++) {
                        byte[] message = other.receiveBytes();
                        byte[] expected = new byte[message.length];
                        Arrays.fill(expected, (byte) message.length);
                        assertThat(Arrays.equals(message, expected)).isTrue();
                    }
                    return true;
                }));
            }
            for (Running<Boolean> running : sending) {
                assertThat(running.result()).isTrue();
            }
            for (Running<Boolean> running : receiving) {
                assertThat(running.result()).isTrue();
            }
            assertThat(other.poll()).isFalse();
        }
    }

    private record Holder(Object held) implements Serializable {}

    @Test
    void whatCannotBeSerializedIsNotSent() throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            assertThatThrownBy(() -> end.send(new Holder(new Thread()))).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("held");
            assertThat(other.poll()).isFalse();
            end.send("next");
            assertThat(other.receive(String.class)).isEqualTo("next");
        }
    }

    @Test
    void ofAPipeThatIsNotDuplexTheFirstEndReceivesAndTheSecondSends() throws Exception {
        Pipe pipe = Pipe.open(false);
        try (Connection reader = pipe.first(); Connection writer = pipe.second()) {
            writer.send(1);
            assertThat(reader.receive()).isEqualTo(1);
            assertThatThrownBy(() -> reader.send(2)).isInstanceOf(IOException.class).hasMessageContaining("receives");
            assertThatThrownBy(writer::receive).isInstanceOf(IOException.class).hasMessageContaining("sends");
            assertThatThrownBy(writer::poll).isInstanceOf(IOException.class).hasMessageContaining("sends");
        }
    }

    // ---- waiting ----

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pollWaitsAsLongAsItIsTold(Kind kind) throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            assertThat(end.poll()).isFalse();
            assertThat(end.poll(Duration.ofSeconds(-1))).isFalse();
            long start = System.nanoTime();
            assertThat(kind.start(() -> end.poll(MOMENT)).result()).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(MOMENT);
            Running<Boolean> polling = kind.start(() -> end.poll(LONG));
            Running.settle();
            other.send("x");
            assertThat(polling.result()).isTrue();
            assertThat(end.poll()).isTrue();
            assertThat(end.receive()).isEqualTo("x");
            assertThat(end.poll()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anInterruptedReceiveLeavesTheConnectionAsItWas(Kind kind) throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            Running<Object> receiving = kind.start(end::receive);
            Running.settle();
            receiving.interrupt();
            assertThatThrownBy(receiving::result).isInstanceOf(InterruptedException.class);
            other.send("x");
            assertThat(end.receive()).isEqualTo("x");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aSendThatIsInterruptedInTheMiddleClosesItsEnd(Kind kind) throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            end.send("whole");
            Running<Object> sending = kind.start(() -> {
                end.sendBytes(new byte[LONG_MESSAGE]);
                return "sent";
            });
            Running.settle();
            assertThat(sending.isDone()).isFalse();
            sending.interrupt();
            assertThatThrownBy(sending::result).isInstanceOf(InterruptedException.class);
            assertThat(end.isClosed()).isTrue();
            assertThat(other.receive()).isEqualTo("whole");
            assertThatThrownBy(other::receiveBytes).isInstanceOf(EOFException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aReceiveThatIsInterruptedInTheMiddleClosesItsEnd(Kind kind) throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        try (Connection end = pipe.first(); ChildJvm child = ChildJvm.start(() -> {
            ChildJvm.say("go");
            other.sendBytes(new byte[LONG_MESSAGE]);
        })) {
            child.expect("go");
            assertThat(end.poll(LONG)).isTrue();
            new ProcessBuilder("kill", "-STOP", Long.toString(child.pid())).start().waitFor();
            Running<Object> receiving = kind.start(end::receiveBytes);
            Running.settle();
            Running.settle();
            receiving.interrupt();
            assertThatThrownBy(receiving::result).isInstanceOf(InterruptedException.class);
            assertThat(end.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void twoThatBothSendWhatThePipeDoesNotHoldWaitForEachOtherUntilOneIsInterrupted(Kind kind) throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            Running<Object> here = kind.start(() -> {
                end.send(new byte[10_000_000]);
                return end.receive();
            });
            Running<Object> there = kind.start(() -> {
                other.send(new byte[10_000_000]);
                return other.receive();
            });
            assertThat(end.poll(LONG)).isTrue();
            assertThat(other.poll(LONG)).isTrue();
            assertThat(here.isDone() || there.isDone()).isFalse();
            here.interrupt();
            assertThatThrownBy(here::result).isInstanceOf(InterruptedException.class);
            assertThatThrownBy(there::result).isInstanceOf(IOException.class).hasMessageContaining("Broken pipe");
        }
    }

    @Test
    void anInterruptedSenderThatWaitsForAnotherSenderHasSentNothing() throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            Running<Object> first = Kind.PLATFORM.start(() -> {
                end.sendBytes(bytes(LONG_MESSAGE, 3));
                return "sent";
            });
            Running.settle();
            Running<Object> second = Kind.PLATFORM.start(() -> {
                end.send("second");
                return "sent";
            });
            Running.settle();
            second.interrupt();
            assertThatThrownBy(second::result).isInstanceOf(InterruptedException.class);
            assertThat(end.isClosed()).isFalse();
            assertThat(other.receiveBytes()).isEqualTo(bytes(LONG_MESSAGE, 3));
            assertThat(first.result()).isEqualTo("sent");
            assertThat(other.poll()).isFalse();
        }
    }

    // ---- ends ----

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theOtherSideGetsWhatWasSentAndThenTheEndOfFile(Kind kind) throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            end.send(1);
            end.send(2);
            end.close();
            end.close();
            assertThat(other.receive()).isEqualTo(1);
            assertThat(other.receive()).isEqualTo(2);
            assertThat(other.poll()).isTrue();
            assertThatThrownBy(kind.start(other::receive)::result).isInstanceOf(EOFException.class);
            assertThatThrownBy(() -> other.send(3)).isInstanceOf(IOException.class).hasMessageContaining("Broken pipe");
            assertThatThrownBy(end::receive).isInstanceOf(IOException.class).isNotInstanceOf(EOFException.class);
            assertThatThrownBy(() -> end.send(3)).isInstanceOf(IOException.class);
            assertThatThrownBy(end::poll).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void closeWakesThoseWhoWaitAtEitherEnd(Kind kind) throws Exception {
        Pipe pipe = Pipe.open();
        Connection end = pipe.first();
        Connection other = pipe.second();
        Running<Object> receivingHere = kind.start(end::receive);
        Running<Object> alsoHere = kind.start(end::receive);
        Running<Object> receivingThere = kind.start(other::receive);
        Running.settle();
        end.close();
        assertThatThrownBy(receivingHere::result).isInstanceOf(IOException.class);
        assertThatThrownBy(alsoHere::result).isInstanceOf(IOException.class);
        assertThatThrownBy(receivingThere::result).isInstanceOf(EOFException.class);
        other.close();
    }

    @Test
    void aWaitingSenderLearnsThatTheOtherEndIsGone() throws Exception {
        Pipe pipe = Pipe.open();
        Connection end = pipe.first();
        Connection other = pipe.second();
        try (end; other) {
            Running<Object> sending = Kind.PLATFORM.start(() -> {
                end.sendBytes(new byte[LONG_MESSAGE]);
                return "sent";
            });
            Running.settle();
            other.close();
            assertThatThrownBy(sending::result).isInstanceOf(IOException.class).hasMessageContaining("Broken pipe");
        }
    }

    @Test
    void theMakersCopyOfAnEndThatItSentAwayDoesNotCount() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        try (Connection end = pipe.first(); ChildJvm child = ChildJvm.start(() -> other.send("last words"))) {
            assertThat(child.exit()).isZero();
            assertThat(end.receive()).isEqualTo("last words");
            assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
            assertThatThrownBy(() -> other.send("too late")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void theMakerMayCloseAnEndThatItSentAwayBeforeItArrives() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        try (Connection end = pipe.first();
                ChildJvm child = ChildJvm.start(() -> other.send(other.receive()))) {
            other.close();
            end.send("x");
            assertThat(end.receive()).isEqualTo("x");
            assertThat(child.exit()).isZero();
            assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void eachOfSeveralHandlesOnTheirWayKeepsTheEndOpen() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        String second = Copies.text(other);
        try (Connection end = pipe.first(); ChildJvm first = ChildJvm.start(other::close)) {
            assertThat(first.exit()).isZero();
            try (ChildJvm child = ChildJvm.start(() -> Copies.<Connection>read(second).send("here"))) {
                assertThat(end.receive()).isEqualTo("here");
                assertThat(child.exit()).isZero();
            }
            assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aHandleThatDidNotSetOutAfterAllDoesNotKeepTheEndOpen() throws Exception {
        Pipe pipe = Pipe.open();
        Pipe full = Pipe.open();
        Connection other = pipe.second();
        Running<Object> sending;
        try (Queue<Object> queue = Queue.create(1);
                Connection end = pipe.first();
                Connection sender = full.first();
                Connection _ = full.second();
                ChildJvm child = ChildJvm.start(() -> other.send(other.receive()))) {
            queue.put("full");
            assertThat(queue.offer(other)).isFalse();
            assertThat(queue.offer(other, MOMENT)).isFalse();
            assertThatThrownBy(() -> queue.put(new Holder(List.of(other, new Thread()))))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> sender.send(new Holder(List.of(other, new Thread()))))
                    .isInstanceOf(IllegalArgumentException.class);
            sending = Kind.PLATFORM.start(() -> {
                sender.send(new Holder(List.of(other, new byte[LONG_MESSAGE])));
                return "sent";
            });
            assertThat(full.second().poll(LONG)).isTrue();
            sending.interrupt();
            assertThatThrownBy(sending::result).isInstanceOf(InterruptedException.class);
            end.send("x");
            assertThat(end.receive()).isEqualTo("x");
            assertThat(child.exit()).isZero();
            assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void anEndWhoseHandleDidNotSetOutCanBeSentAgain() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        try (Queue<Object> queue = Queue.create(1); Connection end = pipe.first()) {
            queue.put("full");
            assertThat(queue.offer(other)).isFalse();
            try (ChildJvm child = ChildJvm.start(() -> other.send("here"))) {
                assertThat(end.receive()).isEqualTo("here");
                assertThat(child.exit()).isZero();
                assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
            }
        }
    }

    @Test
    void aHandleWhoseSenderIsKilledDoesNotKeepTheEndOpen() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        try (Connection end = pipe.first(); ChildJvm child = ChildJvm.start(() -> {
            int _ = Copies.text(other).length(); // it goes nowhere
            ChildJvm.sayAndStay("sent away");
        })) {
            child.expect("sent away");
            child.kill();
            assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void itsMemoryIsGivenBackWhenTheLastToCloseItIsNotItsMaker() throws Exception {
        Pipe pipe = Pipe.open();
        Connection first = pipe.first();
        Connection second = pipe.second();
        long before = files();
        try (Event bothThere = Event.create();
                ChildJvm one = ChildJvm.start(() -> closeAndStay(first, bothThere));
                ChildJvm two = ChildJvm.start(() -> closeAndStay(second, bothThere))) {
            one.expect("here");
            two.expect("here");
            bothThere.set();
            one.expect("closed");
            two.expect("closed");
            long start = System.nanoTime();
            while (files() >= before + 1 && System.nanoTime() - start < LONG.toNanos()) {
                Thread.onSpinWait(); // its maker is told, and does not answer
            }
            assertThat(files()).isEqualTo(before); // one less, and the event
        }
    }

    private static void closeAndStay(Connection end, Event bothThere) throws InterruptedException {
        ChildJvm.say("here");
        bothThere.await();
        end.close();
        ChildJvm.sayAndStay("closed");
    }

    @Test
    void twoProcessesSpeakThroughThePipeOfAThird() throws Exception {
        Pipe pipe = Pipe.open();
        Connection first = pipe.first();
        Connection second = pipe.second();
        try (SimpleQueue<Object> result = SimpleQueue.create();
                ChildJvm one = ChildJvm.start(() -> echo(second));
                ChildJvm two = ChildJvm.start(() -> {
                    first.send("through");
                    result.put(first.receive());
                })) {
            assertThat(result.take()).isEqualTo("through");
            assertThat(two.exit()).isZero();
            assertThat(one.exit()).isZero();
        }
    }

    @Test
    void leavesNoFileWhenBothEndsAreClosed() throws Exception {
        long before = files();
        for (int i = 0; i < 100; i++) {
            Pipe pipe = Pipe.open();
            pipe.second().send(i);
            assertThat(pipe.first().receive()).isEqualTo(i);
            pipe.first().close();
            pipe.second().close();
        }
        assertThat(files()).isLessThanOrEqualTo(before);
    }

    @Test
    void anEndThatComesBackIsTheSameObject() throws Exception {
        Pipe pipe = Pipe.open();
        try (Connection end = pipe.first(); Connection other = pipe.second()) {
            assertThat(Copies.copy(end)).isSameAs(end);
            assertThat(Copies.copy(other)).isSameAs(other);
        }
    }

    // ---- death ----

    @Test
    void ofAMessageWhoseSenderIsKilledInTheMiddleNothingIsReceived() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        try (Connection end = pipe.first(); ChildJvm child = ChildJvm.start(() -> {
            other.send("whole");
            ChildJvm.say("sending");
            other.sendBytes(new byte[LONG_MESSAGE]);
        })) {
            child.expect("sending");
            assertThat(end.receive()).isEqualTo("whole");
            assertThat(end.poll(LONG)).isTrue();
            child.kill();
            assertThatThrownBy(end::receiveBytes).isInstanceOf(EOFException.class)
                    .hasMessageContaining("in the middle of a message");
        }
    }

    @Test
    void whatAKilledReceiverLeftOfAMessageIsSkipped() throws Exception {
        Pipe pipe = Pipe.open();
        Connection other = pipe.second();
        Random random = new Random(5);
        try (Connection end = pipe.first(); ChildJvm second = ChildJvm.start(() -> receiveWholes(other))) {
            second.expect("here");
            for (int round = 0; round < 4; round++) {
                try (ChildJvm first = ChildJvm.start(() -> receiveWholes(other))) {
                    first.expect("here");
                    Running<Object> sending = Kind.PLATFORM.start(() -> {
                        byte[] message = new byte[30_000_000];
                        Arrays.fill(message, (byte) 7);
                        for (int i = 0; i < 30; i++) {
                            end.sendBytes(message);
                        }
                        return "sent";
                    });
                    Thread.sleep(20 + random.nextInt(60));
                    first.kill();
                    assertThat(sending.result()).isEqualTo("sent");
                }
            }
            end.sendBytes(new byte[0]);
            second.expect("all were whole");
        }
    }

    private static void receiveWholes(Connection end) throws Exception {
        ChildJvm.say("here");
        for (byte[] message = end.receiveBytes(); message.length > 0; message = end.receiveBytes()) {
            for (byte each : message) {
                if (each != 7) {
                    throw new AssertionError("torn");
                }
            }
            if (message.length != 30_000_000) {
                throw new AssertionError("length=" + message.length);
            }
        }
        ChildJvm.say("all were whole");
    }

    @Test
    void aSenderThatWaitsLearnsThatThePipesHomeHasEnded() throws Exception {
        try (SimpleQueue<Connection> given = SimpleQueue.create(); ChildJvm home = ChildJvm.start(() -> {
            Pipe pipe = Pipe.open();
            given.put(pipe.first());
            boolean _ = pipe.second().poll(); // it is used
            Thread.currentThread().join();
        })) {
            Connection end = given.take();
            Running<Object> sending = Kind.PLATFORM.start(() -> {
                end.sendBytes(new byte[LONG_MESSAGE]);
                return "sent";
            });
            Running.settle();
            assertThat(sending.isDone()).isFalse();
            home.kill();
            assertThatThrownBy(sending::result).isInstanceOf(IOException.class).hasMessageContaining("ended");
            assertThat(end.poll()).isTrue();
            assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
            end.close();
            end.close();
        }
    }

    @Test
    void theEndOfThePipesHomeIsTheEndOfFile() throws Exception {
        try (SimpleQueue<Connection> given = SimpleQueue.create();
                SimpleQueue<Queue<String>> queues = SimpleQueue.create();
                ChildJvm home = ChildJvm.start(() -> {
                    Pipe pipe = Pipe.open();
                    given.put(pipe.first());
                    pipe.second().send("before");
                    queues.put(Queue.create());
                    ChildJvm.sayAndStay("made");
                })) {
            Connection end = given.take();
            Queue<String> queue = queues.take();
            home.expect("made");
            Running<Object> taking = Kind.VIRTUAL.start(queue::take);
            Running.settle();
            home.kill();
            assertThat(end.receive()).isEqualTo("before");
            assertThatThrownBy(end::receive).isInstanceOf(EOFException.class);
            assertThatThrownBy(() -> end.send("x")).isInstanceOf(IOException.class);
            assertThatThrownBy(taking::result).isInstanceOf(HandleClosedException.class);
            end.close();
        }
    }
}
