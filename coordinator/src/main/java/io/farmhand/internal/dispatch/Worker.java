package io.farmhand.internal.dispatch;

import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.backend.WorkerLink;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One worker process, from the wish for it to its end. Owned by the dispatcher. */
final class Worker {
    /** Where it stands. */
    enum State {
        /** It is to start, but others are starting. */
        WAITING,
        /** It was launched and has not joined. */
        STARTING,
        /** It has joined and runs the initializer. */
        INITIALIZING,
        /** It is ready, and waits for the place of another. */
        STANDBY,
        /** It takes chunks. */
        READY,
        /** It takes no more, and leaves when it has answered what it holds. */
        LEAVING,
        /** It is to be killed; until then answers of its are taken. */
        CONDEMNED,
        /** Its connection or its process has ended; the other end is awaited. */
        LOST
    }

    final Place place;
    final WorkerId key;
    State state = State.WAITING;
    long pid;
    @Nullable
    WorkerLink link;
    @Nullable
    WorkerExit exit;
    /** Why it is killed, if we kill it. */
    @Nullable
    Sentence sentence;
    /** What for, if we kill it without a sentence. */
    @Nullable
    String killedFor;
    /** Whether it has ever been ready. */
    boolean wasReady;
    /** Whether it was told to stop, or is not needed any more, so that its end is as it should be. */
    boolean stopped;
    /** What it holds, in the order in which it was sent, which is that of its answers. */
    final ArrayDeque<Attempt> inFlight = new ArrayDeque<>();
    /** How long all of that is expected to take. */
    double heldNanos;
    /** The jobs whose function it holds. */
    final Set<Job> knows = new HashSet<>();
    /** The long functions that it keeps, by their SHA-256. */
    private final Map<String, Kept> blobs = new HashMap<>();
    /** Whether a timer runs for the item that it is at. */
    boolean watched;
    /** When the first such timer is due; those that run besides are void. */
    long watchedNanos;
    /** How many looks at it in a row have found that it said nothing since. */
    int silentLooks;
    /** How many items it was sent. */
    long itemsSent;
    long itemsDone;
    long workNanos;
    long rssBytes;
    long heapBytes;
    /** Whether it holds more memory than it may. */
    boolean overweight;
    /** When its present state began, as far as {@link Accounts} must know. */
    long sinceNanos;

    /** A long function that the worker keeps. */
    private static final class Kept {
        /** Not read here: as long as it is referred to, the worker can map it. */
        @SuppressWarnings("unused")
        private final ByteBuffer function;
        /** How many open jobs of the worker's use it. */
        private int jobs;

        Kept(ByteBuffer function) {
            this.function = function;
        }
    }

    Worker(Place place, WorkerId key) {
        this.place = place;
        this.key = key;
    }

    int number() {
        return key.number();
    }

    /** Whether it was launched and its exit has not been told. */
    boolean hasProcess() {
        return state != State.WAITING && exit == null;
    }

    /** Its exit in the light of what we did to it. */
    WorkerExit end(WorkerExit told) {
        if (sentence != null) {
            return told.killedByUs(sentence.words());
        }
        return killedFor == null ? told : told.killedByUs(killedFor);
    }

    boolean isIdle() {
        return state == State.READY && inFlight.isEmpty();
    }

    void sent(Attempt attempt) {
        inFlight.add(attempt);
        heldNanos += attempt.expectedNanos;
        itemsSent += attempt.chunk.count();
    }

    /** The attempt at the head is over. */
    void answered() {
        heldNanos -= inFlight.remove().expectedNanos;
    }

    /** Gives the worker a job's function, unless it has it. */
    void learn(Job job, WorkerLink to) {
        if (!knows.add(job)) {
            return;
        }
        job.knownBy.add(this);
        String sha256 = job.functionSha256;
        if (sha256 == null) {
            to.function(job.id, job.options.seed(), job.function);
            return;
        }
        Kept kept = blobs.get(sha256);
        if (kept == null) {
            dropUnused(to);
            to.blob(sha256, job.function);
            kept = new Kept(job.function);
            blobs.put(sha256, kept);
        }
        kept.jobs++;
        to.function(job.id, job.options.seed(), sha256);
    }

    /** A long function stays until another comes: the next job may well have the same. */
    private void dropUnused(WorkerLink to) {
        blobs.entrySet().removeIf(blob -> {
            boolean unused = blob.getValue().jobs == 0;
            if (unused) {
                to.release(blob.getKey());
            }
            return unused;
        });
    }

    /** A job has ended. */
    void forget(Job job) {
        if (knows.remove(job)) {
            Kept kept = job.functionSha256 == null ? null : blobs.get(job.functionSha256);
            if (kept != null) {
                kept.jobs--;
            }
            if (link != null && !stopped) { // after Stop nothing more is sent
                link.jobEnd(job.id);
            }
        }
    }

    /** Has the item that it is at looked at after a while, or before. */
    void lookIn(long nanos, Timers timers) {
        long due = timers.nowNanos() + nanos;
        if (!watched || due - watchedNanos < 0) {
            watched = true;
            watchedNanos = due;
            timers.after(nanos, new Event.ItemOverdue(key));
        }
    }

    @Nullable
    Attempt attempt(long id) {
        for (Attempt attempt : inFlight) {
            if (attempt.id == id) {
                return attempt;
            }
        }
        return null;
    }

    /** Asks for what has not begun of an attempt. */
    void recall(Attempt attempt, boolean interrupt) {
        if (link != null) {
            attempt.recalled = true;
            link.recall(attempt.id, interrupt);
        }
    }
}
