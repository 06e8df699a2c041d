package io.farmhand.sync;

import java.util.concurrent.CompletionStage;

/** Something that can be waited for beside others, see {@link Connection#waitAny}: a connection or a process. */
public interface Waitable {
    /**
     * Completes when this is ready: when a connection has something to receive, or its end, or when a process has ended. A
     * caller that no longer waits cancels it by {@code toCompletableFuture().cancel(false)}, which lets go of whatever was
     * waiting.
     */
    CompletionStage<?> whenReady();
}
