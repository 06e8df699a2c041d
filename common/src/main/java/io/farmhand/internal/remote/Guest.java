package io.farmhand.internal.remote;

import io.farmhand.internal.socket.FrameChannel;
import io.farmhand.internal.socket.Receiver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A process that uses a server's objects, as the server sees it.
 *
 * <p><b>Concurrency.</b> The references are guarded by the {@link ObjectTable}'s monitor; the monitor of this guards how many
 * desks serve it and whether it has ended.
 */
final class Guest implements Receiver {
    private final ServerKey server;
    private final long id;
    private final int slot;
    private final FrameChannel lifeLine;
    private final Map<Long, Desk> desks = new ConcurrentHashMap<>();
    private final Map<Long, Integer> references = new HashMap<>(); // guarded by the table
    private boolean dropped; // guarded by the table
    private int working = 1; // guarded by this: the life line and the desks
    private boolean killed; // guarded by this
    private volatile boolean ended;

    Guest(ServerKey server, long id, int slot, FrameChannel lifeLine) {
        this.server = server;
        this.id = id;
        this.slot = slot;
        this.lifeLine = lifeLine;
    }

    /** The server that it uses. */
    ServerKey server() {
        return server;
    }

    @Override
    public boolean isOverheard() {
        return lifeLine.isOverheard();
    }

    long id() {
        return id;
    }

    int slot() {
        return slot;
    }

    FrameChannel lifeLine() {
        return lifeLine;
    }

    /** Whether the process is gone. */
    boolean hasEnded() {
        return ended;
    }

    /** Notes a desk that serves it; false if it is too late. */
    synchronized boolean enter(Desk desk) {
        if (ended) {
            return false;
        }
        working++;
        desks.put(desk.number(), desk);
        return true;
    }

    /** A desk has closed; whether nothing serves the process any more. */
    synchronized boolean leave(Desk desk) {
        desks.remove(desk.number());
        return leave();
    }

    /** The life line is done with; whether nothing serves the process any more. */
    synchronized boolean leave() {
        working--;
        return working == 0;
    }

    /** The process is gone. */
    synchronized void end(boolean wasKilled) {
        killed = wasKilled;
        ended = true;
    }

    /** Whether the process ended without a farewell. */
    synchronized boolean wasKilled() {
        return killed;
    }

    /** The desk of a number, if it is there. */
    List<Desk> desks(long number) {
        Desk desk = desks.get(number);
        return desk == null ? List.of() : List.of(desk);
    }

    Set<Desk> desks() {
        return Set.copyOf(desks.values());
    }

    /** Counts references of this process; false when it counts no more. Called by the table, under its monitor. */
    boolean count(long object, int more) {
        if (dropped) {
            return false;
        }
        references.merge(object, more, (one, other) -> one + other == 0 ? null : one + other);
        return true;
    }

    /** Counts references fewer of this process, and says how many: it cannot let go of more than it has. */
    int discount(long object, int fewer) {
        int had = references.getOrDefault(object, 0);
        int gone = Math.clamp(fewer, 0, had);
        return gone > 0 && count(object, -gone) ? gone : 0;
    }

    /** What this process referred to, how often; nothing is counted after that. Called by the table, under its monitor. */
    Map<Long, Integer> dropAll() {
        dropped = true;
        Map<Long, Integer> all = Map.copyOf(references);
        references.clear();
        return all;
    }
}
