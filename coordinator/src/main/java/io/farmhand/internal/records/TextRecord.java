package io.farmhand.internal.records;

/**
 * One record as it stands in its text, without its line end.
 *
 * @param text of CSV with its separators and quotes; empty for an empty line
 * @param line in which it begins; the first of a text is 1
 */
public record TextRecord(String text, long line) {}
