package io.farmhand.internal.home;

import io.farmhand.internal.shm.SegmentFile;
import io.farmhand.internal.shm.Words;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Parts that are files beside the thing's own. It says in the place's header that there were any. */
final class FileParts implements Parts {
    private static final System.Logger LOG = System.getLogger(FileParts.class.getName());

    private final ObjectKey key;
    private final MemorySegment memory;

    FileParts(ObjectKey key, MemorySegment memory) {
        this.key = key;
        this.memory = memory;
    }

    @Override
    public MemorySegment make(long part, long sizeBytes, Arena arena) throws IOException {
        note();
        delete(part);
        return SegmentFile.create(key.file(part), sizeBytes, arena);
    }

    @Override
    public MemorySegment open(long part, Arena arena) throws IOException {
        return SegmentFile.open(key.file(part), arena);
    }

    @Override
    public void delete(long part) {
        SegmentPlace.delete(key.file(part));
    }

    @Override
    public void writeDraft(int slot, int draft, ByteBuffer content) throws IOException {
        note();
        SegmentFile.write(key.draft(slot, draft), content);
    }

    @Override
    public void publishDraft(int slot, int draft, long part) throws IOException {
        Files.move(key.draft(slot, draft), key.file(part), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void deleteDraft(int slot, int draft) {
        SegmentPlace.delete(key.draft(slot, draft));
    }

    private void note() {
        Words.setInt(memory, Place.PARTS_OFFSET, 1);
    }

    /** Deletes all that there are, by their names. */
    void deleteAll() {
        if (Words.getInt(memory, Place.PARTS_OFFSET) == 0) {
            return;
        }
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(Path.of(key.home()), key.number() + ".*")) {
            parts.forEach(SegmentPlace::delete);
        } catch (NoSuchFileException e) {
            LOG.log(System.Logger.Level.DEBUG, "the home's directory was deleted first", e);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "shared memory is not given back before this process ends: home="
                    + key.home() + " number=" + key.number(), e);
        }
    }
}
