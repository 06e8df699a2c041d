package io.farmhand.internal.process;

import io.farmhand.backend.WorkerExit;
import io.farmhand.backend.WorkerId;

/** Who hears of workers' ends; called on threads of the JDK's, so it only enqueues. */
@FunctionalInterface
public interface ExitListener {
    /** The process of this worker has ended, or could not be started. Exactly once for each launch. */
    void workerExited(WorkerId worker, WorkerExit exit);
}
