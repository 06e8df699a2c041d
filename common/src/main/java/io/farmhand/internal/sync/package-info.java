/** What stands behind the handles of {@code io.farmhand.sync}. */
@NullMarked
package io.farmhand.internal.sync;

import org.jspecify.annotations.NullMarked;
