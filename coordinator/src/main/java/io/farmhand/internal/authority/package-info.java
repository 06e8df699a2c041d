/** The making of certificates: the one place that knows Bouncy Castle. */
@NullMarked
package io.farmhand.internal.authority;

import org.jspecify.annotations.NullMarked;
