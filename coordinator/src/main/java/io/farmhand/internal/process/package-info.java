/** Worker processes: starting them, hearing from them, telling why they ended. */
@NullMarked
package io.farmhand.internal.process;

import org.jspecify.annotations.NullMarked;
