/** How inputs become chunks. */
@NullMarked
package io.farmhand.internal.chunk;

import org.jspecify.annotations.NullMarked;
