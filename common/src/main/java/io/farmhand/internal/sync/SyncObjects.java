package io.farmhand.internal.sync;

import io.farmhand.internal.home.LocalPlace;
import io.farmhand.internal.home.ObjectKey;
import io.farmhand.internal.home.Opened;
import io.farmhand.internal.home.Place;
import io.farmhand.internal.home.SegmentPlace;
import io.farmhand.internal.shm.FutexBell;
import io.farmhand.internal.shm.SegmentFile;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.BoundedSemaphore;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Event;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.Lock;
import io.farmhand.sync.Pipe;
import io.farmhand.sync.Queue;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import io.farmhand.sync.SimpleQueue;
import io.farmhand.sync.Waitable;
import io.farmhand.task.RemoteRunnable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes and opens what {@code io.farmhand.sync} offers. */
public final class SyncObjects {
    /** Whether what is made here is in shared memory; otherwise this JVM serves it to others. */
    private static final boolean SHARED = FutexBell.isAvailable();

    private SyncObjects() {}

    /** See {@link Lock#create()}. */
    public static Lock lock() {
        return SHARED
                ? (Lock) create(Kind.LOCK, SharedLock.SIZE_BYTES)
                : SyncServer.share(Lock.class, LocalThings.lock());
    }

    /** See {@link RLock#create()}. */
    public static RLock rlock() {
        return SHARED
                ? (RLock) create(Kind.RLOCK, SharedRLock.SIZE_BYTES)
                : SyncServer.share(RLock.class, LocalThings.rlock());
    }

    /** How much memory an {@link RLock} takes that is a part of something. */
    public static final long RLOCK_BYTES = SharedRLock.SIZE_BYTES;

    /** Whether a lock that is a part of something in shared memory can stand there, too; otherwise its maker serves it. */
    public static boolean locksAreShared() {
        return SHARED;
    }

    /**
     * The lock of something that has it in its memory.
     *
     * @param place where that stands; the lock's occupant is to be told what its own is told
     * @param offset where in its memory the lock's bytes are, aligned to 8
     * @param standIn what travels instead of the lock, and becomes the lock there
     */
    public static RLock rlock(Place place, long offset, Serializable standIn) {
        return new SharedRLock(place, offset, standIn);
    }

