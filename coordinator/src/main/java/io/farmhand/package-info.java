/**
 * Pools of worker JVMs: {@link io.farmhand.Pool} maps functions over data in them, in order, and survives what the
 * functions do.
 */
@NullMarked
package io.farmhand;

import org.jspecify.annotations.NullMarked;
