package io.farmhand.internal.sync;

import static io.farmhand.internal.sync.QueueState.Field.COUNTED_SLOT;
import static io.farmhand.internal.sync.QueueState.Field.COUNTED_TAKEN;
import static io.farmhand.internal.sync.QueueState.Field.DRAINED_PART;
import static io.farmhand.internal.sync.QueueState.Field.HEAD_AT;
import static io.farmhand.internal.sync.QueueState.Field.HEAD_PART;
import static io.farmhand.internal.sync.QueueState.Field.LOST;
import static io.farmhand.internal.sync.QueueState.Field.PARTS;
import static io.farmhand.internal.sync.QueueState.Field.PUTS;
import static io.farmhand.internal.sync.QueueState.Field.TAIL_AT;
import static io.farmhand.internal.sync.QueueState.Field.TAIL_PART;
import static io.farmhand.internal.sync.QueueState.Field.TAKEN_PART;
import static io.farmhand.internal.sync.QueueState.Field.TAKES;
import static io.farmhand.internal.sync.QueueState.Field.TOLD;
import static io.farmhand.internal.sync.QueueState.Field.UNFINISHED;

import io.farmhand.internal.home.Parts;
import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.shm.WordLock;
import io.farmhand.internal.shm.Words;
import io.farmhand.internal.sync.QueueRings.Ring;
import io.farmhand.internal.sync.QueueState.Field;
import io.farmhand.sync.HandleClosedException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a queue holds, as bytes in shared memory.
 *
 * <pre>
 *   64      80      88      96      104       108       112    128       384     ...     ...
 *  +-------+-------+-------+-------+---------+---------+------+---------+-------+-------+------------+
 *  | guard | items | room  | done  | capacity| applied | turn | 2 states| drafts| taken | first ring |
 *  +-------+-------+-------+-------+---------+---------+------+---------+-------+-------+------------+
 *                                                        bit 0: which        one int
 *                                                        state holds        for each slot
 *
 *   head ring  --next-->  ring  --next-->  tail ring        a part for each ring but the first,
 *   [  ....items]         [items.....]     [items   ]       and one for each big item
 *
 *   item: int64 length, or -1 for a big one; then its bytes, or the number of its part; each a multiple of 8
 * </pre>
 *
 * <p>While the head is the tail, its ring is filled round and round, from its start whenever the queue has run empty. When
 * an item does not fit, a ring of twice the size becomes the tail, and the old one is left when it is drained. A big item
 * is a part of its own, which its producer writes without the guard and its consumer reads without it.
 *
 * <p><b>Concurrency.</b> {@code guard} is held for every look and every change. Nobody waits with it.
 *
 * <p><b>Failure.</b> A change holds by one store of {@link QueueState}. What it brings with it (a count of {@code taken},
 * parts to give back) stands in the state itself and is done after that; if its process dies before, the next one does it,
 * for it does no harm twice. Bytes that are written for a change that never held are written over later.
 */
final class QueueStore {
    private static final long GUARD = Place.HEADER_BYTES;
    private static final long ITEMS = GUARD + WordLock.SIZE_BYTES;
    private static final long ROOM = ITEMS + Gate.SIZE_BYTES;
    private static final long DONE = ROOM + Gate.SIZE_BYTES;
    private static final long CAPACITY = DONE + Gate.SIZE_BYTES;
    private static final long APPLIED = CAPACITY + Integer.BYTES;
    private static final long TURN = APPLIED + Integer.BYTES;
    private static final long STATES = 128;
    private static final long DRAFTS = STATES + QueueState.SIZE_BYTES;
    private static final long TAKEN = DRAFTS + (long) Party.MAX_SLOTS * Integer.BYTES;
    private static final long FIRST_RING = TAKEN + (long) Party.MAX_SLOTS * Integer.BYTES;

    /** Smaller makes files for shorter backlogs, larger makes every queue dearer. */
    private static final long FIRST_RING_BYTES = 1 << 16;
    /** Smaller makes more files for a backlog, larger holds the guard longer while one is made. */
    private static final long LARGEST_RING_BYTES = 1 << 22;
    /** Smaller makes a file for more items, larger copies longer under the guard. */
    private static final int BIG_BYTES = 1 << 17;

