package io.farmhand.backend;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Outcomes of the next items of an attempt, whole.
 *
 * @param count how many items
 * @param last whether nothing more comes for the attempt
 * @param runNanos how long the attempt ran so far: reading, the function, writing
 * @param items a run of items, encoded
 * @param failed the places among these items, from 0 and ascending, of those that failed
 * @param retryable those of them whose exception the job says to try again
 * @param times how long the function took for each item; either empty or of {@code count} items
 */
public record Answer(long attempt, int count, boolean last, long runNanos, ByteBuffer items, List<Integer> failed,
        List<Integer> retryable, ItemTimes times) {}
