package io.farmhand.internal.worker;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.farmhand.internal.jvm.Signals;
import io.farmhand.internal.proto.BlobWanted;
import io.farmhand.internal.proto.Boot;
import io.farmhand.internal.proto.Chunk;
import io.farmhand.internal.proto.Dumped;
import io.farmhand.internal.proto.FarmGrpc;
import io.farmhand.internal.proto.Frame;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Function;
import io.farmhand.internal.proto.Hello;
import io.farmhand.internal.proto.Leaving;
import io.farmhand.internal.proto.Place;
import io.farmhand.internal.proto.Ready;
import io.farmhand.internal.proto.Recall;
import io.farmhand.internal.proto.Returned;
import io.farmhand.internal.proto.Segments;
import io.farmhand.internal.proto.ToWorker;
import io.farmhand.internal.proto.Welcome;
import io.farmhand.internal.serial.ArrivedClasses;
import io.farmhand.internal.serial.Room;
import io.farmhand.internal.shm.SegmentPool;
import io.farmhand.internal.shm.SegmentReader;
import io.farmhand.internal.shm.SharedPayload;
import io.farmhand.internal.task.Blobs;
import io.farmhand.internal.wire.FramedSender;
import io.farmhand.internal.wire.PayloadAssembler;
import io.farmhand.internal.wire.PayloadAssembler.Assembled;
import io.farmhand.internal.wire.Wire;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The worker's end of its one call. Its callbacks run on the single {@code farm-grpc} thread. They put instructions
 * into a queue, which the runner takes from and the coordinator's credits bound; and they answer at once what must not
 * wait for the runner: Recall and JobEnd, by the {@link HeldAttempt} that they are about, and Dump.
 *
 * <p>When the call ends without a Stop before it, the worker ends: there is nobody left to work for.
 */
final class WorkerSession implements ClientResponseObserver<FromWorker, ToWorker> {
    private static final long GOODBYE_SECONDS = 5;
    /** What the results that a slow reader leaves in shared memory may take; more of them wait in its heap. */
    private static final long SHARED_BYTES = 1L << 30;
    /** Of so much at once a reader that keeps up has no need. */
    private static final long ENOUGH_BYTES = 48L << 20;

