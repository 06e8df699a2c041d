package io.farmhand.internal.dispatch;

/**
 * How a job is to be run.
 *
 * @param lazy whether its input is pulled as its results are read: then closing the pool cuts it short
 * @param failFast whether what comes after the first failed item, by index, is dropped
 * @param taskTimeoutNanos how long an item may run, 0 for ever
 * @param taskTimeoutFactor how many times as long as the median of those that are done an item may run, once there are
 *        {@link Job#SAMPLES_FOR_TIMEOUT}; 0 where that does not matter
 * @param cancelGraceNanos how long an item that was told to stop may go on before its worker is killed
 * @param retries how often an item is run again whose exception is worth it
 * @param retryBackoffNanos how long the first of these waits; each next twice as long
 * @param crashRetries how often an item is run again after its worker died of it
 * @param atMostOnce whether an item that may have begun is never run again
 * @param seed what the random numbers of its items are seeded by
 */
public record JobOptions(boolean lazy, boolean failFast, long taskTimeoutNanos, double taskTimeoutFactor,
        long cancelGraceNanos, int retries,
        long retryBackoffNanos, int crashRetries, boolean atMostOnce, long seed) {}
