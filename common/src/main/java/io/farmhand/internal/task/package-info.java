/** How a task's surroundings reach it: what the worker, or a thread of the caller's own, sets up for each item. */
@NullMarked
package io.farmhand.internal.task;

import org.jspecify.annotations.NullMarked;
