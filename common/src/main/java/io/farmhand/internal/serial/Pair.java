package io.farmhand.internal.serial;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The two inputs of one call of a function of two arguments.
 *
 * <p>It has a tag of its own, so each half keeps its fast path. Two halves that both need JDK serialization travel in
 * one stream and what they share stays shared; nothing else is shared between the halves, but for a pair of one and
 * the same object.
 *
 * @param first the first argument
 * @param second the second argument
 */
public record Pair(@Nullable Object first, @Nullable Object second) implements Serializable {}
