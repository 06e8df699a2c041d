package io.farmhand.shared;

import io.farmhand.internal.home.ObjectKey;
import io.farmhand.internal.home.Occupant;
import io.farmhand.internal.home.Opened;
import io.farmhand.internal.home.Place;
import io.farmhand.internal.home.SegmentPlace;
import io.farmhand.internal.serial.HostBoundException;
import io.farmhand.internal.shm.View;
import io.farmhand.internal.shm.WordLock;
import io.farmhand.internal.shm.Words;
import io.farmhand.internal.sync.SyncObjects;
import io.farmhand.sync.Handle;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.sync.RLock;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the data of one handle is, as this process sees it.
 *
 * <pre>
 *   0         64       88     96       104       120     128
 *  +---------+--------+------+--------+---------+-------+----------------------------------------------------
 *  |  place  |  lock  | kind |  size  |  guard  |       | data if it fits into the page, else in file N.1
 *  +---------+--------+------+--------+---------+-------+----------------------------------------------------
 * </pre>
 *
 * <p>The page with the locks stays mapped while anything refers to it, since threads may sleep on it. The data ends with the
 * close. A large one has a file of its own, since a file's memory is given back when none of it is mapped any more. Where
 * processes cannot wait in shared memory, the maker serves the lock, and how to reach it stands in file N.2.
 */
final class Store implements Occupant {
    private static final int PAGE_BYTES = 4096;
    private static final long LOCK_OFFSET = Place.HEADER_BYTES;
    private static final long LOCK_KIND_OFFSET = LOCK_OFFSET + SyncObjects.RLOCK_BYTES;
    private static final long SIZE_OFFSET = LOCK_KIND_OFFSET + 8;
    private static final long GUARD_OFFSET = SIZE_OFFSET + 8;
    private static final long DATA_OFFSET = 128;
    private static final long SMALL_BYTES = PAGE_BYTES - DATA_OFFSET;

    // The kinds of locks.
    private static final int IN_MEMORY = 0;
    private static final int NONE = 1;
    private static final int SERVED = 2;

    static {
        assert GUARD_OFFSET + WordLock.SIZE_BYTES <= DATA_OFFSET;
    }

    private final Form form;
    private final @Nullable Class<?> type;
    private final SegmentPlace place;
    private final View view;
    private final WordLock guard;
    /** Each refers to the other, so they go together. */
    private final Handle handle;

    private final @Nullable RLock lock;
    /** Whether nobody may open it by its name any more, here as in other processes. */
    private volatile boolean unlinked;

    private Store(Form form, @Nullable Class<?> type, SegmentPlace place, View view) throws IOException {
        this.form = form;
        this.type = type;
        this.place = place;
        this.view = view;
        this.guard = place.lock(GUARD_OFFSET);
        this.handle = form.handle(this, type);
        this.lock = handle instanceof Stored owner ? lock(owner, place) : null;
    }

    private static @Nullable RLock lock(Stored owner, SegmentPlace place) throws IOException {
        return switch (Words.getInt(place.memory(), LOCK_KIND_OFFSET)) {
            case IN_MEMORY -> SyncObjects.rlock(place, LOCK_OFFSET, new LockOf(owner));
            case SERVED -> Files.exists(lockFile(place))
                    ? SyncObjects.servedRLock(lockFile(place))
                    : SyncObjects.serveRLock(lockFile(place));
            default -> null;
        };
    }

    private static Path lockFile(SegmentPlace place) {
        return place.file(2);
    }

    private static Path dataFile(SegmentPlace place) {
        return place.file(1);
    }

