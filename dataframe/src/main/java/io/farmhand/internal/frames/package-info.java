/** How data frames travel: as columns. */
@NullMarked
package io.farmhand.internal.frames;

import org.jspecify.annotations.NullMarked;
