package io.farmhand.internal.security;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Holds that nothing listens, nor talks, beyond this host without TLS. Stateless. */
public final class ListenAddress {
    private ListenAddress() {}

    /**
     * Checks where a server is to listen.
     *
     * @param tls whether it has TLS
     * @throws SecuritySetupException when it has none and others than this host could reach it
     */
    public static void check(InetSocketAddress address, boolean tls) throws SecuritySetupException {
        require(address);
        if (!tls && !isLoopback(address)) {
            throw new SecuritySetupException("A coordinator without TLS would listen beyond this host: address="
                    + Printable.address(address) + ". Whoever reads along there could run code on the farm. Make "
                    + "certificates with 'farm certs' and name their directory, or listen on 127.0.0.1");
        }
    }

    /**
     * Checks where a party is to dial.
     *
     * @param tls whether it has TLS
     * @throws SecuritySetupException when it has none and the way leads beyond this host
     */
    public static void checkDial(InetSocketAddress address, boolean tls) throws SecuritySetupException {
        require(address);
        if (!tls && !isLoopback(address)) {
            throw new SecuritySetupException("Without TLS a coordinator can be dialled on this host only: address="
                    + Printable.address(address)
                    + ". Name the directory of the certificates that 'farm certs' has made "
                    + "for the coordinator");
        }
    }

    private static void require(InetSocketAddress address) throws SecuritySetupException {
        if (address.isUnresolved()) {
            throw new SecuritySetupException("There is no such host: host=" + address.getHostString());
        }
    }

    private static boolean isLoopback(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        return host != null && host.isLoopbackAddress();
    }
}
