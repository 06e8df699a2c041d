package io.farmhand.internal.security;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Counts how often each address connects: a bucket of permits for each, filled at an even rate. Owned by
 * {@link Connections}, under its lock.
 */
final class ConnectionRates {
    /** Beyond, the address that was longest not heard of is forgotten: some 150 bytes each. */
    private static final int MOST_REMEMBERED = 4096;
    private static final int NETWORK_BYTES = 8;

    private final double perNano;
    private final int burst;
    /** In the order of their last use. */
    private final Map<List<Byte>, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Bucket {
        private double permits;
        private long filledNanos;

        Bucket(double permits, long now) {
            this.permits = permits;
            this.filledNanos = now;
        }
    }

    ConnectionRates(int perSecond, int burst) {
        this.perNano = (double) perSecond / TimeUnit.SECONDS.toNanos(1);
        this.burst = burst;
    }

    /** Takes a permit of an address; false when it has none left. */
    boolean take(InetAddress address, long now) {
        Bucket bucket = buckets.computeIfAbsent(key(address), _ -> new Bucket(burst, now));
        if (buckets.size() > MOST_REMEMBERED) {
            buckets.remove(buckets.keySet().iterator().next());
        }
        bucket.permits = Math.min(burst, bucket.permits + (now - bucket.filledNanos) * perNano);
        bucket.filledNanos = now;
        if (bucket.permits < 1) {
            return false;
        }
        bucket.permits--;
        return true;
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
