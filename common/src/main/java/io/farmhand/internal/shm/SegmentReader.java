package io.farmhand.internal.shm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The segments of one process as another one reads them: each is mapped once, read-only, and stays mapped until it is gone
 * and nothing of it is lent. Only files of that process can be named, by their numbers.
 *
 * <p><b>Concurrency.</b> The monitor guards all fields; files are opened with it, since the transport's thread alone opens.
 */
public final class SegmentReader implements AutoCloseable {
    /** More mappings than this are a mistake of the process that writes. */
    private static final int MOST = 10_000;

    private final String prefix;
    private final Map<Integer, Mapping> mappings = new HashMap<>();

    /** A segment that is mapped; its fields are guarded by the reader. */
    private static final class Mapping {
        final Arena arena;
        final MemorySegment memory;
        int lent;
        boolean gone;

        Mapping(Arena arena, MemorySegment memory) {
            this.arena = arena;
            this.memory = memory;
        }
    }

    /** @param prefix the path of each segment's file, but for its number */
    public SegmentReader(String prefix) {
        this.prefix = prefix;
    }

    /**
     * A payload, read-only, that the process which wrote it keeps until it is told.
     *
     * @throws IOException when there is no such segment, or it is shorter
     */
    public synchronized ByteBuffer payload(SharedPayload.Place place, long sizeBytes) throws IOException {
        return part(mapping(place.segment()), place, sizeBytes).asByteBuffer();
    }

    /**
     * A payload, read-only.
     *
     * @param read called once, on any thread, when no buffer of it is needed any more
     * @throws IOException when there is no such segment, or it is shorter
     */
    public synchronized ByteBuffer payload(SharedPayload.Place place, long sizeBytes, Runnable read)
            throws IOException {
        Mapping mapping = mapping(place.segment());
        MemorySegment part = part(mapping, place, sizeBytes);
        mapping.lent++;
        return SharedPayload.lend(part, place.segment(), place.offset(), () -> {
            giveBack(mapping);
            read.run();
        });
    }

    /**
     * A payload, read-only, in a mapping of its own.
     *
     * @param arena how long that lives
     * @throws IOException when there is no such segment, or it is shorter
     */
    public ByteBuffer payload(SharedPayload.Place place, long sizeBytes, Arena arena) throws IOException {
        return part(SegmentFile.openToRead(file(place.segment()), arena), place, sizeBytes).asByteBuffer();
    }

    private Path file(int segment) {
        return Path.of(prefix + Integer.toUnsignedString(segment));
    }

    private Mapping mapping(int segment) throws IOException {
        Mapping known = mappings.get(segment);
        if (known != null) {
            return known;
        }
        if (mappings.size() == MOST) {
            throw new IOException("there are " + MOST + " segments already");
        }
        Arena arena = Arena.ofShared();
        boolean mapped = false;
        try {
            Mapping mapping = new Mapping(arena, SegmentFile.openToRead(file(segment), arena));
            mappings.put(segment, mapping);
            mapped = true;
            return mapping;
        } finally {
            if (!mapped) {
                arena.close();
            }
        }
    }

    private static MemorySegment part(Mapping mapping, SharedPayload.Place place, long sizeBytes) throws IOException {
        return part(mapping.memory, place, sizeBytes);
    }

    private static MemorySegment part(MemorySegment memory, SharedPayload.Place place, long sizeBytes)
            throws IOException {
        long offset = place.offset();
        if (offset < 0 || sizeBytes < 0 || sizeBytes > Integer.MAX_VALUE || offset > memory.byteSize() - sizeBytes) {
            throw new IOException("segment=%d has bytes=%d, asked for offset=%d bytes=%d".formatted(place.segment(),
                    memory.byteSize(), offset, sizeBytes));
        }
        return memory.asSlice(offset, sizeBytes);
    }

    private synchronized void giveBack(Mapping mapping) {
        mapping.lent--;
        closeIfOver(mapping);
    }

    private static void closeIfOver(Mapping mapping) {
        if (mapping.gone && mapping.lent == 0) {
            mapping.arena.close();
        }
    }

    /** The process that writes has removed a segment, of which it has nothing to be read. */
    public synchronized void gone(int segment) {
        Mapping mapping = mappings.remove(segment);
        if (mapping != null) {
            mapping.gone = true;
            closeIfOver(mapping);
        }
    }

    /** Maps nothing any more once what is lent has been given back. */
    @Override
    public synchronized void close() {
        mappings.values().forEach(mapping -> {
            mapping.gone = true;
            closeIfOver(mapping);
        });
        mappings.clear();
    }
}
