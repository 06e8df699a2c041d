package io.farmhand.cache;

import java.time.Duration;
import java.time.Instant;

/**
 * What is known of a result that is kept.
 *
 * @param function the class and the method
 * @param arguments in at most 80 characters each
 * @param took how long it took to compute
 * @param storedAt when that was, by the clock of the one who did
 * @param sizeBytes how long the result is on disk
 */
public record CacheEntry(String function, String arguments, Duration took, Instant storedAt, long sizeBytes) {}
