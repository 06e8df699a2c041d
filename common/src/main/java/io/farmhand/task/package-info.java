/** What a task is, and what it can know of where it runs. */
@NullMarked
package io.farmhand.task;

import org.jspecify.annotations.NullMarked;
