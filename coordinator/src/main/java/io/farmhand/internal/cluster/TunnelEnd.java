package io.farmhand.internal.cluster;

import com.google.protobuf.ByteString;
import io.farmhand.internal.proto.TunnelPart;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One end of a tunnel: a socket of this host, and the call by which what comes out of it goes on, and the other way round.
 *
 * <pre>
 *   socket --&gt; farm-tunnel-out ------------------------------------&gt; call
 *   socket &lt;-- farm-tunnel-in &lt;-- arrived (AHEAD parts at most) &lt;--- call
 * </pre>
 *
 * <p><b>Concurrency.</b> Two virtual threads, which wait for the socket and for the transport; the transport's own waits for
 * nothing. {@code this} guards the call, which is not safe for several threads, and how far the end is. The socket blocks, and
 * may be closed by any thread, which wakes those two.
 */
final class TunnelEnd extends ClientCall.Listener<TunnelPart> {
    private static final System.Logger LOG = System.getLogger(TunnelEnd.class.getName());
    /** What is read from the socket at once. Smaller costs messages, larger memory for each tunnel. */
    private static final int PART_BYTES = 32 << 10;
    /** How many parts may wait for the socket: enough to keep it busy while the next ones are asked for. */
    private static final int AHEAD = 4;
    private static final TunnelPart END = TunnelPart.newBuilder().setEnd(TunnelPart.End.getDefaultInstance()).build();
    private static final TunnelPart CONNECTED = TunnelPart.newBuilder()
            .setConnected(TunnelPart.Connected.getDefaultInstance()).build();

    /** What happens to an end. None of this waits for long. */
    interface Events {
        /** The other end is connected; on a thread of the end's own, before anything comes out of the socket. */
        default void connected() throws IOException {}

        /** The first bytes that came by the tunnel have gone into the socket. */
        default void delivered() {}

        /**
         * The other end gave up before it was connected; on a thread of the end's own.
         *
         * @param limit whether there was one tunnel too many
         */
        default void refused(String reason, boolean limit) throws IOException {}

        /** It is over, once; on any thread. */
        void over();
    }

    private final ClientCall<TunnelPart, TunnelPart> call;
    private final SocketChannel socket;
    private final Events events;
    /** Bounded by what was asked for. */
    private final BlockingQueue<TunnelPart> arrived = new LinkedBlockingQueue<>();
    private final AtomicBoolean told = new AtomicBoolean();
    // Guarded by this.
    private boolean connected;
    private boolean sentAll;
    private boolean wroteAll;
    private boolean over;

    private TunnelEnd(ClientCall<TunnelPart, TunnelPart> call, SocketChannel socket, Events events) {
        this.call = call;
        this.socket = socket;
        this.events = events;
    }

    /** The end at which a worker waits to be let through. */
    static TunnelEnd dig(ClientCall<TunnelPart, TunnelPart> call, Metadata headers, SocketChannel worker,
            Events events) {
        TunnelEnd end = new TunnelEnd(call, worker, events);
        end.start(headers);
        return end;
    }

    /** The end with a socket that is connected to the server. */
    static TunnelEnd meet(ClientCall<TunnelPart, TunnelPart> call, Metadata headers, SocketChannel server,
            Events events) {
        TunnelEnd end = new TunnelEnd(call, server, events);
        end.connected = true;
        end.start(headers);
        return end;
    }

    private synchronized void start(Metadata headers) {
        call.start(this, headers);
        call.request(AHEAD);
        if (connected) {
            call.sendMessage(CONNECTED);
            Thread.ofVirtual().name("farm-tunnel-out").start(this::read);
        }
        Thread.ofVirtual().name("farm-tunnel-in").start(this::write);
    }

