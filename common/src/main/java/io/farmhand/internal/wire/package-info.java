/** The wire as both JVMs see it: framing, keys and failures. The only place that maps generated messages to ours. */
@NullMarked
package io.farmhand.internal.wire;

import org.jspecify.annotations.NullMarked;
