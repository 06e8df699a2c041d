/**
 * What the jar's {@code Launcher} shares with the rest: where AOT caches are, and how the command line's own JVM is
 * started. Compiled for Java 8, as the launcher is.
 */
@NullMarked
package io.farmhand.internal.launch;

import org.jspecify.annotations.NullMarked;
