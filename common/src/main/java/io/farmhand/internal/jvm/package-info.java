/** What JVMs that start one another tell each other: what to run, who one is, how it ended. */
@NullMarked
package io.farmhand.internal.jvm;

import org.jspecify.annotations.NullMarked;
