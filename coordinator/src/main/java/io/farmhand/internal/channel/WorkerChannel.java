package io.farmhand.internal.channel;

import com.google.protobuf.ByteString;
import io.farmhand.backend.Answer;
import io.farmhand.backend.BackendSink;
import io.farmhand.backend.ItemTimes;
import io.farmhand.backend.WorkerId;
import io.farmhand.backend.WorkerLink;
import io.farmhand.internal.proto.Blob;
import io.farmhand.internal.proto.Chunk;
import io.farmhand.internal.proto.Dump;
import io.farmhand.internal.proto.FarmGrpc;
import io.farmhand.internal.proto.Frame;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Function;
import io.farmhand.internal.proto.Hello;
import io.farmhand.internal.proto.JobEnd;
import io.farmhand.internal.proto.Place;
import io.farmhand.internal.proto.Ready;
import io.farmhand.internal.proto.Recall;
import io.farmhand.internal.proto.Release;
import io.farmhand.internal.proto.Results;
import io.farmhand.internal.proto.Segments;
import io.farmhand.internal.proto.Setup;
import io.farmhand.internal.proto.Stop;
import io.farmhand.internal.proto.ToWorker;
import io.farmhand.internal.proto.Welcome;
import io.farmhand.internal.serial.Items;
import io.farmhand.internal.shm.SegmentReader;
import io.farmhand.internal.shm.SharedPayload;
import io.farmhand.internal.wire.FramedSender;
import io.farmhand.internal.wire.PayloadAssembler;
import io.farmhand.internal.wire.PayloadAssembler.Assembled;
import io.farmhand.internal.wire.ProtocolViolation;
import io.farmhand.internal.wire.Wire;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's end of one worker's call. Incoming messages are handled on the call's gRPC thread, which only
 * assembles payloads and passes them on; outgoing ones may come from any thread, by {@link FramedSender}.
 */
public final class WorkerChannel implements WorkerLink, StreamObserver<FromWorker> {
    /** What a Results may hold beyond one item of the longest kind: a batch of short ones, or the tale of a failure. */
    private static final long RESULTS_SLACK_BYTES = 4 << 20;

    private final WorkerId worker;
    private final BackendSink listener;
    private final FramedSender<ToWorker> out;
    private final PayloadAssembler<Results> payloads;
    private final Greeting greeting;
    /** What the worker has written for us; null where nothing is shared. */
    private final @Nullable SegmentReader segments;
    // Owned by the call's gRPC thread.
    private boolean joined;
    private boolean ready;
    private boolean closed;

    /**
     * The coordinator's end of a call that is being made.
     *
     * @param call whose ready handler is to call {@link #ready}, and whose end {@link #closed(String)}
     */
    public WorkerChannel(WorkerId worker, CallStreamObserver<ToWorker> call, Greeting greeting, BackendSink listener) {
        this.worker = worker;
        this.listener = listener;
        this.greeting = greeting;
        this.payloads = new PayloadAssembler<>(greeting.maxItemBytes() + RESULTS_SLACK_BYTES);
        this.out = new FramedSender<>(call,
                data -> ToWorker.newBuilder().setFrame(Frame.newBuilder().setData(data)).build(),
                messages -> ToWorker.newBuilder()
                        .setBatch(ToWorker.Batch.newBuilder().addAllMessages(messages))
                        .build(),
                () -> {});
        this.segments = greeting.segments() == null ? null : greeting.segments().joined(worker, this::gone);
    }

    /**
     * Answers to workers that dial.
     *
     * @param greeting what every worker is told first
     * @param listener hears of them
     */
    public static ServerServiceDefinition service(Greeting greeting, BackendSink listener) {
        return new FarmGrpc.FarmImplBase() {
            @Override
            public StreamObserver<FromWorker> work(StreamObserver<ToWorker> out) {
                ServerCallStreamObserver<ToWorker> call = (ServerCallStreamObserver<ToWorker>) out;
                WorkerChannel channel = new WorkerChannel(WorkerServer.caller(), call, greeting, listener);
                call.setOnReadyThreshold(Wire.READY_BYTES);
                call.setOnReadyHandler(channel::ready);
                call.setOnCancelHandler(() -> channel.closed("the connection was lost"));
                return channel;
            }
        }.bindService();
    }

    /** The call takes messages again. */
    public void ready() {
        out.ready();
    }

