/** What a {@link io.farmhand.Manager} keeps for the processes that use it, as they see it. */
@NullMarked
package io.farmhand.managed;

import org.jspecify.annotations.NullMarked;
