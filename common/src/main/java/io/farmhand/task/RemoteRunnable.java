package io.farmhand.task;

import java.io.Serializable;

/** An action that can be sent to a worker. */
@FunctionalInterface
public interface RemoteRunnable extends Serializable {
    /**
     * Runs this action in a worker.
     *
     * @throws Exception whatever the action wishes
     */
    void run() throws Exception;
}
