package io.farmhand.internal.sync;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.farmhand.internal.home.Parts;
import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.Cleaning;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rings of a queue that this process has mapped: the first, which stands in the queue's own memory, and those at its
 * head and tail. Used under the queue's guard only, which orders the threads of this process, too.
 */
final class QueueRings {
    /** The number of the ring in the queue's own memory. */
    static final long FIRST = 0;

    private static final long END_OFFSET = 0;
    private static final long NEXT_OFFSET = 8;
    /** How many bytes of a ring's memory come before what it holds. */
    static final long HEADER_BYTES = 16;

    private final Parts parts;
    private final Ring first;
    private final List<Ring> others;

    /**
     * One ring. A ring that is not the tail any more says where its items end and which ring is the next.
     *
     * @param part its number
     * @param memory its memory
     * @param offset where in that its header is
     */
    record Ring(long part, MemorySegment memory, long offset, RingBytes bytes, Arena arena) {
        static Ring of(long part, MemorySegment memory, long offset, long capacity, Arena arena) {
            return new Ring(part, memory, offset, new RingBytes(memory, offset + HEADER_BYTES, capacity), arena);
        }

        /** Says which one comes next. It holds as soon as the queue's tail is that one. */
        void leave(long end, long next) {
            memory.set(JAVA_LONG, offset + END_OFFSET, end);
            memory.set(JAVA_LONG, offset + NEXT_OFFSET, next);
        }

        long end() {
            return memory.get(JAVA_LONG, offset + END_OFFSET);
        }

        long next() {
            return memory.get(JAVA_LONG, offset + NEXT_OFFSET);
        }
    }

    /**
     * Makes the rings of a queue known.
     *
     * @param firstOffset where in the place's memory the first ring's header is
     * @param firstCapacity how many bytes it holds
     */
    QueueRings(Place place, long firstOffset, long firstCapacity) {
        this.parts = place.parts();
        this.first = Ring.of(FIRST, place.memory(), firstOffset, firstCapacity, Arena.global());
        List<Ring> mapped = new ArrayList<>();
        this.others = mapped;
        var _ = Cleaning.register(this, () -> mapped.forEach(ring -> ring.arena().close()));
    }

    /** The ring of that number. */
    Ring get(long part) throws IOException {
        Ring known = known(part);
        if (known != null) {
            return known;
        }
        return map(part, arena -> parts.open(part, arena));
    }

    private @Nullable Ring known(long part) {
        if (part == FIRST) {
            return first;
        }
        for (Ring ring : others) {
            if (ring.part() == part) {
                return ring;
            }
        }
        return null;
    }

    /** Makes a ring. */
    Ring make(long part, long capacity) throws IOException {
        return map(part, arena -> parts.make(part, HEADER_BYTES + capacity, arena));
    }

    private interface Mapping {
        MemorySegment in(Arena arena) throws IOException;
    }

    private Ring map(long part, Mapping mapping) throws IOException {
        Arena arena = Arena.ofShared();
        boolean mapped = false;
        try {
            MemorySegment memory = mapping.in(arena);
            Ring ring = Ring.of(part, memory, 0, memory.byteSize() - HEADER_BYTES, arena);
            others.add(ring);
            mapped = true;
            return ring;
        } finally {
            if (!mapped) {
                arena.close();
            }
        }
    }

    /** Unmaps what is neither of these. */
    void keep(long head, long tail) {
        others.removeIf(ring -> {
            boolean past = ring.part() != head && ring.part() != tail;
            if (past) {
                ring.arena().close();
            }
            return past;
        });
    }
}
