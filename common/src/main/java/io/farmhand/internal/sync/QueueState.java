package io.farmhand.internal.sync;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.farmhand.internal.shm.Words;
import java.lang.foreign.MemorySegment;

/**
 * Where a queue's items are and how many there are: some numbers that change together or not at all. They are kept twice.
 *
 * <pre>
 *   turn         0 .................. 128 ................. 256
 *  +------+     +--------------------+---------------------+
 *  | odd  |     |  spare, or torn    |  what holds         |
 *  +------+     +--------------------+---------------------+
 * </pre>
 *
 * <p>A change is prepared in the spare copy and holds when {@code turn} counts on, by one store: whoever is killed before
 * that has changed nothing. {@code applied} is the turn whose consequences were brought about. The queue's guard is held
 * for all but a look at {@code turn}.
 */
final class QueueState {
    private static final long COPY_BYTES = 128;

    /** How much memory the two copies take. */
    static final long SIZE_BYTES = 2 * COPY_BYTES;

    /** The numbers, all int64. */
    enum Field {
        /** The ring that the first item is in, and where in it. */
        HEAD_PART(0),
        HEAD_AT(8),
        /** The ring that the next item goes into, and where. */
        TAIL_PART(16),
        TAIL_AT(24),
        /** How many parts were made; the next one's number is one more. */
        PARTS(32),
        PUTS(40),
        TAKES(48),
        UNFINISHED(56),
        /** How many items died with those who had taken them. */
        LOST(64),
        /** Of how many of these someone was told. */
        TOLD(72),
        // What the change brings with it: 0 for nothing.
        COUNTED_SLOT(80),
        COUNTED_TAKEN(88),
        DRAINED_PART(96),
        TAKEN_PART(104);

        private final long offset;

        Field(long offset) {
            this.offset = offset;
        }
    }

    private final MemorySegment memory;
    private final long applied;
    private final long turn;
    private final long copies;

    /**
     * Makes a state of some memory, which is all zero when the queue is new.
     *
     * @param applied where the applied turn is, 4 bytes
     * @param turn where the turn is, 4 bytes
     * @param copies where the copies are, {@link #SIZE_BYTES}, aligned to 8
     */
    QueueState(MemorySegment memory, long applied, long turn, long copies) {
        this.memory = memory;
        this.applied = applied;
        this.turn = turn;
        this.copies = copies;
    }

    /** A number that is another one after each change. */
    int turn() {
        return Words.getInt(memory, turn);
    }

    private long copy(int ofTurn) {
        return copies + (ofTurn & 1) * COPY_BYTES;
    }

    /** A number as it holds, whatever was begun. */
    long get(Field field) {
        return memory.get(JAVA_LONG, copy(turn()) + field.offset);
    }

    /** Begins a change, which brings nothing with it yet. */
    void begin() {
        int now = turn();
        MemorySegment.copy(memory, copy(now), memory, copy(now + 1), Field.COUNTED_SLOT.offset);
        set(Field.COUNTED_SLOT, 0);
        set(Field.COUNTED_TAKEN, 0);
        set(Field.DRAINED_PART, 0);
        set(Field.TAKEN_PART, 0);
    }

    /** Says what a number is to be when the change holds. */
    void set(Field field, long value) {
        memory.set(JAVA_LONG, copy(turn() + 1) + field.offset, value);
    }

    /** From here on the change holds. */
    void commit() {
        Words.setInt(memory, turn, turn() + 1);
    }

    /** Whether what the last change brings with it was brought about. */
    boolean isApplied() {
        return Words.getInt(memory, applied) == turn();
    }

    /** What the last change brings with it was brought about. */
    void applied() {
        Words.setInt(memory, applied, turn());
    }
}
