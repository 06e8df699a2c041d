package io.farmhand.internal.channel;

import io.farmhand.backend.BackendOrder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a worker is told when it joins.
 *
 * @param maxItemBytes the longest encoded item or function
 * @param setup the encoded {@link io.farmhand.internal.task.Setup}; without bytes when there is none
 * @param blobs what it may ask for
 * @param heartbeatMillis how often it is to give a sign of life
 * @param segments where long payloads are shared, if they are
 */
public record Greeting(long maxItemBytes, ByteBuffer setup, BackendOrder.Blobs blobs, int heartbeatMillis,
        @Nullable FarmSegments segments) {}
