package io.farmhand.internal.cluster;

import io.farmhand.internal.code.JavaRange;
import io.farmhand.internal.proto.Account;
import io.farmhand.internal.proto.Opening;
import io.farmhand.internal.proto.ToClient;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A client and what it has of the seats. Owned by the {@link Switchboard}, but for what is final. */
final class Borrower {
    final long id;
    final Opening opening;
    /** The Javas that run its code. */
    final JavaRange javas;
    final String address;
    final long openedNanos;
    /** Says something to it; never waits. */
    final Consumer<ToClient> out;
    /** Its workers that have a seat, until they exit. */
    final Map<Long, Line> lines = new LinkedHashMap<>();
    /** Its workers for which there was no seat yet. */
    final ArrayDeque<Line> waiting = new ArrayDeque<>();
    /** How often agents could not start a worker for it, of late. */
    final Map<AgentSeats, Integer> failedStarts = new HashMap<>();
    /** How many tunnels lead to it. */
    int tunnels;
    /** For how many workers it has work. */
    int demand;
    /** How many workers it was told that it may have. */
    int share;
    /** What it was told of why it has no seat. */
    String hint = "";
    Account account = Account.getDefaultInstance();
    long accountNanos;
    double itemsPerSecond;

    Borrower(long id, Opening opening, String address, long openedNanos, Consumer<ToClient> out) {
        this.id = id;
        this.opening = opening;
        this.javas = new JavaRange(opening.getJavaVersion(), opening.getNewestJavaVersion());
        this.address = address;
        this.openedNanos = openedNanos;
        this.accountNanos = openedNanos;
        this.out = out;
    }

    /** Whether an agent's workers run its code. */
    boolean fits(AgentSeats agent) {
        return javas.has(agent.javaVersion);
    }

    /**
     * How many workers it wants now.
     *
     * @param seats how many seats there are for it
     */
    int wanted(int seats) {
        int most = opening.getWorkers() == 0 ? seats : Math.min(seats, opening.getWorkers());
        return Math.min(most, demand);
    }
}
