package io.farmhand.internal.cluster;

/**
 * What an agent lends, and to whom.
 *
 * @param dialer reaches the coordinator
 * @param name of this host, for people
 * @param seats how many workers may run here at a time
 */
public record AgentOptions(Dialer dialer, String name, int seats) {
    /** Where the coordinator is, for people. */
    String address() {
        return dialer.address();
    }
}
