/**
 * Data frames over a pool: {@link io.farmhand.frames.Frames} maps functions over their parts, reads CSV files in parallel
 * and describes what is in them. The frames are those of DFLib.
 */
@NullMarked
package io.farmhand.frames;

import org.jspecify.annotations.NullMarked;
