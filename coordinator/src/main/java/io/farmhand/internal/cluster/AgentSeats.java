package io.farmhand.internal.cluster;

import io.farmhand.internal.proto.ToAgent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** An agent and the seats that it lends. Owned by the {@link Switchboard}, but for what is final. */
final class AgentSeats {
    final String name;
    final String address;
    final int seats;
    final int javaVersion;
    final long joinedNanos;
    /** Says something to it; never waits. */
    final Consumer<ToAgent> out;
    /** The workers that are in its seats, or on their way in or out. */
    final Map<Long, Line> lines = new LinkedHashMap<>();
    /** How many tunnels begin at it. */
    int tunnels;
    /** Whether it is given no more. */
    boolean retiring;

    AgentSeats(String name, String address, int seats, int javaVersion, long joinedNanos, Consumer<ToAgent> out) {
        this.name = name;
        this.address = address;
        this.seats = seats;
        this.javaVersion = javaVersion;
        this.joinedNanos = joinedNanos;
        this.out = out;
    }

    int free() {
        return retiring ? 0 : seats - lines.size();
    }
}
