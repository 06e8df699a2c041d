/**
 * Pools of worker JVMs: {@link io.farmhand.Pool} maps functions over data in them, in order, and survives what the
 * functions do. {@link io.farmhand.JvmProcess} runs one action in a JVM of its own.
 */
@NullMarked
package io.farmhand;

import org.jspecify.annotations.NullMarked;