    /**
     * Makes one.
     *
     * @param type of what it is made, where it has such a type
     * @param sizeBytes how much data, at least 0
     * @param raw whether it has no lock
     * @throws UncheckedIOException when there is no room
     */
    static Handle create(Form form, @Nullable Class<?> type, long sizeBytes, boolean raw) {
        boolean small = sizeBytes <= SMALL_BYTES;
        SegmentPlace place = SegmentPlace.create(form.code(),
                DATA_OFFSET - Place.HEADER_BYTES + (small ? sizeBytes : 0));
        Words.setLong(place.memory(), SIZE_OFFSET, sizeBytes);
        Words.setInt(place.memory(), LOCK_KIND_OFFSET, raw ? NONE : SyncObjects.locksAreShared() ? IN_MEMORY : SERVED);
        try {
            View view = small ? inPage(place, sizeBytes) : View.create(dataFile(place), sizeBytes);
            Store store = new Store(form, type, place, view);
            place.occupy(store, dataFile(place), lockFile(place));
            return store.handle;
        } catch (IOException e) {
            place.close();
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static View inPage(SegmentPlace place, long sizeBytes) {
        return View.of(place.memory().asSlice(DATA_OFFSET, sizeBytes));
    }

    /**
     * Opens one, unless it is open here.
     *
     * @throws HandleClosedException when it was closed, or the process that made it has ended
     * @throws IllegalArgumentException when it is something else
     */
    static Handle open(Form form, @Nullable Class<?> type, ObjectKey key) {
        Occupant there = Opened.get(key, () -> opened(form, type, SegmentPlace.open(key)));
        if (there instanceof Store store && store.unlinked) {
            throw new HandleClosedException("It was unlinked: name=" + Names.of(key));
        }
        if (there instanceof Store store && store.form == form && store.type == type) {
            return store.handle;
        }
        throw somethingElse(form.of(type), there instanceof Store store
                ? store.form.of(store.type)
                : there.getClass().getSimpleName(), key);
    }

    private static IllegalArgumentException somethingElse(String wanted, String found, ObjectKey key) {
        return new IllegalArgumentException("It is something else that has this name: wanted=" + wanted + " found="
                + found + " name=" + Names.of(key));
    }

    private static Store opened(Form form, @Nullable Class<?> type, SegmentPlace place) {
        if (place.kind() != form.code()) {
            throw somethingElse(form.of(type), Form.named(place.kind()), place.key());
        }
        long sizeBytes = Words.getLong(place.memory(), SIZE_OFFSET);
        try {
            View view = sizeBytes <= SMALL_BYTES ? inPage(place, sizeBytes) : View.open(dataFile(place));
            if (view.segment().byteSize() != sizeBytes) {
                throw new IllegalStateException("The file was changed by others: sizeBytes=" + sizeBytes + " fileBytes="
                        + view.segment().byteSize() + " file=" + dataFile(place));
            }
            return new Store(form, type, place, view);
        } catch (IOException e) {
            HandleClosedException gone = new HandleClosedException("It cannot be opened: " + e);
            gone.initCause(e);
            throw gone;
        }
    }

    /** The data. */
    MemorySegment data() {
        return view.segment();
    }

    /** A lock for the inside of the thing, which nobody else can hold. */
    WordLock guard() {
        return guard;
    }

    /**
     * Its lock.
     *
     * @throws UnsupportedOperationException when it is raw
     */
    RLock lock() {
        if (lock == null) {
            throw new UnsupportedOperationException("It was made raw, without a lock: make it by create, not by raw.");
        }
        return lock;
    }

    /** What travels instead of the handle. */
    Serializable reference() {
        HostBoundException.check(handle, "a " + form.of(type), form.instead());
        return new Reference(form, type, key());
    }

    /** Where it is; whoever asks may tell others. */
    ObjectKey key() {
        return place.key();
    }

    boolean isClosed() {
        return !view.isAlive() || place.isClosed();
    }

    /** Ends it in this process, and for all who would open it if it was made here. */
    void close() {
        Opened.forget(place.key(), this);
        place.close();
        if (place.isHome()) {
            deleteMore();
        }
        if (lock != null) {
            lock.close();
        }
        wakeAll();
        view.close();
    }

    /** Lets nobody open it any more. */
    void unlink() {
        unlinked = true;
        SegmentPlace.delete(place.file());
        deleteMore();
    }

    private void deleteMore() {
        if (Words.getInt(place.memory(), LOCK_KIND_OFFSET) == SERVED) {
            SegmentPlace.delete(lockFile(place));
        }
        if (data().byteSize() > SMALL_BYTES) {
            SegmentPlace.delete(dataFile(place));
        }
    }

    /**
     * Fails if it was closed by its maker.
     *
     * @throws HandleClosedException in that case
     */
    void check() {
        place.check();
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        guard.release(slot);
        if (lock instanceof Occupant occupant) {
            occupant.partyLeft(slot, killed);
        }
    }

    @Override
    public void wakeAll() {
        guard.wakeAll();
        if (lock instanceof Occupant occupant) {
            occupant.wakeAll();
        }
    }

    /** A handle on its way. */
    private record Reference(Form form, @Nullable Class<?> type, ObjectKey key) implements Serializable {
        @SuppressWarnings("unused") // called by serialization
        private Object readResolve() {
            return open(form, type, key);
        }
    }

    /** A handle's lock on its way. */
    private record LockOf(Stored handle) implements Serializable {
        @SuppressWarnings("unused") // called by serialization
        private Object readResolve() {
            return handle.store().lock();
        }
    }
}
