package io.farmhand.internal.worker;

import io.farmhand.internal.proto.Boot;
import io.farmhand.internal.proto.Chunk;
import io.farmhand.internal.proto.FarmGrpc;
import io.farmhand.internal.proto.Frame;
import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Hello;
import io.farmhand.internal.proto.ToWorker;
import io.farmhand.internal.proto.Welcome;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The worker's end of its one call. Its callbacks run on the single {@code farm-grpc} thread and only put
 * instructions into a queue, which the runner takes from; the coordinator's credits bound the queue.
 *
 * <p>When the call ends without a Stop before it, the worker ends: there is nobody left to work for.
 */
final class WorkerSession implements ClientResponseObserver<FromWorker, ToWorker> {
    private static final long GOODBYE_SECONDS = 5;

    private final BlockingQueue<Instruction> instructions = new LinkedBlockingQueue<>();
    /** Jobs that ended while chunks of theirs may still wait in the queue; added by farm-grpc, removed by the runner. */
    private final Set<Long> ended = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Welcome> welcome = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ManagedChannel channel;
    private final EventLoopGroup eventLoop;
    // Owned by farm-grpc once the call has begun.
    private @Nullable PayloadAssembler<ToWorker> payloads;
    private @Nullable ResultSender sender;
    private volatile boolean stopping;

    private WorkerSession(ManagedChannel channel, EventLoopGroup eventLoop) {
        this.channel = channel;
        this.eventLoop = eventLoop;
    }

    /**
     * Dials the coordinator and says Hello.
     */
    static WorkerSession open(Boot boot) throws InterruptedException {
        EventLoopGroup eventLoop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("farm-grpc", true),
                NioIoHandler.newFactory());
        WorkerSession session = new WorkerSession(channelTo(boot, eventLoop), eventLoop);
        Metadata proof = new Metadata();
        proof.put(Wire.TOKEN, boot.getToken());
        proof.put(Wire.WORKER, Integer.toString(boot.getWorker()));
        FarmGrpc.newStub(session.channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(proof))
                .withOnReadyThreshold(Wire.READY_BYTES)
                .work(session);
        session.sender().hello(Hello.newBuilder()
                .setProtocol(Wire.PROTOCOL)
                .setWorker(boot.getWorker())
                .setPid(ProcessHandle.current().pid())
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

    /** Whether a job has ended, so that no further item of it is to begin. */
    boolean hasEnded(long job) {
        return ended.contains(job);
    }

    /** No chunk of an ended job can come any more. */
    void forget(long job) {
        ended.remove(job);
    }

    BlockingQueue<Instruction> instructions() {
        return instructions;
    }

    ResultSender sender() {
        if (sender == null) {
            throw new IllegalStateException("the call has not begun");
        }
        return sender;
    }

    /** Half-closes the call after all that was sent, waits until the coordinator has closed its side, and hangs up. */
    void finish() throws InterruptedException {
        sender().complete();
        boolean _ = closed.await(GOODBYE_SECONDS, TimeUnit.SECONDS);
        channel.shutdownNow();
        // A thread in a native select would hold up the JVM's exit.
        eventLoop.shutdownGracefully(0, GOODBYE_SECONDS, TimeUnit.SECONDS).await(GOODBYE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FromWorker> begun) {
        FramedSender<FromWorker> out = new FramedSender<>(begun,
                data -> FromWorker.newBuilder().setFrame(Frame.newBuilder().setData(data)).build(),
                () -> sender().drained());
        sender = new ResultSender(out);
        begun.setOnReadyHandler(out::ready);
    }

    @Override
    public void onNext(ToWorker message) {
        switch (message.getKindCase()) {
            case WELCOME -> {
                payloads = new PayloadAssembler<>(Integer.MAX_VALUE);
                welcome.complete(message.getWelcome());
            }
            case FUNCTION -> accept(assembler().begin(message, message.getFunction().getPayloadBytes(),
                    message.getFunction().getPayload()));
            case CHUNK -> accept(assembler().begin(message, message.getChunk().getPayloadBytes(),
                    message.getChunk().getPayload()));
            case FRAME -> accept(assembler().frame(message.getFrame().getData()));
            case JOB_END -> {
                ended.add(message.getJobEnd().getJob());
                instructions.add(new Instruction.Forget(message.getJobEnd().getJob()));
            }
            case STOP -> {
                stopping = true;
                instructions.add(new Instruction.Stop());
            }
            case KIND_NOT_SET -> throw new IllegalStateException("a message of a kind this worker does not know");
        }
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
        if (whole.message().hasFunction()) {
            instructions.add(new Instruction.Learn(whole.message().getFunction().getJob(), whole.payload()));
        } else {
            Chunk chunk = whole.message().getChunk();
            instructions.add(new Instruction.Run(chunk.getJob(), chunk.getAttempt(), chunk.getFirstIndex(),
                    chunk.getCount(), whole.payload()));
        }
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
