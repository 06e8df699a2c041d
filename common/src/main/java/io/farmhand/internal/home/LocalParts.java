package io.farmhand.internal.home;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Parts in the memory of this JVM, which live until nobody refers to them. */
final class LocalParts implements Parts {
    private record Draft(int slot, int number) {}

    private final Map<Long, MemorySegment> parts = new ConcurrentHashMap<>();
    private final Map<Draft, MemorySegment> drafts = new ConcurrentHashMap<>();

    @Override
    public MemorySegment make(long part, long sizeBytes, Arena arena) {
        MemorySegment made = Arena.ofAuto().allocate(sizeBytes, Long.BYTES);
        parts.put(part, made);
        return made;
    }

    @Override
    public MemorySegment open(long part, Arena arena) throws IOException {
        return there(parts.get(part));
    }

    @Override
    public void delete(long part) {
        parts.remove(part);
    }

    @Override
    public void writeDraft(int slot, int draft, ByteBuffer content) {
        MemorySegment made = Arena.ofAuto().allocate(content.remaining(), Long.BYTES);
        drafts.put(new Draft(slot, draft), made.copyFrom(MemorySegment.ofBuffer(content)));
    }

    @Override
    public void publishDraft(int slot, int draft, long part) throws IOException {
        parts.put(part, there(drafts.remove(new Draft(slot, draft))));
    }

    @Override
    public void deleteDraft(int slot, int draft) {
        drafts.remove(new Draft(slot, draft));
    }

    private static MemorySegment there(@Nullable MemorySegment memory) throws IOException {
        if (memory == null) {
            throw new NoSuchFileException("there is no such part");
        }
        return memory;
    }
}