    private static final long BIG = -1;
    private static final long ITEM_HEADER_BYTES = Long.BYTES;
    private static final int NO_DRAFT = -1;

    /** How much memory it wants. */
    static final long SIZE_BYTES = FIRST_RING + QueueRings.HEADER_BYTES + FIRST_RING_BYTES - Place.HEADER_BYTES;

    private final Place place;
    private final MemorySegment memory;
    private final Parts parts;
    private final WordLock guard;
    private final QueueState state;
    private final Gate items;
    private final Gate room;
    private final Gate done;
    private final QueueRings rings;
    private final boolean counting;
    /** Which drafts of this process are being written; guarded by its own monitor. */
    private final BitSet drafts = new BitSet();

    /**
     * What is to be put in.
     *
     * @param bytes its bytes
     * @param draft the number of the draft they are written to, or {@link #NO_DRAFT}
     */
    record Item(ByteBuffer bytes, int draft) {}

    /**
     * How far a queue's consumers are.
     *
     * @param unfinished how many items are not done
     * @param lost how many the caller was not told of that died with those who had taken them
     */
    record Progress(long unfinished, long lost) {}

    /**
     * Makes a store of a place.
     *
     * @param counting whether it counts which process has taken items that are not done
     */
    QueueStore(Place place, boolean counting) {
        this.place = place;
        this.memory = place.memory();
        this.parts = place.parts();
        this.guard = place.lock(GUARD);
        this.state = new QueueState(memory, APPLIED, TURN, STATES);
        this.items = new Gate(place, ITEMS, place);
        this.room = new Gate(place, ROOM, place);
        this.done = new Gate(place, DONE, place);
        this.rings = new QueueRings(place, FIRST_RING, FIRST_RING_BYTES);
        this.counting = counting;
    }

    /** Says how many items a new queue may hold; before anybody else knows it. */
    static void capacity(Place place, int capacity) {
        Words.setInt(place.memory(), CAPACITY, capacity);
    }

    int capacity() {
        return Words.getInt(memory, CAPACITY);
    }

    /** Where consumers wait for items. */
    Gate items() {
        return items;
    }

    /** Where producers wait for room. */
    Gate room() {
        return room;
    }

    /** Where those wait that wait until all is done. */
    Gate done() {
        return done;
    }

    /** A number that is another one after each change. */
    int turn() {
        return state.turn();
    }

    // ---- the guard and the state ----

    private void acquire() {
        var _ = guard.acquire();
        boolean usable = false;
        try {
            place.check();
            bringAbout();
            usable = true;
        } finally {
            if (!usable) {
                guard.release();
            }
        }
    }

    /** Lets the next one in, and wakes one that waits for items, or for room, if there is some. */
    private void release() {
        try {
            long size = size();
            boolean forItems = size > 0 && items.claim();
            boolean forRoom = size < capacity() && room.claim();
            boolean forDone = counting && get(UNFINISHED) == 0 && done.claim();
            guard.release();
            if (forItems) {
                items.ringOne();
            }
            if (forRoom) {
                room.ringOne();
            }
            if (forDone) {
                done.ringAll();
            }
        } finally {
            Reference.reachabilityFence(rings); // what is mapped goes when this does
        }
    }

    private long get(Field field) {
        return state.get(field);
    }

    /** From here on the change holds that was begun. */
    private void commit() {
        state.commit();
        bringAbout();
    }

    /** What the state brings with it. */
    private void bringAbout() {
        if (state.isApplied()) {
            return;
        }
        long slot = get(COUNTED_SLOT);
        if (slot != 0) {
            taken(slot, (int) get(COUNTED_TAKEN));
        }
        deletePart(get(DRAINED_PART));
        deletePart(get(TAKEN_PART));
        state.applied();
    }

    private void deletePart(long part) {
        if (part != 0) {
            parts.delete(part);
        }
    }

