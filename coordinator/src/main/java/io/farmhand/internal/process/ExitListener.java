package io.farmhand.internal.process;

import io.farmhand.internal.wire.WorkerKey;

/** Who hears of workers' ends; called on threads of the JDK's, so it only enqueues. */
@FunctionalInterface
public interface ExitListener {
    /** The process of this worker has ended, or could not be started. Exactly once for each launch. */
    void workerExited(WorkerKey worker, WorkerExit exit);
}
