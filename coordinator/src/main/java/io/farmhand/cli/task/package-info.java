/** What of {@code farm map} runs in the workers: reading what was sent, calling the user's method, rendering its result. */
@NullMarked
package io.farmhand.cli.task;

import org.jspecify.annotations.NullMarked;
