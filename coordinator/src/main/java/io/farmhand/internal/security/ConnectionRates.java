package io.farmhand.internal.security;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts how often each address connects: a {@link Rate} for each. Owned by
 * {@link Connections}, under its lock.
 */
final class ConnectionRates {
    /** Beyond, the address that was longest not heard of is forgotten: some 150 bytes each. */
    private static final int MOST_REMEMBERED = 4096;
    private static final int NETWORK_BYTES = 8;

    private final int perSecond;
    private final int burst;
    /** In the order of their last use. */
    private final Map<List<Byte>, Rate> rates = new LinkedHashMap<>(16, 0.75f, true);

    ConnectionRates(int perSecond, int burst) {
        this.perSecond = perSecond;
        this.burst = burst;
    }

    /** Takes a permit of an address; false when it has none left. */
    boolean take(InetAddress address, long now) {
        Rate rate = rates.computeIfAbsent(key(address), _ -> new Rate(perSecond, burst, now));
        if (rates.size() > MOST_REMEMBERED) {
            rates.remove(rates.keySet().iterator().next());
        }
        return rate.allows(now);
    }

    /** The address; of IPv6 its network, of which one host has all addresses. */
    private static List<Byte> key(InetAddress address) {
        byte[] bytes = address.getAddress();
        byte[] key = address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes;
        Byte[] boxed = new Byte[key.length];
        Arrays.setAll(boxed, i -> key[i]);
        return List.of(boxed);
    }
}
