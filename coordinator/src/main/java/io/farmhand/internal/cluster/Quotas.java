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
 * @param tunnelsPerWorker how many tunnels one worker may have: one for each manager that it uses, and one for each thread
 *        of it that waits in a call at a time
 * @param tunnelsPerClient how many tunnels may lead to one client, which has a socket for each
 * @param tunnelsPerAgent how many tunnels may begin at one agent
 */
record Quotas(int agents, int clients, int seatsPerAgent, int workersPerClient, int launchesPerSecond,
        int jarsPerClient, int unread, int tunnelsPerWorker, int tunnelsPerClient, int tunnelsPerAgent) {
    static final Quotas DEFAULT = new Quotas(1_000, 1_000, 1_024, 10_000, 1_000, 10_000, 10_000, 512, 4_096, 8_192);
    /** Those that belong to no line and no tunnel. */
    private static final int OTHER_CALLS = 128;

    /** How many calls one connection may have at once: a call beyond that would wait for another one's end. */
    int callsPerConnection() {
        return OTHER_CALLS + Math.max(seatsPerAgent + tunnelsPerAgent, workersPerClient + tunnelsPerClient);
    }
}
