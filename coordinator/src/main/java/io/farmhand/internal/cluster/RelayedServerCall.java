package io.farmhand.internal.cluster;

import io.farmhand.internal.wire.Wire;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call that somebody has made to us, as one end of a {@link Relay}.
 *
 * <p><b>Concurrency.</b> Its own monitor guards the call, which is not safe for several threads.
 */
final class RelayedServerCall extends ServerCall.Listener<byte[]> implements Relay.Call {
    private final ServerCall<byte[], byte[]> call;
    private boolean over;
    /** Set before the first callback that needs it. */
    private Relay.@Nullable End end;

    private RelayedServerCall(ServerCall<byte[], byte[]> call) {
        this.call = call;
    }

    /** One end of the relay that {@code join} joins it to; a call for which there is none is refused. */
    static ServerCall.Listener<byte[]> join(ServerCall<byte[], byte[]> call, Joining join) {
        RelayedServerCall relayed = new RelayedServerCall(call);
        call.setOnReadyThreshold(Wire.READY_BYTES);
        call.sendHeaders(new Metadata());
        relayed.end = join.join(relayed);
        if (relayed.end == null) {
            relayed.end(Status.NOT_FOUND.withDescription("there is no such line, or it is in use"));
        }
        return relayed;
    }

    /** Finds the relay that a call belongs to. */
    interface Joining {
        /** Joins the call to it; null when there is none. */
        Relay.@Nullable End join(Relay.Call call);
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
        if (!over) {
            call.sendMessage(message);
        }
    }

    @Override
    public void complete() {
        end(Status.OK);
    }

    @Override
    public synchronized void end(Status status) {
        if (!over) {
            over = true;
            call.close(status, new Metadata());
        }
    }

    private synchronized void cancelled() {
        over = true;
    }

    @Override
    public void onMessage(byte[] message) {
        if (end != null) {
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
        if (end != null) {
            end.halfClosed();
        }
    }

    @Override
    public void onCancel() {
        cancelled();
        if (end != null) {
            end.ended(Status.ABORTED.withDescription("the connection behind it was lost"));
        }
    }

    @Override
    public void onComplete() {
        if (end != null) {
            end.ended(Status.OK);
        }
    }
}