    /**
     * Makes a lock that this JVM serves.
     *
     * @param file where others find how to reach it, by {@link #servedRLock(Path)}
     * @throws IOException when that cannot be written
     */
    public static RLock serveRLock(Path file) throws IOException {
        RLock lock = SyncServer.share(RLock.class, LocalThings.rlock());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(lock);
        }
        SegmentFile.write(file, ByteBuffer.wrap(bytes.toByteArray()));
        return servedRLock(file); // so that it is not on its way any more
    }

    /**
     * The lock that a process serves.
     *
     * @throws IOException when the file cannot be read
     */
    public static RLock servedRLock(Path file) throws IOException {
        try (ObjectInputStream in = new ObjectInputStream(Files.newInputStream(file))) {
            return (RLock) Objects.requireNonNull(in.readObject());
        } catch (ClassNotFoundException e) {
            throw new IOException(e);
        }
    }

    /** See {@link Semaphore#create(int)}. */
    public static Semaphore semaphore(int permits) {
        return SHARED
                ? semaphore(Kind.SEMAPHORE, permits)
                : SyncServer.share(Semaphore.class, LocalThings.semaphore(permits));
    }

    /** See {@link BoundedSemaphore#create(int)}. */
    public static BoundedSemaphore boundedSemaphore(int permits) {
        return SHARED
                ? (BoundedSemaphore) semaphore(Kind.BOUNDED_SEMAPHORE, permits)
                : SyncServer.share(BoundedSemaphore.class, LocalThings.boundedSemaphore(permits));
    }

    private static SharedSemaphore semaphore(Kind kind, int permits) {
        SharedSemaphore.checkPermits(permits);
        return create(kind, SharedSemaphore.SIZE_BYTES, place -> {
            SharedSemaphore semaphore = (SharedSemaphore) kind.in(place);
            semaphore.begin(permits);
            return semaphore;
        });
    }

    /** See {@link Condition#create()}. */
    public static Condition condition() {
        return SHARED ? condition((SharedLock) rlock(), true) : rlock().newCondition();
    }

    /** See {@link Lock#newCondition()}. */
    static Condition condition(SharedLock lock, boolean ownsLock) {
        if (lock.place() instanceof LocalPlace) {
            return new SharedCondition(new LocalPlace(SharedCondition.SIZE_BYTES), lock, ownsLock);
        }
        return create(Kind.CONDITION, SharedCondition.SIZE_BYTES,
                place -> new SharedCondition(place, lock, ownsLock));
    }

    /** See {@link Event#create()}. */
    public static Event event() {
        return SHARED
                ? create(Kind.EVENT, SharedEvent.SIZE_BYTES, SharedEvent::new)
                : SyncServer.share(Event.class, LocalThings.event());
    }

    /** See {@link Barrier#create(int, RemoteRunnable, Duration)}. */
    public static Barrier barrier(int parties, @Nullable RemoteRunnable action, @Nullable Duration timeout) {
        if (!SHARED) {
            return SyncServer.share(Barrier.class, LocalThings.barrier(parties, action, timeout));
        }
        byte[] encoded = SharedBarrier.encoded(parties, action);
        return create(Kind.BARRIER, SharedBarrier.sizeBytes(encoded),
                place -> SharedBarrier.make(place, parties, action, encoded, timeout));
    }

    /** See {@link Queue#create(int)}. */
    @SuppressWarnings("unchecked")
    public static <T> Queue<T> queue(int capacity) {
        return SHARED
                ? (Queue<T>) queue(Kind.QUEUE, capacity)
                : SyncServer.share(Queue.class, LocalThings.<T>queue(capacity));
    }

    private static SharedThing queue(Kind kind, int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: capacity=" + capacity);
        }
        return create(kind, QueueStore.SIZE_BYTES, place -> {
            QueueStore.capacity(place, capacity);
            return kind.in(place);
        });
    }

    /** See {@link JoinableQueue#create(int)}. */
    @SuppressWarnings("unchecked")
    public static <T> JoinableQueue<T> joinableQueue(int capacity) {
        return SHARED
                ? (JoinableQueue<T>) queue(Kind.JOINABLE_QUEUE, capacity)
                : SyncServer.share(JoinableQueue.class, LocalThings.<T>queue(capacity));
    }

    /** See {@link SimpleQueue#create()}. */
    @SuppressWarnings("unchecked")
    public static <T> SimpleQueue<T> simpleQueue() {
        return SHARED
                ? (SimpleQueue<T>) queue(Kind.SIMPLE_QUEUE, Integer.MAX_VALUE)
                : SyncServer.share(SimpleQueue.class, LocalThings.<T>simpleQueue());
    }

    /** See {@link Pipe#open(boolean)}. */
    public static Pipe pipe(boolean duplex) {
        SharedPipe pipe = create(Kind.PIPE, SharedPipe.sizeBytes(duplex), place -> {
            if (duplex) {
                PipeEnds.duplex(place);
            }
            return new SharedPipe(place);
        });
        return new Pipe(pipe.end(0), pipe.end(1));
    }

    /** See {@link Connection#waitAny}. */
    public static <W extends Waitable> List<W> waitAny(Collection<W> things, @Nullable Duration timeout)
            throws InterruptedException {
        return Waiting.any(things, timeout);
    }

    private static SharedThing create(Kind kind, long sizeBytes) {
        return create(kind, sizeBytes, kind::in);
    }

    private static <T extends SharedThing> T create(Kind kind, long sizeBytes, Function<Place, T> maker) {
        SegmentPlace place = SegmentPlace.create(kind.code(), sizeBytes);
        T thing = maker.apply(place);
        place.occupy(thing);
        return thing;
    }

    /** The thing that a handle means which came from this or another process. */
    static SharedThing open(Kind kind, ObjectKey key) {
        return open(kind, key, kind::in);
    }

    /** The thing that a handle means which came from this or another process, and what it is made of. */
    static SharedThing open(Kind kind, ObjectKey key, Function<Place, SharedThing> maker) {
        return (SharedThing) Opened.get(key, () -> {
            SegmentPlace place = SegmentPlace.open(key);
            if (place.kind() != kind.code()) {
                throw new IllegalStateException("The file does not hold what the handle says: file=" + place.file());
            }
            SharedThing thing = maker.apply(place);
            place.occupy(thing);
            return thing;
        });
    }
}
