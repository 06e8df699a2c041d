package io.farmhand.internal.chunk;

import java.nio.ByteBuffer;

/** The next piece of an input, in its order. */
public sealed interface Piece {
    /** The index in the job of its first item. */
    long firstIndex();

    /**
     * Consecutive items, encoded.
     *
     * @param items a run of items as {@code farm.proto} lays it out
     */
    record Chunk(long firstIndex, int count, ByteBuffer items) implements Piece {}

    /** One item that cannot be sent: it never leaves the caller. */
    record Unsendable(long firstIndex, Object item, Exception cause) implements Piece {}

    /** The input itself threw where its next item should have been; it has ended. */
    record InputFailed(long firstIndex, Throwable cause) implements Piece {}

    /** The input has ended: there are as many items as this index says. */
    record End(long firstIndex) implements Piece {}
}
