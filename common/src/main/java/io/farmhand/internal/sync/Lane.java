package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.shm.WordLock;
import io.farmhand.internal.shm.WordLock.Acquired;
import io.farmhand.internal.shm.Words;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One way of a pipe: a ring of bytes through which messages stream from one end to the other, as this process sees it.
 *
 * <pre>
 *   0        16         32     40     48         64        72           128     136        192
 *  +--------+----------+------+------+----------+---------+------------+-------+----------+------
 *  | sender | receiver | data | room | torn     | written | messageEnd | read  | readEnd  | ring
 *  +--------+----------+------+------+----------+---------+------------+-------+----------+------
 *    locks               gates         int32     of the sender's lock    of the receiver's
 *
 *   message: int64 length, then its bytes, to a multiple of 8
 * </pre>
 *
 * <p><b>Concurrency.</b> A thread that sends has the sender's lock for its whole message and writes {@code written}; one
 * that receives has the receiver's lock and writes {@code read}. Both locks are held while their holder waits for the other
 * side.
 *
 * <p><b>Failure.</b> A short message is in the ring, and leaves it, by one store. Of a long one, which goes in pieces,
 * {@code messageEnd} and {@code readEnd} tell how far it will go. A sender that ended before that tears the lane: what was
 * whole is received, then comes the end of file. What a dead receiver left of a message the next one skips.
 */
final class Lane {
    private static final long SENDER = 0;
    private static final long RECEIVER = SENDER + WordLock.SIZE_BYTES;
    private static final long DATA = RECEIVER + WordLock.SIZE_BYTES;
    private static final long ROOM = DATA + Gate.SIZE_BYTES;
    private static final long TORN = ROOM + Gate.SIZE_BYTES;
    private static final long WRITTEN = 64;
    private static final long MESSAGE_END = WRITTEN + Long.BYTES;
    private static final long READ = 128;
    private static final long READ_END = READ + Long.BYTES;
    private static final long RING = 192;

    /** Smaller lets the two sides wait for each other more often, larger makes every pipe dearer and leaves the caches. */
    private static final long CAPACITY = 1 << 18;
    /** Smaller tells of pieces more often, larger lets the other side wait longer for the first one. */
    private static final int PIECE_BYTES = 1 << 16;
    /** How often to look before sleeping. Smaller sleeps in each round trip, larger burns a core that others may want. */
    private static final int SPINS = 200;

    /** How much memory it wants. */
    static final long SIZE_BYTES = RING + CAPACITY;

    private static final long HEADER_BYTES = Long.BYTES;

    private final MemorySegment memory;
    private final long base;
    private final WordLock sender;
    private final WordLock receiver;
    private final Gate data;
    private final Gate room;
    private final RingBytes ring;
    private final PipeEnds ends;
    private final int sendingEnd;

    /** Where a message goes that is received. */
    interface Target {
        /**
         * Room for it.
         *
         * @param length how many bytes it has
         * @return a buffer over an array with as many bytes between its position and its limit
         * @throws IOException when it is not wanted; it stays where it is then
         */
        ByteBuffer room(int length) throws IOException;
    }

    /**
     * Makes one way of a pipe.
     *
     * @param base where its memory begins, a multiple of 64
     * @param ends who is at the ends
     * @param sendingEnd the number of the end that sends
     * @param sending the one that waits when this process sends
     * @param receiving the one that waits when this process receives
     */
    Lane(Place place, long base, PipeEnds ends, int sendingEnd, Party sending, Party receiving) {
        this.memory = place.memory();
        this.base = base;
        this.ends = ends;
        this.sendingEnd = sendingEnd;
        this.sender = place.lock(base + SENDER, sending);
        this.receiver = place.lock(base + RECEIVER, receiving);
        this.data = new Gate(place, base + DATA, receiving);
        this.room = new Gate(place, base + ROOM, sending);
        this.ring = new RingBytes(memory, base + RING, CAPACITY);
    }

    private long get(long field) {
        return Words.getLong(memory, base + field);
    }

