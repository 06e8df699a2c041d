package io.farmhand.internal.worker;

import io.farmhand.internal.proto.FromWorker;
import io.farmhand.internal.proto.Place;
import io.farmhand.internal.proto.Results;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.shm.SegmentPool;
import io.farmhand.internal.shm.SharedPayload;
import io.farmhand.internal.wire.FramedSender;
import io.farmhand.internal.wire.ItemTimesRecorder;
import java.nio.ByteBuffer;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the results of an attempt, or of several short ones, and sends them: when the worker has nothing more to do,
 * when there are many bytes of them, or when the first of them has waited for {@link #LINGER_MILLIS}, so that a long
 * item never holds back what was done before it.
 *
 * <p><b>Concurrency.</b> {@code lock} guards all fields. The runner adds, the {@code farm-timer} sends what has
 * lingered. The runner waits while the transport has more than it can take: that is the backpressure of a slow
 * coordinator.
 */
final class ResultSender {
    /** More than this is sent at once. Smaller costs messages, larger holds memory and delays. */
    private static final int FLUSH_BYTES = 256 * 1024;
    /**
     * The results of so many attempts are sent at once, though the runner goes on. Smaller costs messages; larger lets
     * the queue of a worker run empty before the coordinator hears that it may send more.
     */
    private static final int FLUSH_ATTEMPTS = 64;
    /**
     * How long a result may wait for others. Smaller costs messages, each several hundred microseconds of CPU where nobody
     * is awake for it; larger delays lazy readers, and what waits is lost with a worker that dies.
     */
    private static final long LINGER_MILLIS = 10;

    private final FramedSender<FromWorker> out;
    private final ScheduledExecutorService timer;
    private final BooleanSupplier moreToDo;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition drained = lock.newCondition();
    // Guarded by lock.
    private final PayloadBuffer unsent = new PayloadBuffer();
    /** What is to be said of the items in {@link #unsent}, by their places there. */
    private Results.Builder envelope = Results.newBuilder();
    private final ItemTimesRecorder times = new ItemTimesRecorder();
    private int unsentAttempts;
    private long attempt;
    private long startNanos;
    private boolean lingering;
    /** Whether anything was queued since it was seen that there is room: to look takes as long as to add a number. */
    private boolean mayBeBacklogged;
    private @Nullable SegmentPool segments;

    /** @param moreToDo whether the runner will go on at once when its attempt is over */
    ResultSender(FramedSender<FromWorker> out, ScheduledExecutorService timer, BooleanSupplier moreToDo) {
        this.out = out;
        this.timer = timer;
        this.moreToDo = moreToDo;
    }

    /**
     * The results that follow are those of this attempt.
     *
     * @param risky whether it may well end this worker: what is done should be on its way before
     */
    void begin(long newAttempt, boolean risky) {
        lock.lock();
        try {
            if (risky) {
                flush();
            }
            attempt = newAttempt;
            startNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Adds the outcome of the next item.
     *
     * @param item the encoded item with its length, which is emptied
     * @param functionNanos how long the function itself took
     * @param last whether this is the last item of its attempt
     * @return whether that took no longer than a copy
     */
    boolean add(PayloadBuffer item, Outcome outcome, long functionNanos, boolean last) {
        lock.lock();
        try {
            while (mayBeBacklogged && out.isBacklogged()) {
                drained.awaitUninterruptibly(); // a task that is over may interrupt late
            }
            mayBeBacklogged = false;
            if (item.size() >= FLUSH_BYTES) {
                if (times.items() > 0) {
                    queue(unsent.detach(), false);
                }
                tell(outcome, functionNanos);
                queue(item.detach(), last);
                flush();
                return false;
            }
            unsent.append(item);
            item.truncate(0);
            tell(outcome, functionNanos);
            boolean queued = last || unsent.size() >= FLUSH_BYTES;
            if (queued) {
                queue(unsent.detach(), last);
                if (++unsentAttempts >= FLUSH_ATTEMPTS || !moreToDo.getAsBoolean()) {
                    flush();
                    return false;
                }
            }
            linger();
            return !queued;
        } finally {
            lock.unlock();
        }
    }

    /** The attempt ends here, short of items: it was recalled, or its job ended. */
    void cutShort() {
        lock.lock();
        try {
            queue(unsent.detach(), true);
            flush();
        } finally {
            lock.unlock();
        }
    }

    /** The transport has taken what was sent. */
    void drained() {
        lock.lock();
        try {
            drained.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What is not sent yet will be, soon. */
    private void linger() {
        if (!lingering) {
            lingering = true;
            ScheduledFuture<?> _ = timer.schedule(this::lingered, LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lingered() {
        lock.lock();
        try {
            lingering = false;
            if (times.items() > 0) {
                queue(unsent.detach(), false);
            }
            flush();
        } finally {
            lock.unlock();
        }
    }

    private void flush() {
        unsentAttempts = 0;
        out.flush();
    }

    private void tell(Outcome outcome, long functionNanos) {
        if (outcome != Outcome.VALUE) {
            envelope.addFailed(times.items());
        }
        if (outcome == Outcome.RETRYABLE) {
            envelope.addRetryable(times.items());
        }
        times.add(functionNanos);
    }

    /** From now on long results are shared, from such memory. */
    void shareFrom(SegmentPool pool) {
        lock.lock();
        try {
            segments = pool;
        } finally {
            lock.unlock();
        }
    }

    private void queue(ByteBuffer items, boolean last) {
        mayBeBacklogged = true;
        Results.Builder results = envelope
                .setAttempt(attempt)
                .setCount(times.items())
                .setLast(last)
                .setRunNanos(System.nanoTime() - startNanos)
                .setPayloadBytes(items.remaining());
        envelope = Results.newBuilder();
        times.moveTo(results);
        SharedPayload.Place place = SharedPayload.placeOf(items);
        if (place != null && segments != null) {
            segments.hold(items);
            results.setPlace(Place.newBuilder().setSegment(place.segment()).setOffset(place.offset()));
            out.queue(FromWorker.newBuilder().setResults(results).build());
            return;
        }
        out.queue(items, head -> FromWorker.newBuilder().setResults(results.setPayload(head)).build());
    }
}