    private int taken(long slot) {
        return Words.getInt(memory, TAKEN + slot * Integer.BYTES);
    }

    private void taken(long slot, int count) {
        Words.setInt(memory, TAKEN + slot * Integer.BYTES, count);
    }

    private long size() {
        return get(PUTS) - get(TAKES);
    }

    /** How many items there are. */
    int count() {
        acquire();
        try {
            return (int) Math.min(size(), Integer.MAX_VALUE);
        } finally {
            release();
        }
    }

    // ---- putting ----

    /**
     * Makes an item of bytes: a big one is written now.
     *
     * @throws IOException when there is no room for it in shared memory
     */
    Item prepare(ByteBuffer bytes) throws IOException {
        if (bytes.remaining() < BIG_BYTES) {
            return new Item(bytes, NO_DRAFT);
        }
        place.check();
        int draft = newDraft();
        boolean written = false;
        try {
            parts.writeDraft(place.slot(), draft, bytes);
            written = true;
        } finally {
            if (!written) {
                discard(new Item(bytes, draft));
            }
        }
        return new Item(bytes, draft);
    }

    private int newDraft() {
        synchronized (drafts) {
            int draft = drafts.nextClearBit(0);
            drafts.set(draft);
            long word = DRAFTS + (long) place.slot() * Integer.BYTES;
            if (Words.getInt(memory, word) <= draft) {
                Words.setInt(memory, word, draft + 1); // before there is a file: who sweeps knows of it
            }
            return draft;
        }
    }

    /** Gives back what an item took that was not put in. */
    void discard(Item item) {
        if (item.draft() != NO_DRAFT) {
            parts.deleteDraft(place.slot(), item.draft());
            freeDraft(item);
        }
    }

    private void freeDraft(Item item) {
        synchronized (drafts) {
            drafts.clear(item.draft());
        }
    }

    /**
     * Puts an item in, if there is room.
     *
     * @param slept whether the caller has slept: others may sleep, too
     * @param waits whether the caller is to sleep if there is none
     * @throws IOException when there is no room for it in shared memory
     */
    boolean offer(Item item, boolean slept, boolean waits) throws IOException {
        acquire();
        try {
            if (size() >= capacity()) {
                if (waits) {
                    room.want();
                }
                return false;
            }
            if (slept) {
                room.want(); // before anything can fail: the wake-up was not for us alone
            }
            boolean put = false;
            try {
                append(item);
                put = true;
            } finally {
                if (!put) {
                    rings.keep(QueueRings.FIRST, QueueRings.FIRST); // a ring that came to nothing must not be remembered
                }
            }
        } finally {
            release();
        }
        if (item.draft() != NO_DRAFT) {
            freeDraft(item);
        }
        return true;
    }

    private void append(Item item) throws IOException {
        int length = item.draft() == NO_DRAFT ? item.bytes().remaining() : Long.BYTES;
        long needed = ITEM_HEADER_BYTES + RingBytes.aligned(length);
        long headPart = get(HEAD_PART);
        long tailPart = get(TAIL_PART);
        long at = get(TAIL_AT);
        long made = get(PARTS);
        rings.keep(headPart, tailPart);
        Ring tail = rings.get(tailPart);
        long used = at - (headPart == tailPart ? get(HEAD_AT) : 0);
        if (needed > tail.bytes().capacity() - used) {
            made++;
            Ring added = rings.make(made, capacityAfter(tail, needed));
            tail.leave(at, made);
            tail = added;
            at = 0;
        }
        state.begin();
        if (item.draft() == NO_DRAFT) {
            tail.bytes().putLong(at, length);
            tail.bytes().write(at + ITEM_HEADER_BYTES, item.bytes().array(),
                    item.bytes().arrayOffset() + item.bytes().position(), length);
        } else {
            made++;
            tail.bytes().putLong(at, BIG);
            tail.bytes().putLong(at + ITEM_HEADER_BYTES, made);
            parts.publishDraft(place.slot(), item.draft(), made);
        }
        state.set(TAIL_PART, tail.part());
        state.set(TAIL_AT, at + needed);
        state.set(PARTS, made);
        state.set(PUTS, get(PUTS) + 1);
        state.set(UNFINISHED, get(UNFINISHED) + 1);
        commit();
    }