    private final int number;
    private final Thread runner = Thread.currentThread();
    private final BlockingQueue<Instruction> instructions = new LinkedBlockingQueue<>();
    /** What is not answered yet, by attempt; farm-grpc adds, the runner removes. */
    private final Map<Long, HeldAttempt> held = new ConcurrentHashMap<>();
    private final BlobCache blobs = new BlobCache(this::ask);
    private final CompletableFuture<Welcome> welcome = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Its thread must not take over, from the task during which it starts, what that task's threads see. */
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1,
            Thread.ofPlatform().name("farm-timer").daemon().inheritInheritableThreadLocals(false).factory());
    private final ManagedChannel channel;
    private final EventLoopGroup eventLoop;
    // Set before the call begins.
    private @Nullable FramedSender<FromWorker> out;
    private @Nullable ResultSender sender;
    private @Nullable VitalSigns vitalSigns;
    // Owned by farm-grpc once the call has begun.
    private @Nullable PayloadAssembler<ToWorker> payloads;
    // Set before welcome completes, where long payloads are shared.
    private @Nullable SegmentPool pool;
    private @Nullable SegmentReader reader;
    private volatile boolean stopping;
    private final AtomicBoolean leaving = new AtomicBoolean();
    /** Nothing more begins here: what is held, and what still comes, is given back unasked. */
    private volatile boolean unsound;

    private WorkerSession(int number, ManagedChannel channel, EventLoopGroup eventLoop) {
        this.number = number;
        this.channel = channel;
        this.eventLoop = eventLoop;
        Blobs.from(blobs::value);
    }

    /** Dials the coordinator and says Hello; to be called on the runner thread. */
    static WorkerSession open(Boot boot) throws InterruptedException {
        EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("farm-grpc", true),
                NioIoHandler.newFactory());
        WorkerSession session = new WorkerSession(boot.getWorker(), channelTo(boot, eventLoop),
                eventLoop);
        Metadata proof = new Metadata();
        proof.put(Wire.TOKEN, boot.getToken());
        proof.put(Wire.WORKER, Integer.toString(boot.getWorker()));
        FarmGrpc.newStub(session.channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(proof))
                .withOnReadyThreshold(Wire.READY_BYTES)
                .work(session);
        session.out().send(FromWorker.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocol(Wire.PROTOCOL)
                        .setWorker(boot.getWorker())
                        .setPid(ProcessHandle.current().pid()))
                .build());
        return session;
    }

    private static ManagedChannel channelTo(Boot boot, EventLoopGroup eventLoop) {
        boolean domainSocket = !boot.getSocket().isEmpty();
        return NettyChannelBuilder
                .forAddress(domainSocket
                        ? UnixDomainSocketAddress.of(boot.getSocket())
                        : new InetSocketAddress(InetAddress.getLoopbackAddress(), boot.getPort()))
                .channelType(domainSocket ? NioDomainSocketChannel.class : NioSocketChannel.class)
                .eventLoopGroup(eventLoop)
                .overrideAuthority("farm")
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(Wire.MESSAGE_BYTES)
                .flowControlWindow(Wire.READY_BYTES)
                .withOption(ChannelOption.SO_KEEPALIVE, null) // domain sockets do not know it, and say so
                .disableRetry()
                .build();
    }

    /** The coordinator's first word; waits for it. */
    Welcome welcome() throws InterruptedException, NotAdmittedException {
        try {
            return welcome.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the coordinator did not let this worker in: " + e.getCause(),
                    e.getCause());
        }
    }

    /** The worker's number. */
    int number() {
        return number;
    }

    BlockingQueue<Instruction> instructions() {
        return instructions;
    }

    ResultSender sender() {
        return begun(sender);
    }

    private FramedSender<FromWorker> out() {
        return begun(out);
    }

    private VitalSigns vitalSigns() {
        return begun(vitalSigns);
    }

    private static <T> T begun(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("the call has not begun");
        }
        return part;
    }

    /**
     * The set-up has been carried out.
     *
     * @param failure the encoded failure if that failed, else without bytes
     */
    void ready(byte[] failure) {
        out().send(FromWorker.newBuilder()
                .setReady(Ready.newBuilder().setFailure(UnsafeByteOperations.unsafeWrap(failure)))
                .build());
    }

    /** The classes that come beside values. */
    ArrivedClasses classes() {
        return blobs;
    }

    /** The last results of an attempt have been sent. */
    void answered(HeldAttempt attempt) {
        held.remove(attempt.attempt());
        vitalSigns().chunkDone();
    }

    /** Asks the coordinator to stop this worker: it finishes what has begun, gives back the rest, and is replaced. */
    void leave() {
        if (leaving.compareAndSet(false, true)) {
            out().send(FromWorker.newBuilder().setLeaving(Leaving.getDefaultInstance()).build());
        }
    }

    /** Leaves, as a JVM that is not to be trusted any more: what has not begun goes back at once. */
    void abandon() {
        leave();
        unsound = true;
        held.values().forEach(attempt -> giveBack(attempt, false));
    }

    /** From now on SIGTERM does not end this JVM but asks the coordinator to stop it; to be called after Welcome. */
    void leaveAtTermination() {
        Departure departure = new Departure(this::leave);
        // Catching a signal costs milliseconds, which the first item need not wait for.
        timer.execute(() -> Signals.onTerminate(departure));
    }

    /** Half-closes the call after all that was sent, waits until the coordinator has closed its side, and hangs up. */
    void finish() throws InterruptedException {
        timer.shutdownNow();
        out().complete();
        boolean _ = closed.await(GOODBYE_SECONDS, TimeUnit.SECONDS);
        channel.shutdownNow();
        // A thread in a native select would hold up the JVM's exit.
        eventLoop.shutdownGracefully(0, GOODBYE_SECONDS, TimeUnit.SECONDS).await(GOODBYE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FromWorker> begun) {
        FramedSender<FromWorker> call = new FramedSender<>(begun,
                data -> FromWorker.newBuilder().setFrame(Frame.newBuilder().setData(data)).build(),
                messages -> FromWorker.newBuilder()
                        .setBatch(FromWorker.Batch.newBuilder().addAllMessages(messages))
                        .build(),
                () -> sender().drained());
        out = call;
        sender = new ResultSender(call, timer, () -> !instructions.isEmpty());
        vitalSigns = new VitalSigns(call);
        begun.setOnReadyHandler(call::ready);
    }

    @Override
    public void onNext(ToWorker message) {
        switch (message.getKindCase()) {
            case WELCOME -> welcome(message.getWelcome());
            case SETUP -> accept(assembler().begin(message, message.getSetup().getPayloadBytes(),
                    message.getSetup().getPayload()));
            case FUNCTION -> {
                if (!message.getFunction().getBlob().isEmpty()) {
                    learn(message.getFunction(), blobs.bytes(hex(message.getFunction().getBlob())));
                    return;
                }
                accept(assembler().begin(message, message.getFunction().getPayloadBytes(),
                        message.getFunction().getPayload()));
            }
            case CHUNK -> {
                Chunk chunk = message.getChunk();
                if (chunk.hasPlace()) {
                    run(chunk, shared(chunk));
                    return;
                }
                accept(assembler().begin(message, chunk.getPayloadBytes(), chunk.getPayload()));
            }
            case FRAME -> accept(assembler().frame(message.getFrame().getData()));
            case RECALL -> recall(message.getRecall());
            case JOB_END -> jobEnded(message.getJobEnd().getJob());
            case DUMP -> out().send(FromWorker.newBuilder()
                    .setDumped(Dumped.newBuilder().setStacks(StackDump.of(runner)))
                    .build());
            case STOP -> {
                stopping = true;
                instructions.add(new Instruction.Stop());
            }
            case BLOB -> {
                if (message.getBlob().getMissing()) {
                    blobs.missing(hex(message.getBlob().getSha256()));
                    return;
                }
                if (message.getBlob().hasPlace()) {
                    arrived(message.getBlob());
                    return;
                }
                accept(assembler().begin(message, message.getBlob().getPayloadBytes(),
                        message.getBlob().getPayload()));
            }
            case SEGMENTS -> {
                message.getSegments().getFreeList().forEach(pool()::freed);
                message.getSegments().getGoneList().forEach(reader()::gone);
            }
            case RELEASE -> blobs.release(hex(message.getRelease().getSha256()));
            case BATCH -> message.getBatch().getMessagesList().forEach(this::onNext);
            case KIND_NOT_SET -> throw new IllegalStateException("a message of a kind this worker does not know");
        }
    }

    private static String hex(ByteString sha256) {
        return HexFormat.of().formatHex(sha256.toByteArray());
    }

    private void ask(String sha256) {
        out().send(FromWorker.newBuilder()
                .setBlobWanted(BlobWanted.newBuilder()
                        .setSha256(ByteString.copyFrom(HexFormat.of().parseHex(sha256))))
                .build());
    }

    private void learn(Function function, ByteBuffer encoded) {
        instructions.add(new Instruction.Learn(function.getJob(), function.getSeed(), encoded));
    }

    private void welcome(Welcome message) {
        payloads = new PayloadAssembler<>(Integer.MAX_VALUE);
        long millis = message.getHeartbeatMillis();
        if (millis > 0) {
            // After each beat anew: a worker that was suspended has nothing to make up for.
            ScheduledFuture<?> _ = timer.scheduleWithFixedDelay(vitalSigns()::beat, millis, millis,
                    TimeUnit.MILLISECONDS);
        }
        if (!message.getSegments().isEmpty()) {
            SegmentPool ours = new SegmentPool(message.getOwnSegments(), SHARED_BYTES, ENOUGH_BYTES, this::gone);
            pool = ours;
            reader = new SegmentReader(message.getSegments());
            sender().shareFrom(ours);
        }
        welcome.complete(message);
    }

    private void recall(Recall recall) {
        HeldAttempt attempt = held.get(recall.getAttempt());
        if (attempt != null) { // else it was answered meanwhile
            giveBack(attempt, recall.getInterrupt());
        }
    }

    private void giveBack(HeldAttempt attempt, boolean interrupt) {
        attempt.recall(interrupt, kept -> out().send(FromWorker.newBuilder()
                .setReturned(Returned.newBuilder().setAttempt(attempt.attempt()).setKept(kept))
                .build()));
    }

    private void jobEnded(long job) {
        for (HeldAttempt attempt : held.values()) {
            if (attempt.job() == job) {
                attempt.jobEnded();
            }
        }
        instructions.add(new Instruction.Forget(job));
    }

    private PayloadAssembler<ToWorker> assembler() {
        if (payloads == null) {
            throw new IllegalStateException("the coordinator's first message was not Welcome");
        }
        return payloads;
    }

    private void accept(@Nullable Assembled<ToWorker> whole) {
        if (whole == null) {
            return;
        }
        ToWorker message = whole.message();
        if (message.hasSetup()) {
            instructions.add(new Instruction.Prepare(whole.payload()));
        } else if (message.hasFunction()) {
            learn(message.getFunction(), whole.payload());
        } else if (message.hasBlob()) {
            blobs.arrived(hex(message.getBlob().getSha256()), whole.payload(), () -> {});
        } else {
            run(message.getChunk(), whole.payload());
        }
    }

    private void run(Chunk chunk, ByteBuffer items) {
        HeldAttempt attempt = new HeldAttempt(chunk.getJob(), chunk.getAttempt(), chunk.getFirstIndex(),
                chunk.getCount(), chunk.getNth());
        held.put(chunk.getAttempt(), attempt);
        if (unsound) {
            giveBack(attempt, false);
        }
        instructions.add(new Instruction.Run(attempt, items));
    }

    private ByteBuffer shared(Chunk chunk) {
        try {
            return reader().payload(place(chunk.getPlace()), chunk.getPayloadBytes()).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException("a chunk is not where it should be", e);
        }
    }

    /** A blob is mapped for itself, for as long as it is kept. */
    private void arrived(io.farmhand.internal.proto.Blob blob) {
        Arena arena = Arena.ofShared();
        try {
            blobs.arrived(hex(blob.getSha256()),
                    reader().payload(place(blob.getPlace()), blob.getPayloadBytes(), arena)
                            .order(ByteOrder.LITTLE_ENDIAN),
                    arena::close);
        } catch (IOException e) { // its broadcast was closed meanwhile: a function's file stays until its Release
            arena.close();
            blobs.missing(hex(blob.getSha256()));
        }
    }

    private static SharedPayload.Place place(Place place) {
        return new SharedPayload.Place(place.getSegment(), place.getOffset());
    }

    /** Where long results are written. */
    Room roomForResults() {
        SegmentPool ours = pool;
        return ours == null ? Room.NONE : ours;
    }

    private SegmentPool pool() {
        return begun(pool);
    }

    private SegmentReader reader() {
        return begun(reader);
    }

    private void gone(int segment) {
        out().send(FromWorker.newBuilder().setSegments(Segments.newBuilder().addGone(segment)).build());
    }

    @Override
    public void onError(Throwable cause) {
        ended(cause);
    }

    @Override
    public void onCompleted() {
        ended(null);
    }

    private void ended(@Nullable Throwable cause) {
        closed.countDown();
        if (stopping) {
            return;
        }
        if (!welcome.isDone() && cause != null) {
            welcome.completeExceptionally(cause);
            return;
        }
        System.err.println("farm: the coordinator closed the connection" + (cause == null ? "" : ": " + cause));
        Runtime.getRuntime().halt(WorkerMain.ORPHANED);
    }
}
