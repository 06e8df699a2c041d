/**
 * How values become bytes and come back: fast paths for data, JDK serialization for the rest, and plain words for
 * what cannot be written or read.
 *
 * <p>{@link io.farmhand.internal.serial.Tag} has the layout, {@link io.farmhand.internal.serial.Items} the framing.
 */
@NullMarked
package io.farmhand.internal.serial;

import org.jspecify.annotations.NullMarked;
