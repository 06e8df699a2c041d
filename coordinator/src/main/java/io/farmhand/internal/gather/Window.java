package io.farmhand.internal.gather;

/**
 * How much of a job may be under way.
 *
 * @param maxChunks the most chunks
 * @param maxItems the most items
 * @param maxBytes the most bytes; one chunk may always go, however long and of however many items
 * @param countsUndelivered whether results that the caller has not taken count, too: so it is for lazy results, whose
 *     reader may be slow; not for a list, which is to hold them all anyway
 */
public record Window(int maxChunks, long maxItems, long maxBytes, boolean countsUndelivered) {}
