package io.farmhand.internal.home;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * More memory of a shared thing's, in parts with numbers, which come and go while the thing is used. Which ones there are
 * is for the thing to know; its guard orders the calls, but for those about drafts.
 *
 * <p>A draft is written by one process before it is made a part. It has a number in that process, and is swept with it.
 */
public interface Parts {
    /**
     * Makes a part of zeros. One of the same number that is left of a process which died over it is replaced.
     *
     * @throws IOException when there is no room
     */
    MemorySegment make(long part, long sizeBytes, Arena arena) throws IOException;

    /** Opens a part for as long as the arena lives. */
    MemorySegment open(long part, Arena arena) throws IOException;

    /** Gives a part back, if it is there; who has it open keeps it. */
    void delete(long part);

    /**
     * Writes a draft.
     *
     * @throws IOException when there is no room
     */
    void writeDraft(int slot, int draft, ByteBuffer content) throws IOException;

    /** Makes a draft a part, in place of one of the same number that is left of a process which died over it. */
    void publishDraft(int slot, int draft, long part) throws IOException;

    /** Gives a draft back, if it is there. */
    void deleteDraft(int slot, int draft);
}
