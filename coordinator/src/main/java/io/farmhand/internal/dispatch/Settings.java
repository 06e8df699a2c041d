package io.farmhand.internal.dispatch;

/**
 * What a dispatcher is told at its making.
 *
 * @param workers how many workers there are to be
 * @param maxStarting how many may start at the same time: starting costs a core for half a second each
 * @param startTimeoutNanos after which a worker that is not ready is given up
 * @param leaseNanos after which a worker that gives no sign of life is given up
 * @param keepAliveNanos how long workers without any job are kept, 0 for ever
 * @param maxTasksPerWorker how many items a worker runs before another takes its place, 0 for no bound
 * @param maxWorkerBytes how much memory a worker may hold before another takes its place, 0 for no bound
 */
public record Settings(int workers, int maxStarting, long startTimeoutNanos, long leaseNanos, long keepAliveNanos,
        long maxTasksPerWorker, long maxWorkerBytes) {}
