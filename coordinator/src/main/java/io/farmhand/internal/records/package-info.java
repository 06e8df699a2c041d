/**
 * Where records begin and end in files and streams of CSV, lines or other text, found on bytes.
 *
 * <p>{@link io.farmhand.internal.records.RecordFormat} says what a record is,
 * {@link io.farmhand.internal.records.FileRange} finds the records of one part of a big file without its other parts,
 * {@link io.farmhand.internal.records.RecordBlocks} cuts a stream, and
 * {@link io.farmhand.internal.records.RecordReader} gives single records as text.
 */
@NullMarked
package io.farmhand.internal.records;

import org.jspecify.annotations.NullMarked;
