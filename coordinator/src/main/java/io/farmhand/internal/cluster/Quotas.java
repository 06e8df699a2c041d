package io.farmhand.internal.cluster;

/**
 * How much of a coordinator agents and clients may take.
 *
 * @param agents how many agents may join
 * @param clients how many clients may have a session
 * @param seatsPerAgent how many seats one may lend
 * @param workersPerClient how many workers one client may have launched
 * @param launchesPerSecond how many it may launch a second, after {@code workersPerClient} at once
 * @param jarsPerClient how many jars a client's class path may have
 * @param unread how many messages a peer may be told that it has not taken
 */
record Quotas(int agents, int clients, int seatsPerAgent, int workersPerClient, int launchesPerSecond,
        int jarsPerClient, int unread) {
    static final Quotas DEFAULT = new Quotas(1_000, 1_000, 1_024, 10_000, 1_000, 10_000, 10_000);
}
