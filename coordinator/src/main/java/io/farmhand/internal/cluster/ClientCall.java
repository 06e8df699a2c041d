package io.farmhand.internal.cluster;

import io.farmhand.backend.WorkerId;
import io.farmhand.internal.proto.FromClient;
import io.farmhand.internal.proto.Jar;
import io.farmhand.internal.proto.Opened;
import io.farmhand.internal.proto.Opening;
import io.farmhand.internal.proto.Printed;
import io.farmhand.internal.proto.ToAgent;
import io.farmhand.internal.proto.ToClient;
import io.farmhand.internal.security.Rate;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The coordinator's end of a client's Borrow. */
final class ClientCall extends PeerCall<FromClient, ToClient> {
    private static final System.Logger LOG = System.getLogger(ClientCall.class.getName());

    private final Switchboard switchboard;
    private final Executor loop;
    private final Jars jars;
    private final Quotas quotas;
    private final Rate launches;
    /** Null before Opening; owned by the loop. */
    private @Nullable Borrower client;
    private boolean isOpening;
    /** Owned by the loop. */
    private final PrintedBacklog backlog = new PrintedBacklog();

    ClientCall(Switchboard switchboard, Executor loop, Set<PeerCall<?, ?>> calls, Jars jars, Quotas quotas,
            ServerCallStreamObserver<ToClient> out) {
        super(loop, calls, quotas.unread(), out);
        this.switchboard = switchboard;
        this.loop = loop;
        this.jars = jars;
        this.quotas = quotas;
        this.launches = new Rate(quotas.launchesPerSecond(), quotas.workersPerClient(), System.nanoTime());
    }

    @Override
    void handle(FromClient message) {
        Borrower open = client;
        if (message.hasOpening()) {
            open(message.getOpening());
        } else if (open == null) {
            refuse(Status.INVALID_ARGUMENT.withDescription(message.getKindCase() + " before Opening"));
        } else {
            switch (message.getKindCase()) {
                case LAUNCH -> {
                    if (open.lines.size() + open.waiting.size() >= quotas.workersPerClient()) {
                        refuse(Status.RESOURCE_EXHAUSTED.withDescription(
                                "the client has launched workers=%d, as many as may be".formatted(
                                        quotas.workersPerClient())));
                        return;
                    }
                    if (!launches.allows(System.nanoTime())) {
                        refuse(Status.RESOURCE_EXHAUSTED.withDescription(
                                "the client launches more than %d workers a second".formatted(
                                        quotas.launchesPerSecond())));
                        return;
                    }
                    switchboard.launch(open,
                            new WorkerId(message.getLaunch().getWorker(), message.getLaunch().getGeneration()));
                }
                case KILL -> switchboard.kill(open, message.getKill().getLine());
                case RELEASE_WORKER -> switchboard.tell(open, message.getReleaseWorker().getLine(),
                        ToAgent.newBuilder().setReleaseWorker(message.getReleaseWorker()).build());
                case LOOK -> switchboard.tell(open, message.getLook().getLine(),
                        ToAgent.newBuilder().setLook(message.getLook()).build());
                case DEMAND -> switchboard.demand(open, message.getDemand().getWorkers());
                case ACCOUNT -> switchboard.account(open, message.getAccount());
                case UNMET -> switchboard.tunnels().unmet(open, message.getUnmet());
                case OPENING, KIND_NOT_SET ->
                    refuse(Status.INVALID_ARGUMENT.withDescription("a message of an unknown kind"));
            }
        }
    }

    private void open(Opening opening) {
        if (isOpening) {
            refuse(Status.INVALID_ARGUMENT.withDescription("a second Opening"));
        } else if (refuseOtherProtocol("client", opening.getProtocol())) {
            return;
        } else if (opening.getJarsCount() > quotas.jarsPerClient()) {
            refuse(Status.RESOURCE_EXHAUSTED.withDescription("jars=%d is more than %d".formatted(
                    opening.getJarsCount(), quotas.jarsPerClient())));
        } else if (switchboard.clients() >= quotas.clients()) {
            refuse(Status.RESOURCE_EXHAUSTED.withDescription("there are clients=%d already, as many as may be"
                    .formatted(quotas.clients())));
        } else {
            isOpening = true;
            CompletableFuture<Void> _ = jars.missing(opening.getJarsList())
                    .handleAsync((missing, failure) -> {
                        opened(opening, missing, failure);
                        return null;
                    }, loop);
        }
    }

    private void opened(Opening opening, @Nullable List<Jar> missing, @Nullable Throwable failure) {
        if (missing == null) {
            refuse(Status.INTERNAL.withDescription("the coordinator's code store cannot be used: " + failure));
            return;
        }
        if (isOver()) {
            jars.release(opening.getJarsList());
            return;
        }
        Borrower opened = switchboard.opened(opening, address(), this::tell);
        client = opened;
        say(ToClient.newBuilder()
                .setOpened(Opened.newBuilder()
                        .addAllMissing(missing)
                        .setJavaVersion(switchboard.javaVersion(opened))
                        .setSeats(switchboard.seats()))
                .build());
        LOG.log(System.Logger.Level.INFO, "Client {0} came from {1}.", opening.getName(), address());
    }

    /** What workers print waits, and is dropped in the end, where the client does not keep up with it. */
    private void tell(ToClient message) {
        if (message.hasPrinted()) {
            backlog.add(message.getPrinted());
            ready();
            return;
        }
        if (message.hasExited()) {
            backlog.last(message.getExited().getLine())
                    .forEach(last -> say(ToClient.newBuilder().setPrinted(last).build()));
        }
        say(message);
    }

    @Override
    void ready() {
        while (!isOver() && isReady()) {
            Printed next = backlog.next();
            if (next == null) {
                return;
            }
            say(ToClient.newBuilder().setPrinted(next).build());
        }
    }

    @Override
    void left(String why) {
        if (client != null) {
            LOG.log(System.Logger.Level.INFO, "Client {0} has gone: {1}", client.opening.getName(), why);
            switchboard.left(client);
            jars.release(client.opening.getJarsList());
        }
    }
}
