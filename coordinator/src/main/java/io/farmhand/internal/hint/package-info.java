/** What was probably meant. */
@NullMarked
package io.farmhand.internal.hint;

import org.jspecify.annotations.NullMarked;
