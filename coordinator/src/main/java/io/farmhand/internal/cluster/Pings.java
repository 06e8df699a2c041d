package io.farmhand.internal.cluster;

import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.util.concurrent.TimeUnit;

/** How both ends of a connection between hosts find out that the other is gone: within ten seconds. */
final class Pings {
    /** How long nothing may come before the peer is asked for a sign. Smaller costs packets, larger finds deaths later. */
    private static final long IDLE_SECONDS = 5;
    /** How long it may take to give one. Smaller takes a slow network for a death. */
    private static final long ANSWER_SECONDS = 5;
    /** A peer that pings more often than its own settings say is cut off. */
    private static final long LEAST_SECONDS = 4;

    private Pings() {}

    static void set(NettyServerBuilder server) {
        server.keepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(LEAST_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
    }

    static void set(NettyChannelBuilder channel) {
        channel.keepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(ANSWER_SECONDS, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true);
    }
}
