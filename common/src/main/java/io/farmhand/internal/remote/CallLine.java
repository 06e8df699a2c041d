package io.farmhand.internal.remote;

import io.farmhand.internal.socket.FrameChannel;
import io.farmhand.internal.socket.Patience;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A line of a client for calls. It belongs to one thread at a time; any may close it. */
final class CallLine {
    private final FrameChannel channel;
    private final long number;
    private int sequence;

    /** @param number the server's, for this line */
    CallLine(FrameChannel channel, long number) {
        this.channel = channel;
        this.number = number;
    }

    long number() {
        return number;
    }

    /** The number of the next call. */
    int next() {
        return ++sequence;
    }

    /** Sends a request and waits for its answer. */
    ByteBuffer ask(ByteBuffer request, Patience patience) throws IOException {
        channel.sendUninterruptibly(request, patience);
        return Talk.message(channel.receiveUninterruptibly(FrameChannel.MAX_FRAME_BYTES, patience));
    }

    void close() {
        channel.close();
    }
}
