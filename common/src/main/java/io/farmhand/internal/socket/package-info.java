/** Sockets between processes: whole frames, a key that both sides must know, connections over them. */
@NullMarked
package io.farmhand.internal.socket;

import org.jspecify.annotations.NullMarked;
