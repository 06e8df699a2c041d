package io.farmhand.internal.shm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Mapped memory that ends when it is told to, or else when nothing refers to it any more, be it by a segment that was cut
 * from it.
 *
 * <p>No arena of the JDK's does both. So the mapping lives in an arena of its own, and what is given out is a window on it
 * in a second one. The mapping is closed with the window, or when nothing refers to the window's scope any more, which
 * each segment of it does. An access after the end is an {@link IllegalStateException}.
 */
public final class View {
    private static final System.Logger LOG = System.getLogger(View.class.getName());

    private final Arena arena;
    private final MemorySegment segment;

    private View(Arena arena, MemorySegment segment) {
        this.arena = arena;
        this.segment = segment;
    }

    /**
     * A view of memory that lives at least as long.
     *
     * @param memory native memory, which this keeps alive
     */
    @SuppressWarnings("restricted") // the same bounds
    public static View of(MemorySegment memory) {
        Arena arena = Arena.ofShared();
        return new View(arena, memory.reinterpret(arena, new KeptAlive(memory)));
    }

    /** Keeps memory alive by being the clean-up of what stands on it. */
    private record KeptAlive(MemorySegment memory) implements Consumer<MemorySegment> {
        @Override
        public void accept(MemorySegment ended) {
            // There is nothing to do: this is not referred to any more.
        }
    }

    /**
     * Makes a file of zeros and maps it.
     *
     * @param file where; it must not exist
     * @param sizeBytes how long, at least 1
     * @throws IOException when there is no room for it, or it cannot be made; nothing is left then
     */
    public static View create(Path file, long sizeBytes) throws IOException {
        return map(mapping -> SegmentFile.create(file, sizeBytes, mapping));
    }

    /**
     * Maps a file that another process may have made.
     *
     * @param file where
     * @throws IOException when it is not there or cannot be mapped
     */
    public static View open(Path file) throws IOException {
        return map(mapping -> SegmentFile.open(file, mapping));
    }

    private interface Mapper {
        MemorySegment map(Arena mapping) throws IOException;
    }

    @SuppressWarnings("restricted") // the same bounds
    private static View map(Mapper mapper) throws IOException {
        Arena mapping = Arena.ofShared();
        Arena arena = Arena.ofShared();
        Cleaner.Cleanable unmap = Cleaning.register(arena.scope(), mapping::close);
        boolean whole = false;
        try {
            View view = new View(arena, mapper.map(mapping).reinterpret(arena, _ -> unmap.clean()));
            whole = true;
            return view;
        } finally {
            if (!whole) {
                unmap.clean();
            }
        }
    }

    /** The memory. */
    public MemorySegment segment() {
        return segment;
    }

    /** Whether it can be used. */
    public boolean isAlive() {
        return segment.scope().isAlive();
    }

    /**
     * Ends it; a second call does nothing. While a system call works on it, it cannot end: it then does so when nothing
     * refers to it any more.
     */
    public void close() {
        try {
            arena.close();
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed before, or in use by a system call", e);
        }
    }
}
