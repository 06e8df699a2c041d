package io.farmhand.internal.security;

import io.grpc.Attributes;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a listening server, until it is known to be in earnest: first in its pipeline, it sees the TLS
 * handshake end, well or not, and closes the connection when no call was let through in time.
 *
 * <p><b>Concurrency.</b> The connection's event loop owns all but the state, which {@link #admit} and {@link #turnAway}
 * move on from other threads.
 */
final class GuardedConnection extends ChannelInboundHandlerAdapter {
    /** Leads from a call to its connection. */
    static final Attributes.Key<GuardedConnection> ATTRIBUTE = Attributes.Key.create("farm-connection");

    private static final String HTTP_2 = "h2";

    /** What is thought of it; once it has left the first state, it stays. */
    private enum State {
        /** It has not shown who it is. */
        STRANGER,
        /** A call of it was let through. */
        ADMITTED,
        /** It was told to go. */
        TURNED_AWAY
    }

    private final Connections all;
    private final Channel channel;
    private final Connections.Ends ends;
    private final AtomicReference<State> state = new AtomicReference<>(State.STRANGER);
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> timer;
    private boolean spoke;
    private boolean secured;
    /** Whether the log has said why it must go. */
    private boolean told;

    GuardedConnection(Connections all, Channel channel, Connections.Ends ends) {
        this.all = all;
        this.channel = channel;
        this.ends = ends;
    }

    Connections.Ends ends() {
        return ends;
    }

    InetAddress address() {
        return ((InetSocketAddress) ends.remote()).getAddress();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        timer = added.executor().schedule(this::tooSlow, all.limits().admission().toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        if (timer != null) {
            timer.cancel(false);
        }
        from.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        if (!spoke) {
            spoke = true;
            SslHandler tls = from.pipeline().get(SslHandler.class);
            if (tls != null) {
                tls.handshakeFuture().addListener(done -> shaken(tls, done.cause()));
            }
        }
        from.fireChannelRead(message);
    }

    /** The handshake has ended. Where it failed, TLS tells the peer why, and then closes. */
    private void shaken(SslHandler tls, @Nullable Throwable failure) {
        if (failure != null) {
            // None where it has just gone away: whoever looks whether a port is open does that.
            TlsFailure.of(failure).ifPresent(why -> tell(why.refusal(), why.detail()));
        } else if (HTTP_2.equals(tls.applicationProtocol())) {
            secured = true;
        } else { // gRPC closes it
            String protocol = tls.applicationProtocol();
            tell(Refusal.NOT_HTTP2, "protocol=" + (protocol == null ? "none" : Printable.text(protocol)));
        }
    }

    private void tell(Refusal refusal, String detail) {
        if (!told) {
            told = true;
            all.log().refused(ends.remote(), refusal, detail);
        }
    }

    private void tooSlow() {
        String missing = secured
                ? "a call that is let through"
                : spoke ? "the end of its TLS handshake" : "its first byte";
        if (state.compareAndSet(State.STRANGER, State.TURNED_AWAY)) {
            close(Refusal.TOO_SLOW, "waited=" + all.limits().admission().toMillis() + "ms for " + missing);
        }
    }

    /** It has made a call that was let through. */
    void admit() {
        if (state.compareAndSet(State.STRANGER, State.ADMITTED)) {
            all.admitted(this);
        }
    }

    /** Gives it up, unless it was let through before; then it must be {@linkplain #leave closed}. */
    boolean turnAway() {
        return state.compareAndSet(State.STRANGER, State.TURNED_AWAY);
    }

    /** Closes it, soon. */
    void leave(Refusal refusal, String detail) {
        channel.eventLoop().execute(() -> close(refusal, detail));
    }

    private void close(Refusal refusal, String detail) {
        tell(refusal, detail);
        // From the head of the pipeline, without TLS's good-bye: that would wait for one who may not read.
        ChannelFuture _ = context == null ? channel.close() : context.close();
    }
}
