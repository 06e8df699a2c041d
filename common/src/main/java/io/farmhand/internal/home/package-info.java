/** The JVM as the keeper of the shared things that it made, and as a user of those that others made. */
@NullMarked
package io.farmhand.internal.home;

import org.jspecify.annotations.NullMarked;
