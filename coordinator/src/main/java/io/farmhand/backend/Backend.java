package io.farmhand.backend;

import java.io.IOException;
import java.util.Set;

/**
 * Where the workers of a pool come from. Immutable; a pool is made with {@code Pool.builder().backend(backend)}.
 */
public interface Backend {
    /** What it is, for messages: {@code local processes}, {@code farm://host:7654}. */
    String name();

    /**
     * What its workers can do. An option of a pool that wants more fails at the pool's creation.
     *
     * @return what can be relied on for as long as a session lasts
     */
    Set<Capability> capabilities();

    /** How many workers a pool has whose options do not say: {@link Integer#MAX_VALUE} for as many as there may be. */
    int defaultWorkers();

    /**
     * Begins to provide workers to one pool. It does not wait for them: that they are there is told to the sink.
     *
     * @param order what the pool's workers are to be like
     * @param sink hears of them, on any thread
     * @throws IOException when nothing can be provided, with the reason
     */
    BackendSession open(BackendOrder order, BackendSink sink) throws IOException;
}