    private static long capacityAfter(Ring tail, long needed) {
        long twice = Math.min(2 * tail.bytes().capacity(), LARGEST_RING_BYTES);
        return Math.max(twice, Long.highestOneBit(needed) << 2);
    }

    // ---- taking ----

    /**
     * Takes the first item, if there is one.
     *
     * @param scratch where its bytes are until that is closed
     * @param slept whether the caller has slept: others may sleep, too
     * @param waits whether the caller is to sleep if there is none
     * @return its bytes; null if there is none
     * @throws IOException when its memory cannot be mapped; it stays in the queue then
     */
    @Nullable
    ByteBuffer poll(Scratch scratch, boolean slept, boolean waits) throws IOException {
        acquire();
        try {
            if (size() == 0) {
                if (waits) {
                    items.want();
                }
                return null;
            }
            if (slept) {
                items.want(); // before anything can fail: the wake-up was not for us alone
            }
            Cursor cursor = new Cursor();
            cursor.skipDrained();
            ByteBuffer bytes = cursor.read(scratch);
            take(cursor, false);
            return bytes;
        } finally {
            release();
        }
    }

    /**
     * Removes the first item, if there is one, which is done by that.
     *
     * @throws IOException when its memory cannot be mapped
     */
    boolean drop() throws IOException {
        acquire();
        try {
            if (size() == 0) {
                return false;
            }
            Cursor cursor = new Cursor();
            cursor.skipDrained();
            take(cursor, true);
            return true;
        } finally {
            release();
        }
    }

    private void take(Cursor cursor, boolean done) {
        state.begin();
        long oldHead = get(HEAD_PART);
        long takenPart = cursor.bigPart();
        cursor.next();
        state.set(HEAD_PART, cursor.part);
        state.set(HEAD_AT, cursor.at);
        state.set(TAKES, get(TAKES) + 1);
        if (size() == 1 && cursor.part == get(TAIL_PART)) {
            state.set(HEAD_AT, 0);
            state.set(TAIL_AT, 0);
        }
        state.set(DRAINED_PART, oldHead == cursor.part ? 0 : oldHead);
        state.set(TAKEN_PART, takenPart);
        if (done) {
            state.set(UNFINISHED, Math.max(0, get(UNFINISHED) - 1));
        } else if (counting) {
            state.set(COUNTED_SLOT, place.slot());
            state.set(COUNTED_TAKEN, taken(place.slot()) + 1L);
        }
        commit();
    }

    /** The first item's bytes, which stays; null if there is none. */
    @Nullable
    ByteBuffer peek(Scratch scratch) throws IOException {
        acquire();
        try {
            if (size() == 0) {
                return null;
            }
            Cursor cursor = new Cursor();
            cursor.skipDrained();
            return cursor.read(scratch);
        } finally {
            release();
        }
    }

    /** The bytes of all items at this moment. */
    List<ByteBuffer> copy() throws IOException {
        acquire();
        try (Scratch scratch = Scratch.take()) {
            List<ByteBuffer> all = new ArrayList<>();
            Cursor cursor = new Cursor();
            for (long left = size(); left > 0; left--) {
                cursor.skipDrained();
                ByteBuffer bytes = cursor.read(scratch);
                byte[] copied = new byte[bytes.remaining()];
                bytes.get(copied);
                all.add(ByteBuffer.wrap(copied).order(ByteOrder.LITTLE_ENDIAN));
                cursor.next();
            }
            return all;
        } finally {
            release();
        }
    }

    /** A place among the items, from the first one on. */
    private final class Cursor {
        private long part = get(HEAD_PART);
        private long at = get(HEAD_AT);
        private Ring ring;

        Cursor() throws IOException {
            rings.keep(part, get(TAIL_PART));
            ring = rings.get(part);
        }

