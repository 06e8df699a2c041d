package io.farmhand.internal.cluster;

import io.farmhand.internal.proto.TunnelPart;
import io.farmhand.internal.wire.Wire;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's end of a Dig or a Meet, as one end of a {@link Relay}. It is ended by a word to its caller, who then half-closes:
 * a call that is ended otherwise is reset by the caller, and a connection bears but so many of these.
 *
 * <p><b>Concurrency.</b> Its own monitor guards the call, which is not safe for several threads, and how far it is.
 */
final class TunnelledCall extends ServerCall.Listener<byte[]> implements Relay.Call {
    /** What the transport takes before it asks for patience: less than for a line, since there are many more of these. */
    static final int READY_BYTES = Wire.FRAME_BYTES / 4;

    private final ServerCall<byte[], byte[]> call;
    private boolean ended;
    private boolean halfClosed;
    private boolean over;
    /** Set before the first callback; null where there is no such tunnel. */
    private Relay.@Nullable End end;

    private TunnelledCall(ServerCall<byte[], byte[]> call) {
        this.call = call;
    }

    /**
     * One end of the relay that {@code joining} joins it to; a call for which there is none is ended.
     *
     * @param none says why there is none
     */
    static ServerCall.Listener<byte[]> join(ServerCall<byte[], byte[]> call, RelayedServerCall.Joining joining,
            String none) {
        TunnelledCall tunnelled = new TunnelledCall(call);
        call.setOnReadyThreshold(READY_BYTES);
        call.sendHeaders(new Metadata());
        tunnelled.end = joining.join(tunnelled);
        if (tunnelled.end == null) {
            tunnelled.end(Status.NOT_FOUND.withDescription(none));
        }
        return tunnelled;
    }

    @Override
    public void request(int messages) {
        call.request(messages);
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public synchronized void send(byte[] message) {
        if (!ended && !over) {
            call.sendMessage(message);
        }
    }

    @Override
    public void complete() {
        end(Status.OK);
    }

    @Override
    public synchronized void end(Status status) {
        if (ended || over) {
            return;
        }
        ended = true;
        call.sendMessage(closed(status).toByteArray());
        if (halfClosed) {
            finish();
        } else {
            call.request(Integer.MAX_VALUE); // what is still on its way comes before the half-close
        }
    }

    private static TunnelPart closed(Status status) {
        return TunnelPart.newBuilder()
                .setClosed(TunnelPart.Closed.newBuilder()
                        .setReason(
                                status.isOk() ? "" : Objects.requireNonNullElse(status.getDescription(), "It broke."))
                        .setLimit(status.getCode() == Status.Code.RESOURCE_EXHAUSTED))
                .build();
    }

    private synchronized void finish() {
        if (!over) {
            over = true;
            call.close(Status.OK, new Metadata());
        }
    }

    private synchronized boolean isEnded() {
        return ended;
    }

    @Override
    public void onMessage(byte[] message) {
        if (end != null && !isEnded()) {
            end.message(message);
        }
    }

    @Override
    public void onReady() {
        if (end != null) {
            end.ready();
        }
    }

    @Override
    public void onHalfClose() {
        synchronized (this) {
            halfClosed = true;
            ended = true; // its caller wants nothing more
        }
        finish();
        over(Status.OK);
    }

    @Override
    public void onCancel() {
        synchronized (this) {
            over = true;
        }
        over(Status.ABORTED.withDescription("The connection behind the tunnel was lost."));
    }

    private void over(Status status) {
        if (end != null) {
            end.ended(status);
        }
    }
}
