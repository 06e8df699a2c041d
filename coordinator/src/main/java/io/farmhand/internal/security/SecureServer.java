package io.farmhand.internal.security;

import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes servers that strangers can reach: with TLS, a gatekeeper before each method, and limits to what they bear.
 * Stateless.
 *
 * <pre>
 *  a stranger -> Connections (how many, how often) -> GuardedConnection (how long) -> TLS: certificate
 *             -> HTTP/2 limits -> Gatekeeper (role, token, method) -> the service
 * </pre>
 */
public final class SecureServer {
    private static final System.Logger LOG = System.getLogger(SecureServer.class.getName());
    /** How many streams a peer may open and drop at once, so many times in so many seconds: HTTP/2's "rapid reset". */
    private static final int RESETS = 1000;
    private static final int RESET_SECONDS = 10;

    private SecureServer() {}

    /**
     * Begins a server. More may be set; interceptors that are added to it run before the gatekeeper, so they must not trust
     * the caller.
     *
     * @param identity the coordinator's; null for no TLS, on loopback only
     * @param limits what it bears; fewer connections where this process may not have that many descriptors
     * @param loops of NIO, for all its connections; who gave them ends them
     * @throws SecuritySetupException when it would listen beyond this host without TLS
     */
    public static NettyServerBuilder builder(InetSocketAddress address, @Nullable Identity identity, Tokens tokens,
            Rights rights, Limits limits, EventLoopGroup loops) throws SecuritySetupException {
        RefusalLog log = new RefusalLog();
        return builder(address, identity, new Gatekeeper(rights, tokens, identity != null, log),
                new Connections(withinDescriptors(limits), log, System::nanoTime), loops);
    }

    private static Limits withinDescriptors(Limits limits) {
        int descriptors = Descriptors.limit();
        Limits possible = limits.within(descriptors);
        if (!possible.equals(limits)) {
            LOG.log(System.Logger.Level.WARNING, "This process may have too few descriptors for all connections: "
                    + "descriptors=" + descriptors + " connections=" + possible.connections() + " instead of "
                    + limits.connections()
                    + ". Raise the limit: ulimit -n, or LimitNOFILE, or ulimits in a compose file");
        }
        return possible;
    }

    static NettyServerBuilder builder(InetSocketAddress address, @Nullable Identity identity, Gatekeeper gatekeeper,
            Connections connections, EventLoopGroup loops) throws SecuritySetupException {
        ListenAddress.check(address, identity != null);
        Limits limits = connections.limits();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(address).channelFactory(() -> {
            NioServerSocketChannel listening = new NioServerSocketChannel();
            listening.pipeline().addLast(connections);
            return listening;
        }).bossEventLoopGroup(loops).workerEventLoopGroup(loops);
        if (identity != null) {
            if (identity.role() != Role.COORDINATOR) {
                throw new SecuritySetupException("Only a coordinator listens: " + identity);
            }
            builder.sslContext(Tls.server(identity));
        }
        return builder.addTransportFilter(connections.filter())
                .intercept(gatekeeper)
                .maxInboundMessageSize(limits.messageBytes())
                .maxInboundMetadataSize(limits.metadataBytes())
                .maxConcurrentCallsPerConnection(limits.callsPerConnection())
                .maxConnectionIdle(limits.idle().toNanos(), TimeUnit.NANOSECONDS)
                .maxRstFramesPerWindow(RESETS, RESET_SECONDS);
    }
}
