package io.farmhand.internal.security;

import java.time.Duration;

/**
 * How much a listening server bears. What lies beyond is refused, with a line in the log.
 *
 * @param connections open at once, in all; those that are being closed in favour of others may come to it
 * @param strangers of them that have not made a call yet that was let through; when one more comes, the oldest of the
 *        address that has most is closed
 * @param admission how long one may be a stranger, from its connection to its first call let through
 * @param idle how long a connection may be without calls; a gRPC client connects again by itself
 * @param perSecond connections that one address (of IPv6: one network of 64 bits; of those behind one proxy or NAT: all)
 *        may open a second, after
 * @param burst that many at once
 * @param callsPerConnection at once
 * @param messageBytes of one message
 * @param metadataBytes of one call's headers
 */
public record Limits(int connections, int strangers, Duration admission, Duration idle, int perSecond, int burst,
        int callsPerConnection, int messageBytes, int metadataBytes) {
    /** What the rest of the process needs: jars, logs, files that are being stored. */
    private static final int OTHER_DESCRIPTORS = 256;

    public Limits {
        if (connections < 1 || strangers < 1 || perSecond < 1 || burst < 1 || callsPerConnection < 1 || messageBytes < 1
                || metadataBytes < 1) {
            throw new IllegalArgumentException("limits must be 1 or more");
        }
        if (!isPositive(admission) || !isPositive(idle)) {
            throw new IllegalArgumentException("limits of time must be positive");
        }
    }

    /** The same, or less where that many connections would leave too few descriptors for all else. */
    Limits within(int descriptors) {
        int room = descriptors - Math.min(OTHER_DESCRIPTORS, descriptors / 2);
        if (connections + strangers <= room) {
            return this;
        }
        int fewerStrangers = Math.max(1, Math.min(strangers, room / 4));
        return withConnections(Math.max(1, room - fewerStrangers), fewerStrangers);
    }

    private static boolean isPositive(Duration time) {
        return !time.isNegative() && !time.isZero();
    }

    /**
     * What suits a farm of some hundred workers and clients. A connection costs the coordinator some 6 ms of CPU until its
     * first call, so one address can take a tenth of a core by connecting.
     *
     * @param messageBytes the longest message of the protocol
     */
    public static Limits standard(int messageBytes) {
        return new Limits(1024, 128, Duration.ofSeconds(10), Duration.ofMinutes(5), 20, 100, 1024, messageBytes,
                8 << 10);
    }

    /** The same with other numbers of connections. */
    public Limits withConnections(int most, int mostStrangers) {
        return new Limits(most, mostStrangers, admission, idle, perSecond, burst, callsPerConnection, messageBytes,
                metadataBytes);
    }

    /** The same with other times. */
    public Limits withTimes(Duration newAdmission, Duration newIdle) {
        return new Limits(connections, strangers, newAdmission, newIdle, perSecond, burst, callsPerConnection,
                messageBytes, metadataBytes);
    }

    /** The same with another rate of connections from one address. */
    public Limits withRate(int newPerSecond, int newBurst) {
        return new Limits(connections, strangers, admission, idle, newPerSecond, newBurst, callsPerConnection,
                messageBytes, metadataBytes);
    }

    /** The same with another number of calls at once on one connection. */
    public Limits withCallsPerConnection(int most) {
        return new Limits(connections, strangers, admission, idle, perSecond, burst, most, messageBytes, metadataBytes);
    }
}
