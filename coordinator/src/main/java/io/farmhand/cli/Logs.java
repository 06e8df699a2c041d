package io.farmhand.cli;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** What the command line lets its libraries log. */
final class Logs {
    /**
     * They log, with stacks and what strangers have sent, what we say in a line of our own: a name that does not resolve, a
     * connection that speaks something else. (In the jar their packages have other names; so have these strings.)
     */
    private static final List<Logger> QUIET = List.of(Logger.getLogger("io.grpc.netty.NettyServerTransport"),
            Logger.getLogger("io.grpc.netty.NettyServerHandler"),
            Logger.getLogger("io.grpc.internal.ManagedChannelImpl"));

    private Logs() {}

    static void quietLibraries() {
        QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
    }
}