    private void set(long field, long value) {
        Words.setLong(memory, base + field, value);
    }

    private boolean isTorn() {
        return Words.getInt(memory, base + TORN) != 0;
    }

    // ---- sending ----

    /**
     * Sends a message.
     *
     * @return whether it was sent whole; if not, the thread was interrupted after a part of it, and the lane is torn
     * @throws IOException when the other side is gone, or the lane is torn
     * @throws InterruptedException when the thread is interrupted before anything was sent
     */
    boolean send(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
        var _ = sender.acquire(Long.MAX_VALUE);
        long start = get(WRITTEN);
        try {
            checkSendable();
            long needed = HEADER_BYTES + RingBytes.aligned(length);
            if (needed <= PIECE_BYTES) {
                var _ = awaitRoom(start, needed);
                ring.putLong(start, length);
                ring.write(start + HEADER_BYTES, bytes, offset, length);
                wrote(start + needed);
            } else {
                stream(start, needed, bytes, offset, length);
            }
            return true;
        } catch (InterruptedException e) {
            if (get(WRITTEN) == start) {
                throw e;
            }
            return false;
        } finally {
            sender.release();
        }
    }

    private void stream(long start, long needed, byte[] bytes, int offset, int length)
            throws IOException, InterruptedException {
        var _ = awaitRoom(start, PIECE_BYTES);
        boolean whole = false;
        try {
            ring.putLong(start, length);
            long at = start + HEADER_BYTES;
            for (int sent = 0; sent < length;) {
                long free = awaitRoom(at, Long.BYTES);
                int piece = (int) Math.min(Math.min(length - sent, PIECE_BYTES), free);
                ring.write(at, bytes, offset + sent, piece);
                if (sent == 0) {
                    set(MESSAGE_END, start + needed);
                }
                sent += piece;
                at += RingBytes.aligned(piece);
                wrote(at);
            }
            whole = true;
        } finally {
            if (!whole) {
                tear(start);
            }
        }
    }

    /** Waits until so many bytes can be written, and says how many can. */
    private long awaitRoom(long at, long needed) throws IOException, InterruptedException {
        long free = free(at);
        for (int i = 0; free < needed && i < SPINS; i++) {
            Thread.onSpinWait();
            free = free(at);
        }
        while (free < needed) {
            int seen = room.count();
            room.want();
            checkSendable();
            free = free(at);
            if (free < needed) {
                room.await(seen, Long.MAX_VALUE);
                free = free(at);
            }
        }
        return free;
    }

    private long free(long at) {
        return CAPACITY - (at - get(READ));
    }

    private void checkSendable() throws IOException {
        ends.check(sendingEnd);
        if (ends.isGone(1 - sendingEnd)) {
            throw new IOException("Broken pipe: the other end was closed, or the processes that used it have ended.");
        }
        if (isTorn()) {
            throw new IOException("Broken pipe: a process ended, or was interrupted, in the middle of a message.");
        }
    }

    private void wrote(long end) {
        set(WRITTEN, end);
        if (data.claim()) {
            data.ringAll();
        }
    }

    /** The rest of a message will never come. */
    private void tear(long start) {
        if (get(WRITTEN) == start) {
            set(MESSAGE_END, start);
        } else {
            Words.setInt(memory, base + TORN, 1);
            data.ringAll();
        }
    }

    // ---- receiving ----

    /** Whether there is something to receive, be it the end of file. */
    boolean isReady() {
        return hasMessage() || isOver();
    }

    private boolean hasMessage() {
        return get(WRITTEN) > Math.max(get(READ), get(READ_END));
    }

    /** Whether nothing will be written any more. What was written before that is seen by who sees this. */
    private boolean isOver() {
        return isTorn() || ends.isGone(sendingEnd);
    }

