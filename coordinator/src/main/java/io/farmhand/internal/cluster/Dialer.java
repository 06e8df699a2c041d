package io.farmhand.internal.cluster;

import io.farmhand.internal.security.Credentials;
import io.farmhand.internal.security.SecureChannel;
import io.farmhand.internal.security.SecuritySetupException;
import io.farmhand.internal.security.TlsFailure;
import io.farmhand.internal.wire.Wire;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.ConnectException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reaches a coordinator, and proves who dials.
 *
 * @param host a name or an address
 * @param port from 1 to 65535
 * @param credentials what is shown there
 */
public record Dialer(String host, int port, Credentials credentials) {
    private static final long GOODBYE_SECONDS = 1;
    /** What gRPC says of a connection that was closed before a word came. */
    private static final String CLOSED_AT_ONCE = "Network closed for unknown reason";

    /** For people. */
    String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    ManagedChannel open() throws SecuritySetupException {
        return builder().build();
    }

    /** A connection all of whose callbacks come on that loop. */
    ManagedChannel open(EventLoopGroup loop) throws SecuritySetupException {
        return builder().eventLoopGroup(loop).channelType(NioSocketChannel.class).directExecutor().build();
    }

    private NettyChannelBuilder builder() throws SecuritySetupException {
        NettyChannelBuilder builder = SecureChannel.builder(host, port, credentials)
                .maxInboundMessageSize(Wire.MESSAGE_BYTES)
                // It grows where the network has room for more. Each end asks the other for a sign when data comes, so that who
                // sends much by a slow network hears that the other lives.
                .initialFlowControlWindow(Wire.READY_BYTES)
                .disableRetry();
        Pings.set(builder);
        return builder;
    }

    /** What a failed call says, for people. */
    static String words(Status status) {
        Throwable cause = status.getCause();
        Optional<TlsFailure> tls = cause == null ? Optional.empty() : TlsFailure.of(cause);
        if (tls.isPresent()) {
            return status.getCode() + ": the other side: " + tls.get();
        }
        String description = status.getDescription();
        @Nullable
        String more = cause == null ? null : cause.getMessage();
        return status.getCode() + (description == null ? "" : ": " + description.split("\n", 2)[0])
                + (more == null ? "" : " (" + more + ")") + advice(status);
    }

    private static String advice(Status status) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return ". Often the coordinator is stopped, or cut off from here";
        }
        if (status.getCode() != Status.Code.UNAVAILABLE) {
            return "";
        }
        if (status.getCause() instanceof ConnectException) {
            return ". Does a coordinator run there, and listen at that address and port?";
        }
        return CLOSED_AT_ONCE.equals(status.getDescription())
                ? ". Often the coordinator has TLS, and this side was told to go without (--plain-text, tls=off); or it "
                        + "has too many connections: its log says which"
                : "";
    }

    /** Ends a connection, after what was said last has left. */
    static void close(ManagedChannel channel) {
        channel.shutdown();
        boolean done = false;
        try {
            done = channel.awaitTermination(GOODBYE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!done) {
            channel.shutdownNow();
        }
    }
}