        void skipDrained() throws IOException {
            if (part != get(TAIL_PART) && at == ring.end()) {
                part = ring.next();
                at = 0;
                ring = rings.get(part);
            }
        }

        /** The part of the item, if it is big; else 0. */
        long bigPart() {
            return ring.bytes().getLong(at) == BIG ? ring.bytes().getLong(at + ITEM_HEADER_BYTES) : 0;
        }

        ByteBuffer read(Scratch scratch) throws IOException {
            long bigPart = bigPart();
            if (bigPart != 0) {
                return parts.open(bigPart, scratch.arena()).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
            }
            ByteBuffer bytes = scratch.room((int) ring.bytes().getLong(at));
            ring.bytes().read(at + ITEM_HEADER_BYTES, bytes.array(), bytes.arrayOffset(), bytes.remaining());
            return bytes;
        }

        void next() {
            long length = ring.bytes().getLong(at);
            at += ITEM_HEADER_BYTES + (length == BIG ? Long.BYTES : RingBytes.aligned(length));
        }
    }

    // ---- what is done ----

    /** One item that was taken is done; says whether there was one that was not. */
    boolean finishOne() {
        acquire();
        try {
            long unfinished = get(UNFINISHED);
            if (unfinished == 0) {
                return false;
            }
            state.begin();
            state.set(UNFINISHED, unfinished - 1);
            int slot = debtor();
            if (slot != 0) {
                state.set(COUNTED_SLOT, slot);
                state.set(COUNTED_TAKEN, taken(slot) - 1L);
            }
            commit();
            return true;
        } finally {
            release();
        }
    }

    /** Whose item is done: the caller's process's, or else another's that has taken one; 0 if nobody has. */
    private int debtor() {
        if (taken(place.slot()) > 0) {
            return place.slot();
        }
        for (int slot = 1; slot < Party.MAX_SLOTS; slot++) {
            if (taken(slot) > 0) {
                return slot;
            }
        }
        return 0;
    }

    /** How many lost items someone was told of by now. */
    long told() {
        acquire();
        try {
            return get(TOLD);
        } finally {
            release();
        }
    }

    /**
     * How far it is, for one that will wait if all is not done.
     *
     * @param toldBefore what {@link #told} was when the caller came
     */
    Progress progress(long toldBefore) {
        acquire();
        try {
            long lost = get(LOST);
            long unfinished = get(UNFINISHED);
            if (lost > get(TOLD)) {
                state.begin();
                state.set(TOLD, lost);
                commit();
            }
            if (unfinished > 0) {
                done.want();
            }
            return new Progress(unfinished, lost - toldBefore);
        } finally {
            release();
        }
    }

    // ---- ends ----

    /** A process has ended: what it had taken and not done is lost, what it was writing goes. */
    void partyLeft(int slot) {
        guard.release(slot);
        if (!place.isClosed()) {
            acquire();
            try {
                int lost = taken(slot);
                if (lost > 0) {
                    state.begin();
                    state.set(UNFINISHED, Math.max(0, get(UNFINISHED) - lost));
                    state.set(LOST, get(LOST) + lost);
                    state.set(COUNTED_SLOT, slot);
                    state.set(COUNTED_TAKEN, 0);
                    commit();
                }
                long word = DRAFTS + (long) slot * Integer.BYTES;
                for (int draft = Words.getInt(memory, word); draft > 0; draft--) {
                    parts.deleteDraft(slot, draft - 1);
                }
                Words.setInt(memory, word, 0);
            } finally {
                release();
            }
        }
        wakeAll();
    }

    /** Ends the queue, if it was made here. Who has the guard next sees that, and makes no part any more. */
    void close() {
        if (place.isClosed()) {
            return;
        }
        try {
            var _ = guard.acquire();
            place.close();
            guard.release();
            place.deleteParts();
        } catch (HandleClosedException e) {
            // Another thread was faster.
        }
        wakeAll();
    }

    void wakeAll() {
        guard.wakeAll();
        items.ringAll();
        room.ringAll();
        done.ringAll();
    }
}
