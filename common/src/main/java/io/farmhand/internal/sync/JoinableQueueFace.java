package io.farmhand.internal.sync;

import io.farmhand.internal.remote.AtCaller;
import io.farmhand.sync.JoinableQueue;

/**
 * A joinable queue that a server keeps, as its users see it.
 *
 * @param <T> the items
 */
@AtCaller
public interface JoinableQueueFace<T> extends JoinableQueue<T>, QueueFace<T> {}
