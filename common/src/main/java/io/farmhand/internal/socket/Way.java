package io.farmhand.internal.socket;

import java.net.SocketAddress;

/** How this process gets to a listener. */
public sealed interface Way {
    /** The listener's own address; for people, where it is not the door. */
    SocketAddress address();

    /** What is dialled. */
    SocketAddress door();

    /** By the listener's own address. */
    record Direct(SocketAddress address) implements Way {
        @Override
        public SocketAddress door() {
            return address;
        }
    }

    /**
     * Through a tunnel, from a worker of a cluster to the process that it works for, and on from there.
     *
     * @param outlet where the tunnel begins
     * @param server the id by which the process at its other end knows the listener
     * @param address where the listener is on another host
     */
    record Tunnelled(Outlet outlet, long server, SocketAddress address) implements Way {
        @Override
        public SocketAddress door() {
            return outlet.door();
        }
    }
}
