package io.farmhand.internal.dispatch;

import io.farmhand.backend.BackendSession;
import java.util.concurrent.ScheduledExecutorService;

/** A session for a {@link Farm} that is driven without a dispatcher: nobody starts or ends it. */
interface ThreadlessSession extends BackendSession {
    @Override
    default ScheduledExecutorService start() {
        throw new AssertionError("the test has the only thread");
    }

    @Override
    default void killAll() {
        throw new AssertionError("one by one");
    }

    @Override
    default void sweep() {}

    @Override
    default void close() {}
}
