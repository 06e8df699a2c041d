package io.farmhand.internal.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.farmhand.internal.proto.Boot;
import io.farmhand.internal.proto.Chunk;
import io.farmhand.internal.proto.FarmGrpc;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Function;
import io.farmhand.internal.proto.Heartbeat;
import io.farmhand.internal.proto.JobEnd;
import io.farmhand.internal.proto.Recall;
import io.farmhand.internal.proto.Results;
import io.farmhand.internal.proto.Setup;
import io.farmhand.internal.proto.Stop;
import io.farmhand.internal.proto.ToWorker;
import io.farmhand.internal.proto.Welcome;
import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.Items;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.ValueReader;
import io.farmhand.internal.serial.ValueWriter;
import io.farmhand.internal.shm.ProgressFile;
import io.farmhand.internal.wire.TaskFailure;
import io.farmhand.task.RemoteFunction;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/**
 * The other end of one worker's call: the test says what is sent, and takes what comes. Heartbeats, which come when they
 * like, are kept apart.
 */
@NullUnmarked
final class FakeCoordinator extends FarmGrpc.FarmImplBase {
    private static final long PATIENCE_SECONDS = 20;
    private static final int WORKER = 3;

    final BlockingQueue<Heartbeat> heartbeats = new LinkedBlockingQueue<>();
    private final BlockingQueue<FromWorker> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<StreamObserver<ToWorker>> call = new CompletableFuture<>();
    private final Path progressFile;
    private final Server server;
    private final AtomicInteger batches = new AtomicInteger();
    private boolean stopped;
    private Thread inProcess;

    FakeCoordinator(Path directory) throws Exception {
        progressFile = directory.resolve("progress");
        ProgressFile.create(progressFile);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(this)
                .build()
                .start();
    }

    @Override
    public StreamObserver<FromWorker> work(StreamObserver<ToWorker> toWorker) {
        call.complete(toWorker);
        return new StreamObserver<>() {
            @Override
            public void onNext(FromWorker message) {
                if (message.hasBatch()) {
                    batches.incrementAndGet();
                    message.getBatch().getMessagesList().forEach(this::onNext);
                } else if (message.hasHeartbeat()) {
                    heartbeats.add(message.getHeartbeat());
                } else {
                    received.add(message);
                }
            }

            @Override
            public void onError(Throwable cause) {
                // The worker is gone; the test that waits for a message of it says so.
            }

            @Override
            public void onCompleted() {
                toWorker.onCompleted();
            }
        };
    }

    Boot boot() {
        return Boot.newBuilder().setPort(server.getPort()).setToken("token").setWorker(WORKER)
                .setProgress(progressFile.toString()).build();
    }

