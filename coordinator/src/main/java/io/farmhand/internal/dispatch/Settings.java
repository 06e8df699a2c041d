package io.farmhand.internal.dispatch;

/**
 * What a dispatcher is told at its making.
 *
 * @param workers how many workers there are to be
 * @param maxStarting how many may start at the same time: starting costs a core for half a second each
 * @param crashRetries how often an item is run again after its worker died of it
 * @param startTimeoutNanos after which a worker that has not joined is given up
 */
public record Settings(int workers, int maxStarting, int crashRetries, long startTimeoutNanos) {}