    /** Waits until there is something to receive, or its end. */
    boolean awaitReady(long timeoutNanos) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < SPINS && timeoutNanos > 0; i++) {
            if (isReady()) {
                return true;
            }
            Thread.onSpinWait();
        }
        while (true) {
            int seen = data.count();
            data.want();
            ends.checkOpen(1 - sendingEnd);
            skipLeft();
            if (isReady()) {
                return true;
            }
            long left = Timeouts.left(start, timeoutNanos);
            if (left <= 0) {
                return ends.hasLostItsHome(); // then there is the end of file to receive
            }
            data.await(seen, left);
        }
    }

    /** Skips what is there of a message whose receiver has ended in the middle: until then its sender sends nothing else. */
    private void skipLeft() {
        if (get(READ) < get(READ_END) && receiver.tryAcquire() != Acquired.NOT) {
            try {
                long there = Math.min(get(READ_END), get(WRITTEN));
                if (get(READ) < there) {
                    haveRead(there);
                }
            } finally {
                receiver.release();
            }
        }
    }

    /**
     * Receives a message.
     *
     * @return the target's buffer; null if the thread was interrupted after a part of the message, whose rest is skipped
     * @throws EOFException when there is none and never will be
     * @throws IOException when the target does not want it
     * @throws InterruptedException when the thread is interrupted before anything was received
     */
    @Nullable
    ByteBuffer receive(Target target) throws IOException, InterruptedException {
        var _ = receiver.acquire(Long.MAX_VALUE);
        try {
            ends.checkOpen(1 - sendingEnd);
            long at = get(READ);
            for (long end = get(READ_END); at < end;) {
                at += Math.min(awaitData(at, 1), end - at); // what one that ended, or gave up, left
                haveRead(at);
            }
            long there = awaitData(at, HEADER_BYTES);
            int length = (int) ring.getLong(at);
            long needed = HEADER_BYTES + RingBytes.aligned(length);
            ByteBuffer bytes = target.room(length);
            byte[] array = bytes.array();
            int offset = bytes.arrayOffset() + bytes.position();
            if (needed <= there) {
                ring.read(at + HEADER_BYTES, array, offset, length);
                haveRead(at + needed);
            } else if (!gather(at, needed, array, offset, length)) {
                return null;
            }
            return bytes;
        } finally {
            receiver.release();
        }
    }

    private boolean gather(long start, long needed, byte[] array, int offset, int length)
            throws IOException, InterruptedException {
        set(READ_END, start + needed);
        long at = start + HEADER_BYTES;
        try {
            for (int received = 0; received < length;) {
                int piece = (int) Math.min(Math.min(length - received, PIECE_BYTES), awaitData(at, 1));
                ring.read(at, array, offset + received, piece);
                received += piece;
                at += RingBytes.aligned(piece);
                haveRead(at);
            }
            return true;
        } catch (InterruptedException e) {
            if (get(READ) > start) {
                return false;
            }
            set(READ_END, start);
            throw e;
        }
    }

    /** Waits until so many bytes can be read, and says how many can. */
    private long awaitData(long at, long needed) throws IOException, InterruptedException {
        long there = get(WRITTEN) - at;
        for (int i = 0; there < needed && i < SPINS; i++) {
            Thread.onSpinWait();
            there = get(WRITTEN) - at;
        }
        while (there < needed) {
            int seen = data.count();
            data.want();
            ends.checkOpen(1 - sendingEnd);
            boolean over = isOver();
            there = get(WRITTEN) - at; // after that
            if (there < needed) {
                if (over) {
                    throw new EOFException("The other end was closed, or the process that used it has ended"
                            + (isTorn() ? ", in the middle of a message." : "."));
                }
                data.await(seen, Long.MAX_VALUE);
                there = get(WRITTEN) - at;
            }
        }
        return there;
    }

    private void haveRead(long end) {
        set(READ, end);
        if (room.claim()) {
            room.ringAll();
        }
    }

    // ---- ends ----

    /** A process has ended. */
    void partyLeft(int slot) {
        if (sender.holder() == slot && get(WRITTEN) < get(MESSAGE_END)) {
            Words.setInt(memory, base + TORN, 1);
        }
        sender.release(slot);
        receiver.release(slot);
    }

    void wakeAll() {
        sender.wakeAll();
        receiver.wakeAll();
        data.ringAll();
        room.ringAll();
    }
}
