package io.farmhand.internal.dispatch;

import io.farmhand.backend.Answer;
import io.farmhand.backend.Begun;
import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;
import io.farmhand.backend.WorkerLink;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the dispatcher hears of. */
sealed interface Event {
    // From callers.

    record JobOpened(Job job) implements Event {}

    record ChunkSubmitted(Chunk chunk) implements Event {}

    record InputEnded(Job job) implements Event {}

    record JobCancelled(Job job) implements Event {}

    /** An item has failed before it was sent. */
    record ItemUnsent(Job job, long index) implements Event {}

    /** A job is to end if nothing of it has begun, and whether that was so is to be told. */
    record JobWithdrawn(Job job, CompletableFuture<Boolean> untouched) implements Event {}

    /** The reader of a job has taken so many of the results that more chunks may begin. */
    record ReaderCaughtUp(Job job) implements Event {}

    /** A value that was broadcast is needed no more. */
    record BlobReleased(String sha256) implements Event {}

    record ResizeRequested(int workers) implements Event {}

    record WorkersAsked(CompletableFuture<List<WorkerStatus>> answer) implements Event {}

    record StatisticsAsked(CompletableFuture<FarmStatistics> answer) implements Event {}

    record CloseRequested() implements Event {}

    record ShutdownRequested() implements Event {}

    // From gRPC and from processes.

    record WorkerJoined(WorkerId worker, long pid, WorkerLink link) implements Event {}

    /** A worker's set-up is over, with a failure or without. */
    record WorkerReady(WorkerId worker, ByteBuffer failure) implements Event {}

    record Answered(WorkerId worker, Answer answer) implements Event {}

    /** A recalled attempt ends after so many items. */
    record Returned(WorkerId worker, long attempt, int kept) implements Event {}

    record Dumped(WorkerId worker, String stacks) implements Event {}

    /** What a worker is at, as was asked. */
    record Looked(WorkerId worker, Begun begun) implements Event {}

    record Heartbeat(WorkerId worker, long rssBytes, long heapBytes) implements Event {}

    record WorkerLeaving(WorkerId worker) implements Event {}

    record LinkClosed(WorkerId worker, String reason) implements Event {}

    record WorkerExited(WorkerId worker, WorkerExit exit) implements Event {}

    /** There may be so many workers from now on. */
    record CapacityChanged(int workers) implements Event {}

    /** There can be no workers any more. */
    record BackendLost(String reason) implements Event {}

    // From the clock.

    /** A worker should be ready by now. */
    record StartOverdue(WorkerId worker) implements Event {}

    /** A place whose worker failed to start may be filled again. */
    record RestartDue(Place place) implements Event {}

    /** The connection of a dead worker should have closed by now. */
    record LinkOverdue(WorkerId worker) implements Event {}

    /** The item that a worker is at may have run too long, or not have stopped in time. */
    record ItemOverdue(WorkerId worker) implements Event {}

    /** A condemned worker has had the time to tell what its threads are at. */
    record KillDue(WorkerId worker) implements Event {}

    /** Workers that were not heard of for long are to be looked for. */
    record LeaseTick() implements Event {}

    /** An item that failed may be tried again. */
    record RetryDue(Chunk chunk) implements Event {}

    /** A worker has been idle while others hold items that have not begun. */
    record IdleOverdue() implements Event {}

    /** There has been no job for long. */
    record KeepAliveOver(long since) implements Event {}

    /** Workers that were told to stop should have left by now. */
    record StopOverdue() implements Event {}
}
