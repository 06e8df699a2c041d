package io.farmhand.internal.dispatch;

import io.farmhand.internal.channel.WorkerLink;
import io.farmhand.internal.process.WorkerExit;
import io.farmhand.internal.wire.WorkerKey;
import java.nio.ByteBuffer;

/** What the dispatcher hears of. */
sealed interface Event {
    // From callers.

    record JobOpened(Job job) implements Event {}

    record ChunkSubmitted(Chunk chunk) implements Event {}

    record InputEnded(Job job) implements Event {}

    record JobCancelled(Job job) implements Event {}

    /** The reader of a job has taken so many of the results that more chunks may begin. */
    record ReaderCaughtUp(Job job) implements Event {}

    record CloseRequested() implements Event {}

    record ShutdownRequested() implements Event {}

    // From gRPC and from processes.

    record WorkerJoined(WorkerKey worker, WorkerLink link) implements Event {}

    record ResultsArrived(WorkerKey worker, long attempt, int count, boolean last, long runNanos, ByteBuffer items)
            implements
                Event {}

    record LinkClosed(WorkerKey worker, String reason) implements Event {}

    record WorkerExited(WorkerKey worker, WorkerExit exit) implements Event {}

    // From the clock.

    /** A worker should have joined by now. */
    record StartOverdue(WorkerKey worker) implements Event {}

    /** A worker that failed to start may be started again. */
    record RestartDue(WorkerSlot slot) implements Event {}

    /** The connection of a dead worker should have closed by now. */
    record LinkOverdue(WorkerKey worker) implements Event {}

    /** Workers that were told to stop should have left by now. */
    record StopOverdue() implements Event {}
}
