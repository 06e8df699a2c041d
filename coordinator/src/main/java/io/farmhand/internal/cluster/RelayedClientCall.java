package io.farmhand.internal.cluster;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call that we make, as one end of a {@link Relay}.
 *
 * <p><b>Concurrency.</b> Its own monitor guards the call, which is not safe for several threads.
 */
final class RelayedClientCall extends ClientCall.Listener<byte[]> implements Relay.Call {
    private final ClientCall<byte[], byte[]> call;
    private boolean over;
    private boolean made;
    /** How many messages were asked for before it was made. */
    private int early;
    /** Set before the call is made. */
    private Relay.@Nullable End end;

    private RelayedClientCall(ClientCall<byte[], byte[]> call) {
        this.call = call;
    }

    /** Makes the call as the client's end of a relay. */
    static void make(ClientCall<byte[], byte[]> call, Metadata headers, Relay relay) {
        RelayedClientCall relayed = new RelayedClientCall(call);
        relayed.end = relay.client(relayed);
        if (relayed.end != null) {
            relayed.start(headers);
        }
    }

    private synchronized void start(Metadata headers) {
        if (over) {
            return;
        }
        call.start(this, headers);
        made = true;
        call.request(early);
    }

    @Override
    public synchronized void request(int messages) {
        if (made) {
            call.request(messages);
        } else {
            early += messages;
        }
    }

    @Override
    public synchronized boolean isReady() {
        return made && call.isReady();
    }

    @Override
    public synchronized void send(byte[] message) {
        if (!over && made) {
            call.sendMessage(message);
        }
    }

    @Override
    public synchronized void complete() {
        if (!over) {
            call.halfClose();
        }
    }

    @Override
    public synchronized void end(Status status) {
        if (!over) {
            over = true;
            if (!made) {
                return;
            }
            call.cancel(status.getDescription() == null ? status.toString() : status.getDescription(), null);
        }
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
    public void onClose(Status status, Metadata trailers) {
        synchronized (this) {
            over = true;
        }
        if (end != null) {
            end.ended(status);
        }
    }
}
