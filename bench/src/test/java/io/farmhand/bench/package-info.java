/** The bench runs and says what it found. */
@NullMarked
package io.farmhand.bench;

import org.jspecify.annotations.NullMarked;