    /** Runs a worker on a thread of this JVM. */
    FakeCoordinator workerHere() throws Exception {
        ProgressFile progress = ProgressFile.map(progressFile);
        inProcess = Thread.ofPlatform().name("farm-runner").start(() -> {
            try {
                WorkerSession session = WorkerSession.open(boot());
                new ChunkRunner(session, progress, Destination.HERE).run();
                session.finish();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(take(FromWorker.KindCase.HELLO).getHello().getWorker()).isEqualTo(WORKER);
        return this;
    }

    /** Says Welcome and Setup, without waiting for the answer. */
    void welcome(int heartbeatMillis, io.farmhand.internal.task.@Nullable Setup setup) throws Exception {
        send(ToWorker.newBuilder().setWelcome(Welcome.newBuilder()
                .setMaxItemBytes(64 << 20).setHeartbeatMillis(heartbeatMillis).setSetup(setup != null)));
        if (setup != null) {
            setup(encode(setup));
        }
    }

    void setup(ByteString payload) {
        send(ToWorker.newBuilder().setSetup(Setup.newBuilder().setPayload(payload).setPayloadBytes(payload.size())));
    }

    /** Says Welcome without a Setup, and waits until the worker is ready. */
    FakeCoordinator ready() throws Exception {
        welcome(0, null);
        assertThat(take(FromWorker.KindCase.READY).getReady().getFailure()).isEmpty();
        return this;
    }

    void function(long job, RemoteFunction<?, ?> function) throws Exception {
        ByteString payload = encode(function);
        send(ToWorker.newBuilder().setFunction(Function.newBuilder().setJob(job).setSeed(42).setPayload(payload)
                .setPayloadBytes(payload.size())));
    }

    void chunk(long job, long attempt, long firstIndex, Object... items) throws Exception {
        send(encodedChunk(job, attempt, firstIndex, items));
    }

    private static ToWorker.Builder encodedChunk(long job, long attempt, long firstIndex, Object... items)
            throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        ValueWriter writer = new ValueWriter(out, 1 << 20);
        for (Object item : items) {
            writer.writeItem(item);
        }
        ByteString payload = ByteString.copyFrom(out.detach());
        return ToWorker.newBuilder().setChunk(Chunk.newBuilder().setJob(job).setAttempt(attempt)
                .setFirstIndex(firstIndex).setCount(items.length).setNth(2).setPayload(payload)
                .setPayloadBytes(payload.size()));
    }

    /** Attempts of one item each, from 1 on, in one message. */
    void chunksAtOnce(long job, int attempts) throws Exception {
        ToWorker.Batch.Builder batch = ToWorker.Batch.newBuilder();
        for (int attempt = 1; attempt <= attempts; attempt++) {
            ToWorker.Builder chunk = encodedChunk(job, attempt, attempt, "item " + attempt);
            chunk.getChunkBuilder().setNth(1); // before a second attempt all that is done is sent, lest it be lost
            batch.addMessages(chunk);
        }
        send(ToWorker.newBuilder().setBatch(batch));
    }

    /** How many messages came that stand for several. */
    int batches() {
        return batches.get();
    }

    void recall(long attempt, boolean interrupt) {
        send(ToWorker.newBuilder().setRecall(Recall.newBuilder().setAttempt(attempt).setInterrupt(interrupt)));
    }

    void jobEnd(long job) {
        send(ToWorker.newBuilder().setJobEnd(JobEnd.newBuilder().setJob(job)));
    }

    void stop() {
        stopped = true;
        send(ToWorker.newBuilder().setStop(Stop.getDefaultInstance()));
    }

    void send(ToWorker.Builder message) {
        call.join().onNext(message.build());
    }

    /** Takes the next message, which must be of that kind. */
    FromWorker take(FromWorker.KindCase kind) throws InterruptedException {
        FromWorker message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(message).as("a message, which should be %s", kind).isNotNull();
        assertThat(message.getKindCase()).isEqualTo(kind);
        return message;
    }

    void takeReturned(long attempt, int kept) throws InterruptedException {
        FromWorker message = take(FromWorker.KindCase.RETURNED);
        assertThat(message.getReturned().getAttempt()).isEqualTo(attempt);
        assertThat(message.getReturned().getKept()).isEqualTo(kept);
    }

    /** Takes results until the last of that attempt. */
    Answers takeAll(long attempt) throws Exception {
        Answers all = new Answers(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        while (true) {
            Results results = take(FromWorker.KindCase.RESULTS).getResults();
            assertThat(results.getAttempt()).isEqualTo(attempt);
            int before = all.values.size();
            results.getFailedList().forEach(place -> all.failed.add(before + place));
            results.getRetryableList().forEach(place -> all.retryable.add(before + place));
            for (int group = 0; group < results.getItemNanosCount(); group++) {
                int items = results.getTimedItemsCount() == 0 ? 1 : results.getTimedItems(group);
                all.nanos.addAll(Collections.nCopies(items, results.getItemNanos(group)));
            }
            ByteBuffer payload = results.getPayload().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            for (Items.Cursor items = Items.cursor(payload); items.hasNext();) {
                ByteBuffer item = items.next();
                all.values.add(Items.isFailure(item)
                        ? TaskFailure.decode(Items.failureBody(item))
                        : ValueReader.trusting(getClass().getClassLoader()).read(item));
            }
            assertThat(all.values).hasSize(before + results.getCount());
            if (results.getLast()) {
                return all;
            }
        }
    }

    /** What came of an attempt: a value or a {@link TaskFailure} for each item. */
    record Answers(List<Object> values, List<Integer> failed, List<Integer> retryable, List<Long> nanos) {
        TaskFailure failure(int place) {
            return (TaskFailure) values.get(place);
        }
    }

    static ByteString encode(Object value) throws Exception {
        PayloadBuffer out = new PayloadBuffer();
        new ValueWriter(out, 64 << 20).writeValue(value);
        return ByteString.copyFrom(out.detach());
    }

    /** Stops the worker of this JVM; one that does not stop keeps its server, since it would halt this JVM without. */
    void close() throws Exception {
        if (inProcess != null) {
            if (!stopped) {
                stop();
            }
            inProcess.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            assertThat(inProcess.isAlive()).as("the worker runs on after Stop").isFalse();
        }
        server.shutdownNow();
    }
}
