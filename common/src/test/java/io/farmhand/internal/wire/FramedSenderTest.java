package io.farmhand.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.farmhand.internal.proto.Frame;
import io.farmhand.internal.proto.Recall;
import io.farmhand.internal.proto.ToWorker;
import io.grpc.stub.CallStreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

class FramedSenderTest {
    /** A call whose transport takes what the test lets it. */
    private static final class Call extends CallStreamObserver<ToWorker> {
        final List<ToWorker> taken = new ArrayList<>();
        boolean ready = true;
        boolean completed;

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void onNext(ToWorker message) {
            taken.add(message);
        }

        @Override
        public void onCompleted() {
            completed = true;
        }

        @Override
        public void onError(Throwable cause) {
            throw new AssertionError(cause);
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            throw new AssertionError("not expected here");
        }

        @Override
        public void disableAutoInboundFlowControl() {
            throw new AssertionError("not expected here");
        }

        @Override
        public void request(int count) {
            throw new AssertionError("not expected here");
        }

        @Override
        public void setMessageCompression(boolean enable) {
            throw new AssertionError("not expected here");
        }

        /** The attempts that were recalled, in order, out of their batches. */
        List<Long> recalled() {
            List<Long> attempts = new ArrayList<>();
            taken.forEach(message -> unpacked(message).forEach(each -> attempts.add(each.getRecall().getAttempt())));
            return attempts;
        }

        static List<ToWorker> unpacked(ToWorker message) {
            return message.hasBatch() ? message.getBatch().getMessagesList() : List.of(message);
        }
    }

    private final Call call = new Call();
    private final AtomicInteger drained = new AtomicInteger();
    private final FramedSender<ToWorker> sender = new FramedSender<>(call, FramedSenderTest::frame,
            messages -> ToWorker.newBuilder().setBatch(ToWorker.Batch.newBuilder().addAllMessages(messages)).build(),
            drained::incrementAndGet);

    private static ToWorker frame(ByteString data) {
        return ToWorker.newBuilder().setFrame(Frame.newBuilder().setData(data)).build();
    }

    private static ToWorker recall(long attempt) {
        return ToWorker.newBuilder().setRecall(Recall.newBuilder().setAttempt(attempt)).build();
    }

    @Test
    void sendsAMessageAtOnce() {
        sender.send(recall(1));
        assertThat(call.taken).containsExactly(recall(1));
    }

    @Test
    @DisabledIfSystemProperty(named = "farmhand.batches", matches = "false")
    void keepsWhatIsQueuedUntilAFlushAndSendsItAsOneMessage() {
        sender.queue(recall(1));
        sender.queue(recall(2));
        assertThat(call.taken).isEmpty();
        sender.flush();
        assertThat(call.taken).hasSize(1);
        assertThat(call.recalled()).containsExactly(1L, 2L);
    }

    @Test
    void sendsOneMessageThatIsQueuedAsItIs() {
        sender.queue(recall(1));
        sender.flush();
        assertThat(call.taken).containsExactly(recall(1));
    }

    @Test
    void sendsWhatIsQueuedBeforeWhatIsSent() {
        sender.queue(recall(1));
        sender.send(recall(2));
        assertThat(call.recalled()).containsExactly(1L, 2L);
    }

    @Test
    @DisabledIfSystemProperty(named = "farmhand.batches", matches = "false")
    void isNotBackloggedByWhatWaitsForAFlushAlone() {
        sender.queue(recall(1));
        assertThat(sender.isBacklogged()).isFalse();
        call.ready = false;
        assertThat(sender.isBacklogged()).isTrue();
    }

    @Test
    void waitsForTheTransportAndTellsWhenItHasTakenAll() {
        call.ready = false;
        LongStream.range(0, 10).forEach(attempt -> sender.send(recall(attempt)));
        assertThat(call.taken).isEmpty();
        assertThat(drained).hasValue(0);
        call.ready = true;
        sender.ready();
        assertThat(call.recalled()).isEqualTo(LongStream.range(0, 10).boxed().toList());
        assertThat(drained).hasValue(1);
    }

    @Test
    void sendsOfItselfWhenMuchIsQueued() {
        for (long attempt = 0; call.taken.isEmpty(); attempt++) {
            assertThat(attempt).isLessThan(100_000);
            sender.queue(recall(attempt));
        }
    }

    @Test
    @DisabledIfSystemProperty(named = "farmhand.batches", matches = "false")
    void makesNoMessageLongerThanTheLimitAndChangesNoOrder() {
        call.ready = false;
        Random random = new Random(7);
        List<ToWorker> sent = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            int length = random.nextInt(8) == 0 ? random.nextInt(200_000) : random.nextInt(200);
            ToWorker message = frame(ByteString.copyFrom(new byte[length]));
            sent.add(message);
            sender.queue(message);
        }
        call.ready = true;
        sender.ready();
        List<ToWorker> arrived = new ArrayList<>();
        for (ToWorker message : call.taken) {
            assertThat(message.getSerializedSize()).isLessThanOrEqualTo(Wire.MESSAGE_BYTES);
            arrived.addAll(Call.unpacked(message));
        }
        assertThat(arrived).isEqualTo(sent);
        assertThat(call.taken.size()).isLessThan(sent.size() / 2);
    }

    @Test
    void cutsALongPayloadIntoFrames() {
        byte[] payload = new byte[2 * Wire.FRAME_BYTES + 5];
        new Random(3).nextBytes(payload);
        sender.send(ByteBuffer.wrap(payload), FramedSenderTest::frame);
        ByteString all = ByteString.EMPTY;
        for (ToWorker message : call.taken) {
            assertThat(message.getFrame().getData().size()).isLessThanOrEqualTo(Wire.FRAME_BYTES);
            all = all.concat(message.getFrame().getData());
        }
        assertThat(all.toByteArray()).isEqualTo(payload);
    }

    @Test
    void sendsAllThatWasQueuedBeforeItHalfCloses() {
        sender.queue(recall(1));
        sender.complete();
        assertThat(call.recalled()).containsExactly(1L);
        assertThat(call.completed).isTrue();
        sender.send(recall(2));
        assertThat(call.recalled()).containsExactly(1L);
    }

    @Test
    @DisabledIfSystemProperty(named = "farmhand.batches", matches = "false")
    void forgetsWhatWaitsWhenItIsClosed() {
        sender.queue(recall(1));
        sender.close();
        sender.flush();
        assertThat(call.taken).isEmpty();
    }
}
