package io.farmhand.internal.channel;

import io.farmhand.internal.proto.Chunk;
import io.farmhand.internal.proto.Frame;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Function;
import io.farmhand.internal.proto.Hello;
import io.farmhand.internal.proto.JobEnd;
import io.farmhand.internal.proto.Results;
import io.farmhand.internal.proto.Stop;
import io.farmhand.internal.proto.ToWorker;
import io.farmhand.internal.proto.Welcome;
import io.farmhand.internal.wire.FramedSender;
import io.farmhand.internal.wire.PayloadAssembler;
import io.farmhand.internal.wire.PayloadAssembler.Assembled;
import io.farmhand.internal.wire.ProtocolViolation;
import io.farmhand.internal.wire.Wire;
import io.farmhand.internal.wire.WorkerKey;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's end of one worker's call. Incoming messages are handled on the call's gRPC thread, which only
 * assembles payloads and passes them on; outgoing ones may come from any thread, by {@link FramedSender}.
 */
final class WorkerChannel implements WorkerLink, StreamObserver<FromWorker> {
    /** What a Results may hold beyond one item of the longest kind: a batch of short ones, or the tale of a failure. */
    private static final long RESULTS_SLACK_BYTES = 4 << 20;

    private final WorkerKey worker;
    private final WorkerListener listener;
    private final long maxItemBytes;
    private final FramedSender<ToWorker> out;
    private final PayloadAssembler<Results> payloads;
    // Owned by the call's gRPC thread.
    private boolean joined;
    private boolean closed;

    WorkerChannel(WorkerKey worker, ServerCallStreamObserver<ToWorker> call, long maxItemBytes,
            WorkerListener listener) {
        this.worker = worker;
        this.listener = listener;
        this.maxItemBytes = maxItemBytes;
        this.payloads = new PayloadAssembler<>(maxItemBytes + RESULTS_SLACK_BYTES);
        this.out = new FramedSender<>(call,
                data -> ToWorker.newBuilder().setFrame(Frame.newBuilder().setData(data)).build(), () -> {});
        call.setOnReadyThreshold(Wire.READY_BYTES);
        call.setOnReadyHandler(out::ready);
        call.setOnCancelHandler(() -> closed("the connection was lost"));
    }

    @Override
    public void onNext(FromWorker message) {
        if (closed) {
            return;
        }
        try {
            switch (message.getKindCase()) {
                case HELLO -> join(message.getHello());
                case RESULTS -> {
                    Results results = message.getResults();
                    deliver(payloads.begin(results, results.getPayloadBytes(), results.getPayload()));
                }
                case FRAME -> deliver(payloads.frame(message.getFrame().getData()));
                case KIND_NOT_SET -> throw new ProtocolViolation("a message of an unknown kind");
            }
        } catch (ProtocolViolation e) {
            fail(Status.INVALID_ARGUMENT, e.getMessage() == null ? "" : e.getMessage());
        }
    }

    private void join(Hello hello) {
        if (joined) {
            throw new ProtocolViolation("a second Hello");
        }
        if (hello.getProtocol() != Wire.PROTOCOL || hello.getWorker() != worker.number()) {
            throw new ProtocolViolation("Hello says protocol=%d worker=%d, expected protocol=%d worker=%d".formatted(
                    hello.getProtocol(), hello.getWorker(), Wire.PROTOCOL, worker.number()));
        }
        joined = true;
        out.send(ToWorker.newBuilder().setWelcome(Welcome.newBuilder().setMaxItemBytes(maxItemBytes)).build());
        listener.workerJoined(worker, this);
    }

    private void deliver(@Nullable Assembled<Results> whole) {
        if (!joined) {
            throw new ProtocolViolation("results before Hello");
        }
        if (whole != null) {
            Results results = whole.message();
            listener.resultsArrived(worker, results.getAttempt(), results.getCount(), results.getLast(),
                    results.getRunNanos(), whole.payload());
        }
    }

    @Override
    public void onError(Throwable cause) {
        closed("the connection failed: " + Status.fromThrowable(cause));
    }

    @Override
    public void onCompleted() {
        out.complete();
        closed("the worker closed the connection");
    }

    private void closed(String reason) {
        if (!closed) {
            closed = true;
            out.close();
            listener.linkClosed(worker, reason);
        }
    }

    private void fail(Status status, String reason) {
        out.abort(status.withDescription(reason).asRuntimeException());
        closed(reason);
    }

    @Override
    public void function(long job, ByteBuffer function) {
        Function.Builder message = Function.newBuilder().setJob(job).setPayloadBytes(function.remaining());
        out.send(function, head -> ToWorker.newBuilder().setFunction(message.setPayload(head)).build());
    }

    @Override
    public void chunk(long job, long attempt, long firstIndex, int count, ByteBuffer items) {
        Chunk.Builder message = Chunk.newBuilder()
                .setJob(job)
                .setAttempt(attempt)
                .setFirstIndex(firstIndex)
                .setCount(count)
                .setPayloadBytes(items.remaining());
        out.send(items, head -> ToWorker.newBuilder().setChunk(message.setPayload(head)).build());
    }

    @Override
    public void jobEnd(long job) {
        out.send(ToWorker.newBuilder().setJobEnd(JobEnd.newBuilder().setJob(job)).build());
    }

    @Override
    public void stop() {
        out.send(ToWorker.newBuilder().setStop(Stop.getDefaultInstance()).build());
    }

    @Override
    public void cutOff(String reason) {
        out.abort(Status.ABORTED.withDescription(reason).asRuntimeException());
    }
}
