package io.farmhand.internal.home;

import io.farmhand.internal.shm.Bell;
import io.farmhand.internal.shm.FutexBell;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.shm.SegmentFile;
import io.farmhand.internal.shm.WordLock;
import io.farmhand.internal.shm.Words;
import io.farmhand.sync.HandleClosedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A place in shared memory, for the threads of any process of this host.
 *
 * <p>The mapping lives until nothing refers to it, so that no access to a closed thing can hit unmapped memory.
 */
public final class SegmentPlace extends Place {
    private static final System.Logger LOG = System.getLogger(SegmentPlace.class.getName());

    private final ObjectKey key;
    private final MemorySegment memory;
    private final Membership membership;
    private final int slot;

    /** Whoever waits refers to the place, by this to what stands there, and so keeps that from being given back. */
    @SuppressWarnings("unused")
    private @Nullable Occupant standing;

    private SegmentPlace(ObjectKey key, MemorySegment memory, Membership membership) {
        this.key = key;
        this.memory = memory;
        this.membership = membership;
        this.slot = membership.slot();
    }

    /**
     * Makes a place in this JVM's home.
     *
     * @param kind what stands there, not 0
     * @param thingBytes how much memory the thing wants
     * @throws UncheckedIOException when there is no room
     */
    public static SegmentPlace create(int kind, long thingBytes) {
        Home home = Home.here();
        ObjectKey key = home.newKey();
        try {
            MemorySegment memory = SegmentFile.create(key.file(), HEADER_BYTES + thingBytes, Arena.ofAuto());
            Words.setInt(memory, KIND_OFFSET, kind);
            return new SegmentPlace(key, memory, home.self());
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    /**
     * Opens a place that this or another process made.
     *
     * @throws HandleClosedException when it was closed, or its home has ended
     * @throws IllegalStateException when the file holds nothing that was made by us
     */
    public static SegmentPlace open(ObjectKey key) {
        Membership membership = Home.of(key);
        try {
            MemorySegment memory = SegmentFile.open(key.file(), Arena.ofAuto());
            if (memory.byteSize() < HEADER_BYTES) {
                throw new IllegalStateException("The file does not hold what the handle says: file=" + key.file());
            }
            return new SegmentPlace(key, memory, membership);
        } catch (IOException e) {
            HandleClosedException gone = new HandleClosedException(closedMessage(key));
            gone.initCause(e);
            throw gone;
        }
    }

    private static String closedMessage(ObjectKey key) {
        return "It was closed by the process that made it, or unlinked: home=" + key.home() + " number=" + key.number();
    }

    @Override
    public void occupy(Occupant occupant) {
        standing = occupant;
        if (isHome()) {
            occupy(occupant, key, memory, List.of(key.file()));
        }
    }

    /** Says what stands here, as {@link #occupy(Occupant)} does, and which files go with it when nobody refers to it. */
    public void occupy(Occupant occupant, Path... more) {
        if (isHome()) {
            occupy(occupant, key, memory, Stream.concat(Stream.of(key.file()), Stream.of(more)).toList());
        }
    }

    /** What releases it must not refer to it. */
    private static void occupy(Occupant occupant, ObjectKey key, MemorySegment memory, List<Path> files) {
        FileParts parts = new FileParts(key, memory);
        Home.here().keep(key, occupant, () -> {
            Home.here().forget(key);
            files.forEach(SegmentPlace::delete);
            parts.deleteAll();
        });
    }

    /** A file of this place, for more memory of what stands here; who makes it deletes it. */
    public Path file(int part) {
        return key.file(part);
    }

    /** What its maker said that stands here. */
    public int kind() {
        return Words.getInt(memory, KIND_OFFSET);
    }

    /** The file of its memory. */
    public Path file() {
        return key.file();
    }

    @Override
    public ObjectKey key() {
        if (isHome()) {
            Home.here().pin(key);
        }
        return key;
    }

    /** Whether it was made by this JVM. */
    public boolean isHome() {
        return slot == Register.HOME_SLOT;
    }

    @Override
    public MemorySegment memory() {
        return memory;
    }

    @Override
    public WordLock lock(long offset, Party party) {
        return new WordLock(memory, offset, party, bell(offset + WordLock.BELL_OFFSET));
    }

    @Override
    public Parts parts() {
        return new FileParts(key, memory);
    }

    @Override
    public Bell bell(long offset) {
        return new FutexBell(memory, offset);
    }

    @Override
    public int slot() {
        return slot;
    }

    @Override
    public long thread() {
        return Thread.currentThread().threadId();
    }

    @Override
    @Nullable
    String endedBecause() {
        return Words.getInt(memory, CLOSED_OFFSET) != 0 ? closedMessage(key) : membership.endedBecause();
    }

    /** Ends it, if this is its home; whoever waits is to be woken after this. */
    @Override
    public void close() {
        if (!isHome() || Words.swapInt(memory, CLOSED_OFFSET, 1) != 0) {
            return;
        }
        Home.here().forget(key);
        delete(key.file());
    }

    @Override
    public void tellHome() {
        membership.say(key.number());
    }

    @Override
    public void deleteParts() {
        if (isHome()) {
            new FileParts(key, memory).deleteAll();
        }
    }

    /** Deletes a file of a thing, if it is there. */
    public static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "shared memory is not given back before this process ends: file="
                    + file, e);
        }
    }
}
