package io.farmhand.internal.dispatch;

import io.farmhand.internal.channel.WorkerLink;
import io.farmhand.internal.process.WorkerExit;
import io.farmhand.internal.wire.WorkerKey;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The place of one worker in the pool, filled by one process after the other. Owned by the dispatcher. */
final class WorkerSlot {
    /** Where the place's present process stands. */
    enum State {
        /** There is no process: not yet, or not any more. */
        EMPTY,
        /** It is to start, but others are starting. */
        WAITING,
        /** It was launched and has not joined. */
        STARTING,
        /** It has joined and takes chunks. */
        READY,
        /** Its connection or its process has ended; the other end is awaited. */
        LOST
    }

    final int number;
    State state = State.EMPTY;
    /** The present or last process. */
    WorkerKey key;
    @Nullable
    WorkerLink link;
    @Nullable
    WorkerExit exit;
    /** What it holds, in the order in which it was sent, which is that of its answers. */
    final ArrayDeque<Attempt> inFlight = new ArrayDeque<>();
    /** How long all of that is expected to take. */
    double heldNanos;
    /** The jobs whose function it holds. */
    final Set<Job> knows = new HashSet<>();
    /** How many starts in a row have failed. */
    int startFailures;

    WorkerSlot(int number) {
        this.number = number;
        this.key = new WorkerKey(number, 0, "");
    }

    /** Whether a message about this key is about the process that is here now. */
    boolean is(WorkerKey other) {
        return key.equals(other) && state != State.EMPTY;
    }

    /** Whether there is a process whose exit has not been told. */
    boolean hasProcess() {
        return state != State.EMPTY && state != State.WAITING && exit == null;
    }

    void sent(Attempt attempt) {
        inFlight.add(attempt);
        heldNanos += attempt.expectedNanos;
    }

    /** The attempt at the head is over. */
    void answered() {
        heldNanos -= inFlight.remove().expectedNanos;
    }

    /** Forgets the process that is gone. */
    void clear() {
        state = State.EMPTY;
        link = null;
        exit = null;
        inFlight.clear();
        heldNanos = 0;
        knows.forEach(job -> job.knownBy.remove(this));
        knows.clear();
    }
}
