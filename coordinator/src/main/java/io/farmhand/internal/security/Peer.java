package io.farmhand.internal.security;

import io.grpc.Context;
import java.net.SocketAddress;

/**
 * Who makes a call.
 *
 * @param role proved by its certificate and its token
 * @param name the common name of its certificate; its role where there is no certificate
 * @param address where it calls from
 */
public record Peer(Role role, String name, SocketAddress address) {
    static final Context.Key<Peer> CALLER = Context.key("farm-peer");

    /** Who makes the call whose context this is; there is one in each call that {@link Gatekeeper} has let through. */
    public static Peer current() {
        Peer peer = CALLER.get();
        if (peer == null) {
            throw new IllegalStateException("no call that the gatekeeper has let through");
        }
        return peer;
    }

    @Override
    public String toString() {
        return role.label() + " '" + name + "' at " + Printable.address(address);
    }
}
