package io.farmhand.internal.cluster;

import io.farmhand.internal.security.Peer;
import io.farmhand.internal.security.Printable;
import io.farmhand.internal.wire.Wire;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The coordinator's end of an agent's or a client's long call. What comes is handled on the switchboard's thread, one message
 * at a time: the next is let in when that is done, so that nobody can fill the coordinator's memory.
 *
 * @param <Q> what comes
 * @param <A> what goes
 */
abstract class PeerCall<Q, A> implements StreamObserver<Q> {
    private static final System.Logger LOG = System.getLogger(PeerCall.class.getName());

    private final Executor loop;
    private final Set<PeerCall<?, ?>> calls;
    private final ServerCallStreamObserver<A> out;
    private final String address;
    private final int mostUnread;
    // Owned by the loop.
    private boolean over;
    /** How many messages were said since it was last seen that the peer takes them. */
    private int unread;

    /**
     * Begins to listen.
     *
     * @param calls which this one is among until it is over; owned by the loop
     * @param mostUnread how many messages may be said that the peer has not taken
     */
    PeerCall(Executor loop, Set<PeerCall<?, ?>> calls, int mostUnread, ServerCallStreamObserver<A> out) {
        this.loop = loop;
        this.calls = calls;
        this.mostUnread = mostUnread;
        this.out = out;
        this.address = Printable.address(Peer.current().address());
        out.disableAutoRequest();
        out.setOnCancelHandler(() -> onLoop(() -> finished("the connection was lost")));
        out.setOnReadyHandler(() -> onLoop(this::ready));
        onLoop(() -> calls.add(this));
        out.request(1);
    }

    /** Where the peer calls from, for people. */
    String address() {
        return address;
    }

    /** Handles a message; on the loop. */
    abstract void handle(Q message);

    /** The peer takes more again; on the loop. */
    void ready() {}

    /** The call is over, whatever it was about; on the loop, once. */
    abstract void left(String why);

    /** Says something; on the loop. What is said after the end is dropped. */
    final void say(A message) {
        if (over) {
            return;
        }
        unread = out.isReady() ? 0 : unread + 1;
        if (unread > mostUnread) {
            refuse(Status.RESOURCE_EXHAUSTED.withDescription("the peer does not take what it is told: unread=" + unread
                    + " messages, of at most " + mostUnread));
        } else {
            out.onNext(message);
        }
    }

    /** Whether the call has ended; on the loop. */
    final boolean isOver() {
        return over;
    }

    /** Whether the peer keeps up with what is said to it. */
    final boolean isReady() {
        return out.isReady();
    }

    /** Ends the call with an error that the peer is told; on the loop. */
    final void refuse(Status status) {
        if (!over) {
            LOG.log(System.Logger.Level.WARNING, "Refused: address=" + address + " reason=" + status.getDescription());
            end(status);
        }
    }

    /** Ends the call for a reason that the peer is told; on the loop. */
    final void end(Status status) {
        if (!over) {
            out.onError(status.asRuntimeException());
            finished(String.valueOf(status.getDescription()));
        }
    }

    /**
     * Refuses a peer of another version of Farmhand; returns whether it is one.
     *
     * @param who what it is, for people
     */
    final boolean refuseOtherProtocol(String who, int protocol) {
        if (protocol == Wire.PROTOCOL) {
            return false;
        }
        refuse(Status.FAILED_PRECONDITION.withDescription(
                "the %s speaks protocol=%d, the coordinator protocol=%d: use one version of Farmhand for both"
                        .formatted(who, protocol, Wire.PROTOCOL)));
        return true;
    }

    private void finished(String why) {
        if (!over) {
            over = true;
            calls.remove(this);
            left(why);
        }
    }

    private void onLoop(Runnable step) {
        try {
            loop.execute(step);
        } catch (RejectedExecutionException e) {
            LOG.log(System.Logger.Level.TRACE, "the coordinator has ended", e);
        }
    }

    @Override
    public final void onNext(Q message) {
        onLoop(() -> {
            if (!over) {
                handle(message);
                if (!over) {
                    out.request(1);
                }
            }
        });
    }

    @Override
    public final void onError(Throwable cause) {
        onLoop(() -> finished("the connection failed: " + Status.fromThrowable(cause).getCode()));
    }

    @Override
    public final void onCompleted() {
        onLoop(() -> {
            if (!over) {
                out.onCompleted();
                finished("it has ended");
            }
        });
    }
}