    @Override
    public void onNext(FromWorker message) {
        if (closed) {
            return;
        }
        try {
            if (!joined && !message.hasHello() && !message.hasBatch()) {
                throw new ProtocolViolation(message.getKindCase() + " before Hello");
            }
            switch (message.getKindCase()) {
                case HELLO -> join(message.getHello());
                case RESULTS -> {
                    Results results = message.getResults();
                    if (results.hasPlace()) {
                        deliverShared(results);
                        return;
                    }
                    deliver(payloads.begin(results, results.getPayloadBytes(), results.getPayload()));
                }
                case FRAME -> deliver(payloads.frame(message.getFrame().getData()));
                case READY -> ready(message.getReady());
                case RETURNED -> listener.returned(worker, message.getReturned().getAttempt(),
                        message.getReturned().getKept());
                case DUMPED -> listener.dumped(worker, message.getDumped().getStacks());
                case HEARTBEAT -> listener.heartbeat(worker, message.getHeartbeat().getRssBytes(),
                        message.getHeartbeat().getHeapBytes());
                case LEAVING -> listener.leaving(worker);
                case SEGMENTS -> {
                    if (segments != null) {
                        message.getSegments().getGoneList().forEach(segments::gone);
                    }
                }
                case BLOB_WANTED -> answerWith(message.getBlobWanted().getSha256());
                case BATCH -> {
                    for (FromWorker each : message.getBatch().getMessagesList()) {
                        if (each.hasBatch()) {
                            throw new ProtocolViolation("a batch in a batch");
                        }
                        onNext(each);
                    }
                }
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
        Welcome.Builder welcome = Welcome.newBuilder()
                .setMaxItemBytes(greeting.maxItemBytes())
                .setSetup(greeting.setup().hasRemaining())
                .setHeartbeatMillis(greeting.heartbeatMillis());
        if (greeting.segments() != null) {
            welcome.setSegments(greeting.segments().prefix()).setOwnSegments(greeting.segments().prefix(worker));
        }
        out.send(ToWorker.newBuilder().setWelcome(welcome).build());
        if (greeting.setup().hasRemaining()) {
            Setup.Builder setup = Setup.newBuilder().setPayloadBytes(greeting.setup().remaining());
            out.send(greeting.setup(), head -> ToWorker.newBuilder().setSetup(setup.setPayload(head)).build());
        }
        listener.workerJoined(worker, hello.getPid(), this);
    }

    private void answerWith(ByteString sha256) {
        ByteBuffer bytes = greeting.blobs().find(HexFormat.of().formatHex(sha256.toByteArray()));
        if (bytes == null) {
            out.send(ToWorker.newBuilder().setBlob(Blob.newBuilder().setSha256(sha256).setMissing(true)).build());
        } else {
            queue(sha256, bytes);
            out.flush();
        }
    }

    private void queue(ByteString sha256, ByteBuffer bytes) {
        Blob.Builder blob = Blob.newBuilder().setSha256(sha256).setPayloadBytes(bytes.remaining());
        SharedPayload.Place place = SharedPayload.placeOf(bytes);
        if (place != null) {
            out.queue(ToWorker.newBuilder().setBlob(blob.setPlace(message(place))).build());
            return;
        }
        out.queue(bytes, head -> ToWorker.newBuilder().setBlob(blob.setPayload(head)).build());
    }

    private static Place message(SharedPayload.Place place) {
        return Place.newBuilder().setSegment(place.segment()).setOffset(place.offset()).build();
    }

    private static ByteString bytes(String sha256) {
        return ByteString.copyFrom(HexFormat.of().parseHex(sha256));
    }

    private void ready(Ready message) {
        if (ready) {
            throw new ProtocolViolation("a second Ready");
        }
        ready = true;
        listener.workerReady(worker, message.getFailure().asReadOnlyByteBuffer());
    }

    private void deliver(@Nullable Assembled<Results> whole) {
        checkReady();
        if (whole != null) {
            check(whole.message(), count(whole.payload()));
            answered(whole.message(), whole.payload());
        }
    }

    /**
     * Results in shared memory are not looked at here, since the worker can change them at any time: whoever decodes them
     * looks once.
     */
    private void deliverShared(Results results) {
        checkReady();
        check(results, 1);
        if (segments == null || results.getPayloadBytes() > payloads.maxBytes()) {
            throw new ProtocolViolation("a payload of %d bytes in shared memory".formatted(results.getPayloadBytes()));
        }
        Place place = results.getPlace();
        try {
            answered(results, segments.payload(new SharedPayload.Place(place.getSegment(), place.getOffset()),
                    results.getPayloadBytes(), () -> free(place.getSegment())).order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new ProtocolViolation("results that are not where they should be: " + e);
        }
    }

    private void checkReady() {
        if (!ready) {
            throw new ProtocolViolation("results before Ready");
        }
    }

    private void answered(Results results, ByteBuffer items) {
        listener.answered(worker,
                new Answer(results.getAttempt(), results.getCount(), results.getLast(), results.getRunNanos(), items,
                        results.getFailedList(), results.getRetryableList(), times(results)));
    }

    private static ItemTimes times(Results results) {
        try {
            return ItemTimes.of(results.getItemNanosList(), results.getTimedItemsList(), results.getCount());
        } catch (IllegalArgumentException e) {
            throw new ProtocolViolation("results with times of other items: " + e.getMessage());
        }
    }

    /** Any thread: nobody needs what was in a segment of the worker's. */
    private void free(int segment) {
        out.send(ToWorker.newBuilder().setSegments(Segments.newBuilder().addFree(segment)).build());
    }

    /** Any thread: a segment of ours was removed. */
    private void gone(int segment) {
        out.send(ToWorker.newBuilder().setSegments(Segments.newBuilder().addGone(segment)).build());
    }

    private static int count(ByteBuffer items) {
        try {
            return Items.count(items);
        } catch (IllegalArgumentException e) {
            throw new ProtocolViolation("results that are no run of items: " + e.getMessage());
        }
    }

    /** What is passed on can be cut into items without a further look. */
    private static void check(Results results, int count) {
        if (results.getCount() != count) {
            throw new ProtocolViolation("results say count=%d, hold items=%d".formatted(results.getCount(), count));
        }
        int last = -1;
        for (int place : results.getFailedList()) {
            if (place <= last || place >= count) {
                throw new ProtocolViolation("failed=%d of count=%d, after %d".formatted(place, count, last));
            }
            last = place;
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

    /** The call is over; on its thread. */
    public void closed(String reason) {
        if (!closed) {
            closed = true;
            out.close();
            if (greeting.segments() != null) {
                greeting.segments().linkEnded(worker);
            }
            listener.linkClosed(worker, reason);
        }
    }

    private void fail(Status status, String reason) {
        out.abort(status.withDescription(reason).asRuntimeException());
        closed(reason);
    }

    @Override
    public void function(long job, long seed, ByteBuffer function) {
        Function.Builder message = Function.newBuilder()
                .setJob(job)
                .setSeed(seed)
                .setPayloadBytes(function.remaining());
        out.queue(function, head -> ToWorker.newBuilder().setFunction(message.setPayload(head)).build());
    }

    @Override
    public void function(long job, long seed, String sha256) {
        out.queue(ToWorker.newBuilder()
                .setFunction(Function.newBuilder().setJob(job).setSeed(seed).setBlob(bytes(sha256)))
                .build());
    }

    @Override
    public void blob(String sha256, ByteBuffer bytes) {
        queue(bytes(sha256), bytes);
    }

    @Override
    public void release(String sha256) {
        out.queue(ToWorker.newBuilder().setRelease(Release.newBuilder().setSha256(bytes(sha256))).build());
    }

    @Override
    public void chunk(long job, long attempt, long firstIndex, int count, int nth, ByteBuffer items) {
        Chunk.Builder message = Chunk.newBuilder()
                .setJob(job)
                .setAttempt(attempt)
                .setFirstIndex(firstIndex)
                .setCount(count)
                .setNth(nth)
                .setPayloadBytes(items.remaining());
        SharedPayload.Place place = SharedPayload.placeOf(items);
        if (place != null) {
            out.queue(ToWorker.newBuilder().setChunk(message.setPlace(message(place))).build());
            return;
        }
        out.queue(items, head -> ToWorker.newBuilder().setChunk(message.setPayload(head)).build());
    }

    @Override
    public void jobEnd(long job) {
        out.queue(ToWorker.newBuilder().setJobEnd(JobEnd.newBuilder().setJob(job)).build());
    }

    @Override
    public void recall(long attempt, boolean interrupt) {
        out.queue(ToWorker.newBuilder()
                .setRecall(Recall.newBuilder().setAttempt(attempt).setInterrupt(interrupt))
                .build());
    }

    @Override
    public void dump() {
        out.queue(ToWorker.newBuilder().setDump(Dump.getDefaultInstance()).build());
    }

    @Override
    public void stop() {
        out.queue(ToWorker.newBuilder().setStop(Stop.getDefaultInstance()).build());
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void cutOff(String reason) {
        out.abort(Status.ABORTED.withDescription(reason).asRuntimeException());
    }
}
