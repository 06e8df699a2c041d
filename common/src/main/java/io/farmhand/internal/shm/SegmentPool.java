package io.farmhand.internal.shm;

import io.farmhand.internal.serial.Room;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The segments into which one process writes long payloads for others, each lent to one payload at a time. What was given
 * back is lent again, since the pages of a new file cost more than the copy does; what nobody wanted for some seconds is
 * removed.
 *
 * <pre>
 *   lend: made or taken --> LENT --> given back (see SharedPayload) --> FREE --> lent again
 *                                                                        '-----> removed; its readers are told
 * </pre>
 *
 * <p>Where there is no room, nothing is lent: then payloads go by the transport.
 *
 * <p><b>Concurrency.</b> {@code lock} guards all fields. Files are made, mapped and removed without it.
 */
public final class SegmentPool implements Room, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SegmentPool.class.getName());
    /** Smaller makes and zeroes pages anew after each pause, larger holds memory that nobody uses. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(20);
    /** Sizes are rounded up to a part in so many, so that payloads of about one size find each other's segments. */
    private static final int ROUNDING = 8;
    private static final long LONGEST = Integer.MAX_VALUE - 8;
    /** Of what is left in the file system a new segment takes at most one part in so many: others want some, too. */
    private static final int SHARE_OF_USABLE = 2;

    /**
     * How long to wait for a segment to come back rather than to make one more. About what it costs to make one of 16 MiB
     * (zeros, and each page touched for the first time), which is 16 times what it costs to fill one that is in use.
     */
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final Executor LATER = CompletableFuture.delayedExecutor(IDLE_NANOS, TimeUnit.NANOSECONDS);

    private final String prefix;
    private final long maxBytes;
    private final long enoughBytes;
    private final IntConsumer gone;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition givenBack = lock.newCondition();
    // Guarded by lock.
    private final List<Segment> free = new ArrayList<>();
    private final Map<Integer, ByteBuffer> held = new HashMap<>();
    private long totalBytes;
    private int lastNumber;
    private boolean trimming;
    private boolean closed;
    private boolean warned;

    /** A file and its mapping. */
    private static final class Segment {
        final int number;
        final Path file;
        final Arena arena;
        final MemorySegment memory;
        /** Since when nobody has it; guarded by the pool. */
        long freeSince;

        Segment(int number, Path file, Arena arena, MemorySegment memory) {
            this.number = number;
            this.file = file;
            this.arena = arena;
            this.memory = memory;
        }

        long sizeBytes() {
            return memory.byteSize();
        }
    }

    /**
     * Makes no segment yet.
     *
     * @param prefix the path of each segment's file, but for its number
     * @param maxBytes how long all segments together may be
     * @param enoughBytes from which length on a segment that is about to come back is waited for, a little
     * @param gone told, on any thread, which segments were removed
     */
    public SegmentPool(String prefix, long maxBytes, long enoughBytes, IntConsumer gone) {
        this.prefix = prefix;
        this.maxBytes = maxBytes;
        this.enoughBytes = enoughBytes;
        this.gone = gone;
    }

    @Override
    public @Nullable ByteBuffer lend(long sizeBytes) {
        Segment segment = takeFree(sizeBytes);
        if (segment == null) {
            segment = make(Math.min(LONGEST, rounded(sizeBytes)));
        }
        return segment == null ? null : lend(segment, this::giveBack);
    }

    /**
     * Room for payloads whose readers keep them for as long as they like, such as functions: each has a segment of its
     * own, which is removed at its end and not lent again.
     */
    public Room onceOnly() {
        return new Room() {
            @Override
            public @Nullable ByteBuffer lend(long sizeBytes) {
                Segment segment = make(sizeBytes);
                return segment == null ? null : SegmentPool.lend(segment, SegmentPool.this::remove);
            }

            @Override
            public void seal(ByteBuffer written) {
                SegmentPool.this.seal(written);
            }

            @Override
            public void giveBack(ByteBuffer lent) {
                SegmentPool.this.giveBack(lent);
            }
        };
    }

    /** What becomes of a segment that nobody needs any more. */
    private interface Return {
        void of(Segment segment);
    }

    private static ByteBuffer lend(Segment segment, Return end) {
        MemorySegment part = segment.memory.asSlice(0, Math.min(segment.sizeBytes(), LONGEST));
        return SharedPayload.lend(part, segment.number, 0, () -> end.of(segment));
    }

    static long rounded(long sizeBytes) {
        long step = Math.max(4096, Long.highestOneBit(sizeBytes) / ROUNDING);
        return Math.ceilDiv(sizeBytes, step) * step;
    }

    /** A segment that is free, or comes back soon where there are enough. */
    private @Nullable Segment takeFree(long sizeBytes) {
        lock.lock();
        try {
            long patience = totalBytes + sizeBytes > enoughBytes ? PATIENCE_NANOS : 0;
            Segment found = bestFree(sizeBytes);
            while (found == null && patience > 0) {
                patience = givenBack.awaitNanos(patience);
                found = bestFree(sizeBytes);
            }
            return found;
        } catch (InterruptedException e) { // the item is told to stop: no time to wait
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Segment bestFree(long sizeBytes) {
        @Nullable
        Segment best = null;
        for (Segment segment : free) {
            boolean better = best == null || segment.sizeBytes() < best.sizeBytes()
                    || (segment.sizeBytes() == best.sizeBytes() && segment.freeSince - best.freeSince > 0);
            if (segment.sizeBytes() >= sizeBytes && better) {
                best = segment;
            }
        }
        if (best != null) {
            free.remove(best);
        }
        return best;
    }

    private @Nullable Segment make(long sizeBytes) {
        int number;
        lock.lock();
        try {
            if (closed || totalBytes + sizeBytes > maxBytes) {
                return null;
            }
            totalBytes += sizeBytes;
            number = ++lastNumber;
        } finally {
            lock.unlock();
        }
        Path file = Path.of(prefix + number);
        Arena arena = Arena.ofShared();
        boolean made = false;
        try {
            // Of a segment that somebody waits for anyway: asking takes microseconds.
            long usableBytes = file.resolveSibling(".").toFile().getUsableSpace();
            if (usableBytes / SHARE_OF_USABLE < sizeBytes) {
                throw new IOException("usableBytes=" + usableBytes + " is too little");
            }
            Segment segment = new Segment(number, file, arena, SegmentFile.create(file, sizeBytes, arena));
            made = true;
            return segment;
        } catch (IOException e) {
            warn(sizeBytes, file, e);
            return null;
        } finally {
            if (!made) {
                arena.close();
                adjust(-sizeBytes);
            }
        }
    }

    private void warn(long sizeBytes, Path file, IOException failure) {
        boolean first;
        lock.lock();
        try {
            first = !warned && !closed;
            warned = true;
        } finally {
            lock.unlock();
        }
        LOG.log(first ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
                "A payload does not go by shared memory but, slower, by the transport, as will others: sizeBytes="
                        + sizeBytes + " file=" + file + ": " + failure.getMessage()
                        + ". Give the container more (docker run --shm-size, compose shm_size).");
    }

    @Override
    public void seal(ByteBuffer written) {
        SharedPayload.seal(written);
    }

    @Override
    public void giveBack(ByteBuffer lent) {
        SharedPayload.end(lent);
    }

    /** Keeps a payload for the process that it is sent to, until that has {@link #freed} it. */
    public void hold(ByteBuffer payload) {
        SharedPayload.Place place = SharedPayload.placeOf(payload);
        if (place != null) {
            lock.lock();
            try {
                held.put(place.segment(), payload);
            } finally {
                lock.unlock();
            }
        }
    }

    /** The process that a payload was sent to has read it. */
    public void freed(int segment) {
        ByteBuffer payload;
        lock.lock();
        try {
            payload = held.remove(segment);
        } finally {
            lock.unlock();
        }
        if (payload != null) {
            SharedPayload.end(payload);
        }
    }

    private void giveBack(Segment segment) {
        boolean first;
        lock.lock();
        try {
            if (closed) {
                segment.arena.close();
                return;
            }
            segment.freeSince = System.nanoTime();
            free.add(segment);
            givenBack.signal();
            first = !trimming;
            trimming = true;
        } finally {
            lock.unlock();
        }
        if (first) {
            LATER.execute(this::trim);
        }
    }

    /** Removes what nobody wanted for long. */
    private void trim() {
        List<Segment> idle = new ArrayList<>();
        boolean more;
        lock.lock();
        try {
            long now = System.nanoTime();
            for (Iterator<Segment> segments = free.iterator(); segments.hasNext();) {
                Segment segment = segments.next();
                if (now - segment.freeSince >= IDLE_NANOS / 2) {
                    segments.remove();
                    idle.add(segment);
                }
            }
            trimming = !free.isEmpty();
            more = trimming;
        } finally {
            lock.unlock();
        }
        idle.forEach(this::remove);
        if (more) {
            LATER.execute(this::trim);
        }
    }

    private void remove(Segment segment) {
        try {
            Files.deleteIfExists(segment.file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a segment is left to its directory's end", e);
        }
        segment.arena.close();
        adjust(-segment.sizeBytes());
        gone.accept(segment.number);
    }

    private void adjust(long bytes) {
        lock.lock();
        try {
            totalBytes += bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Lends nothing any more; who has something may go on with it. The files go with their directory. */
    @Override
    public void close() {
        List<Segment> last;
        lock.lock();
        try {
            closed = true;
            last = List.copyOf(free);
            free.clear();
        } finally {
            lock.unlock();
        }
        last.forEach(segment -> segment.arena.close());
    }
}
