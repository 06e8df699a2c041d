/** The coordinator's end of the connections that workers dial. */
@NullMarked
package io.farmhand.internal.channel;

import org.jspecify.annotations.NullMarked;
