package io.farmhand.internal.dispatch;

import io.farmhand.internal.channel.WorkerLink;
import io.farmhand.internal.process.WorkerExit;
import io.farmhand.internal.wire.WorkerKey;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The workers' places and what becomes of the processes in them. Owned by the dispatcher.
 *
 * <pre>
 *  EMPTY --launch--> WAITING --few enough start--> STARTING --joined--> READY
 *    ^                                                |                   |
 *    |                                               exited        link closed or exited
 *    |                                                v                   v
 *    '------- cleared by the farm ------------------(lost) &lt;----------- LOST: until both are known
 * </pre>
 *
 * A worker's connection and its process end apart. Its answers may still be on their way when the process is gone, so
 * it counts as lost when both ends are known; a connection without a process is given {@link #LINK_GRACE_NANOS}, a
 * process without a connection is killed.
 */
final class WorkerTable {
    /** How often a start that fails is tried again before the pool is broken. */
    static final int START_RETRIES = 3;

    private static final long FIRST_BACKOFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LINK_GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int TOKEN_BYTES = 16;

    private final Settings settings;
    private final WorkerSource source;
    private final Timers timers;
    private final SecureRandom random = new SecureRandom();
    private final List<WorkerSlot> slots = new ArrayList<>();
    private final ArrayDeque<WorkerSlot> waiting = new ArrayDeque<>();
    private int starting;

    WorkerTable(Settings settings, WorkerSource source, Timers timers) {
        this.settings = settings;
        this.source = source;
        this.timers = timers;
        for (int number = 0; number < settings.workers(); number++) {
            slots.add(new WorkerSlot(number));
        }
    }

    void launchAll() {
        slots.forEach(this::launch);
    }

    /** Fills an empty place, as soon as few enough others start. */
    void launch(WorkerSlot slot) {
        slot.state = WorkerSlot.State.WAITING;
        waiting.add(slot);
        launchWaiting();
    }

    private void launchWaiting() {
        while (starting < settings.maxStarting() && !waiting.isEmpty()) {
            WorkerSlot slot = waiting.remove();
            byte[] token = new byte[TOKEN_BYTES];
            random.nextBytes(token);
            slot.key = new WorkerKey(slot.number, slot.key.generation() + 1, HexFormat.of().formatHex(token));
            slot.state = WorkerSlot.State.STARTING;
            starting++;
            source.launch(slot.key);
            timers.after(settings.startTimeoutNanos(), new Event.StartOverdue(slot.key));
        }
    }

    private void startEnded() {
        starting--;
        launchWaiting();
    }

    /** Returns whether this was a worker that was awaited. */
    boolean joined(WorkerKey key, WorkerLink link) {
        WorkerSlot slot = current(key);
        if (slot == null || slot.state != WorkerSlot.State.STARTING) {
            return false;
        }
        slot.state = WorkerSlot.State.READY;
        slot.link = link;
        slot.startFailures = 0;
        startEnded();
        return true;
    }

    /** Returns the place, if with this the worker is lost. */
    @Nullable
    WorkerSlot linkClosed(WorkerKey key, String reason, boolean kill) {
        WorkerSlot slot = current(key);
        if (slot == null || slot.link == null) {
            return null;
        }
        slot.link = null;
        slot.state = WorkerSlot.State.LOST;
        if (slot.exit != null) {
            return slot;
        }
        if (kill) {
            source.kill(key);
        } else {
            source.release(key);
        }
        return null;
    }

    /** Returns the place, if with this the worker is lost. */
    @Nullable
    WorkerSlot exited(WorkerKey key, WorkerExit exit) {
        WorkerSlot slot = current(key);
        if (slot == null) {
            return null;
        }
        slot.exit = exit;
        if (slot.state == WorkerSlot.State.STARTING) {
            startEnded();
        }
        if (slot.link == null) {
            return slot;
        }
        slot.state = WorkerSlot.State.LOST;
        timers.after(LINK_GRACE_NANOS, new Event.LinkOverdue(key));
        return null;
    }

    /** Returns the place, if the worker is lost only now. */
    @Nullable
    WorkerSlot linkOverdue(WorkerKey key) {
        WorkerSlot slot = current(key);
        return slot != null && slot.exit != null ? slot : null;
    }

    /** A worker that has not joined in time is killed; its exit is then a failed start. */
    void startOverdue(WorkerKey key) {
        WorkerSlot slot = current(key);
        if (slot != null && slot.state == WorkerSlot.State.STARTING) {
            source.kill(key);
        }
    }

    /**
     * A worker never joined: it is started again after a while.
     *
     * @return why not, when that has been tried often enough
     */
    @Nullable
    String startFailed(WorkerSlot slot) {
        slot.startFailures++;
        if (slot.startFailures > START_RETRIES) {
            return "Worker %d could not be started %d times in a row.".formatted(slot.number, slot.startFailures);
        }
        timers.after(FIRST_BACKOFF_NANOS << (slot.startFailures - 1), new Event.RestartDue(slot));
        return null;
    }

    /** Ends a worker that broke the protocol; what it held is run elsewhere once its exit is told. */
    void cutOff(WorkerSlot slot, String rule) {
        if (slot.link != null) {
            slot.link.cutOff(rule);
            slot.link = null;
        }
        slot.state = WorkerSlot.State.LOST;
        source.kill(slot.key);
    }

    /** Tells idle workers to leave and kills the others: what they are at, nobody waits for. */
    void stopAll() {
        waiting.clear();
        for (WorkerSlot slot : slots) {
            switch (slot.state) {
                case READY -> {
                    if (slot.link != null && slot.inFlight.isEmpty()) {
                        slot.link.stop();
                    } else {
                        source.kill(slot.key);
                    }
                }
                case STARTING, LOST -> source.kill(slot.key);
                case WAITING -> slot.state = WorkerSlot.State.EMPTY;
                case EMPTY -> {
                }
            }
        }
    }

    void killAll() {
        waiting.clear();
        for (WorkerSlot slot : slots) {
            if (slot.hasProcess()) {
                source.kill(slot.key);
            } else if (slot.state == WorkerSlot.State.WAITING) {
                slot.state = WorkerSlot.State.EMPTY;
            }
        }
    }

    boolean anyProcess() {
        return slots.stream().anyMatch(WorkerSlot::hasProcess);
    }

    int readyCount() {
        int ready = 0;
        for (WorkerSlot slot : slots) {
            if (slot.state == WorkerSlot.State.READY) {
                ready++;
            }
        }
        return ready;
    }

    /**
     * The ready worker that will be done first with what it holds, among those that may get another chunk.
     *
     * @param plenty whether more chunks wait than there are workers
     */
    @Nullable
    WorkerSlot leastLoaded(boolean plenty) {
        @Nullable
        WorkerSlot best = null;
        for (WorkerSlot slot : slots) {
            if (slot.state == WorkerSlot.State.READY
                    && Credits.suffice(slot.inFlight.size(), slot.heldNanos, plenty)
                    && (best == null || slot.heldNanos < best.heldNanos)) {
                best = slot;
            }
        }
        return best;
    }

    /** The place of the process with this key, if it is still the one there. */
    @Nullable
    WorkerSlot current(WorkerKey key) {
        WorkerSlot slot = slots.get(key.number());
        return slot.is(key) ? slot : null;
    }
}
