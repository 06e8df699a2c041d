package io.farmhand.internal.records;

import java.io.Serializable;

/**
 * What a range holds for one of the states in which its first unit may be read.
 *
 * @param exit the state behind its last unit
 * @param firstStart the offset of the first record that begins in it, or -1 for none
 * @param firstLine how many line ends of the range come before that
 * @param lastStart the offset of the last record that begins in it, or -1 for none
 * @param lastLine how many line ends of the range come before that
 */
record Passage(int exit, long firstStart, long firstLine, long lastStart, long lastLine) implements Serializable {}