    // ---- out of the socket ----

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocate(PART_BYTES);
        try {
            while (socket.read(buffer.clear()) >= 0) {
                if (!send(TunnelPart.newBuilder().setData(ByteString.copyFrom(buffer.flip())).build())) {
                    return;
                }
            }
            if (send(END)) {
                ended(true);
            }
        } catch (IOException e) {
            close("A socket of the tunnel broke: " + e.getMessage());
        } catch (InterruptedException e) {
            close("It was interrupted."); // nobody does
        }
    }

    /** Sends a part once the transport has room for it; false when the tunnel is over. */
    private synchronized boolean send(TunnelPart part) throws InterruptedException {
        while (!over && !call.isReady()) {
            wait();
        }
        if (!over) {
            call.sendMessage(part);
        }
        return !over;
    }

    @Override
    public synchronized void onReady() {
        notifyAll();
    }

    // ---- into the socket ----

    @Override
    public void onMessage(TunnelPart part) {
        if (part.hasClosed() && !part.getClosed().getReason().isEmpty() && isConnected()) {
            finish(); // also where somebody is stopped for whom bytes wait
        } else if (!isOver()) {
            arrived.add(part);
        }
    }

    private synchronized boolean isOver() {
        return over;
    }

    private synchronized boolean isConnected() {
        return connected;
    }

    private void write() {
        try {
            boolean more = true;
            boolean delivered = false;
            while (more) {
                TunnelPart part = arrived.take();
                more = write(part);
                if (part.hasData() && !delivered) {
                    delivered = true;
                    events.delivered();
                }
                requestMore();
            }
        } catch (IOException e) {
            close("A socket of the tunnel broke: " + e.getMessage());
        } catch (InterruptedException e) {
            close("It was interrupted."); // nobody does
        }
    }

    private synchronized void requestMore() {
        if (!over) {
            call.request(1);
        }
    }

    /** Does what a part says; whether there are more to come. */
    private boolean write(TunnelPart part) throws IOException {
        switch (part.getKindCase()) {
            case CONNECTED -> {
                events.connected();
                synchronized (this) {
                    connected = true;
                }
                Thread.ofVirtual().name("farm-tunnel-out").start(this::read);
            }
            case DATA -> {
                for (ByteBuffer bytes = part.getData().asReadOnlyByteBuffer(); bytes.hasRemaining();) {
                    socket.write(bytes);
                }
            }
            case END -> {
                socket.shutdownOutput();
                ended(false);
            }
            case CLOSED -> {
                if (!isConnected()) {
                    events.refused(part.getClosed().getReason(), part.getClosed().getLimit());
                }
                finish();
                return false;
            }
            case KIND_NOT_SET -> throw new IOException("the other end says what is not known here");
        }
        return true;
    }

    // ---- the end ----

    /** One of the two ways has ended. */
    private void ended(boolean isOut) {
        boolean both;
        synchronized (this) {
            sentAll |= isOut;
            wroteAll |= !isOut;
            both = sentAll && wroteAll;
        }
        if (both) {
            finish();
        }
    }

    /** Gives up, and says why. */
    void close(String reason) {
        synchronized (this) {
            if (!over) {
                call.sendMessage(TunnelPart.newBuilder()
                        .setClosed(TunnelPart.Closed.newBuilder().setReason(reason)).build());
            }
        }
        finish();
    }

    /** Says nothing more, and takes nothing more. */
    private void finish() {
        synchronized (this) {
            if (!over) {
                over = true;
                call.halfClose();
                call.request(Integer.MAX_VALUE); // what is still on its way comes before the call's end
                notifyAll();
            }
        }
        release();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        String why = status.isOk() ? "" : Dialer.words(status);
        synchronized (this) {
            over = true;
            notifyAll();
        }
        // If a worker waits for an answer still, it gets this one.
        arrived.add(TunnelPart.newBuilder().setClosed(TunnelPart.Closed.newBuilder().setReason(why)).build());
        if (isConnected()) {
            release();
        }
    }

    private void release() {
        if (told.compareAndSet(false, true)) {
            try {
                socket.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a socket was not closed", e);
            }
            arrived.add(TunnelPart.newBuilder().setClosed(TunnelPart.Closed.getDefaultInstance()).build());
            events.over();
        }
    }
}
