package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.internal.serial.Travel;
import io.farmhand.internal.sync.QueueStore.Item;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Any of the queues: values in, values out, and the waiting between; {@link QueueStore} has the bytes. */
abstract class QueueThing<T> extends SharedThing {
    private static final long serialVersionUID = 1L;

    /**
     * How often a consumer looks before it sleeps. Smaller puts it to sleep, and makes the producer wake it, between items
     * that come close upon each other; larger burns a core that others may want.
     */
    private static final int SPINS = 200;

    private final transient QueueStore store;

    QueueThing(Kind kind, Place place, boolean counting) {
        super(kind, place);
        this.store = new QueueStore(place, counting);
    }

    final QueueStore store() {
        return store;
    }

    // ---- in ----

    /** Puts an item in if there is room; waits for nothing. */
    final boolean insertNow(T item) {
        try {
            return insert(item, 0);
        } catch (InterruptedException e) {
            throw new AssertionError("this does not wait", e);
        }
    }

    /** Puts an item in unless it takes longer to wait for room. */
    final boolean insertWithin(T item, long timeoutNanos) throws InterruptedException {
        Objects.requireNonNull(item, "item");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return insert(item, timeoutNanos);
    }

    private boolean insert(T value, long timeoutNanos) throws InterruptedException {
        Objects.requireNonNull(value, "item");
        place().check();
        Travel travel = Travel.toOne();
        boolean inserted = false;
        try (Scratch scratch = Scratch.take()) {
            Item item = store.prepare(travel.serialize(() -> scratch.write(value)));
            try {
                inserted = insert(item, timeoutNanos);
                return inserted;
            } finally {
                if (!inserted) {
                    store.discard(item);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The item was not put into the queue: " + e.getMessage(), e);
        } finally {
            if (!inserted) {
                travel.undo();
            }
        }
    }

    private boolean insert(Item item, long timeoutNanos) throws InterruptedException, IOException {
        long start = System.nanoTime();
        boolean slept = false;
        while (true) {
            int seen = store.room().count();
            long left = Timeouts.left(start, timeoutNanos);
            if (store.offer(item, slept, left > 0)) {
                return true;
            }
            if (left <= 0) {
                if (slept) {
                    store.room().ringOne(); // it may have been for us
                }
                return false;
            }
            slept = true;
            store.room().await(seen, left);
        }
    }

    // ---- out ----

    /** Takes the first item if there is one; waits for nothing. */
    final @Nullable T removeNow() {
        try {
            return remove(0);
        } catch (InterruptedException e) {
            throw new AssertionError("this does not wait", e);
        }
    }

    /** Takes the first item unless it takes longer until there is one. */
    final @Nullable T removeWithin(long timeoutNanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return remove(timeoutNanos);
    }

    /** Takes the first item, however long it takes until there is one. */
    final T removeFirst() throws InterruptedException {
        while (true) {
            T item = removeWithin(Long.MAX_VALUE);
            if (item != null) {
                return item;
            }
        }
    }

    private @Nullable T remove(long timeoutNanos) throws InterruptedException {
        try (Scratch scratch = Scratch.take()) {
            ByteBuffer bytes = remove(scratch, timeoutNanos);
            return bytes == null ? null : value(scratch, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable ByteBuffer remove(Scratch scratch, long timeoutNanos) throws InterruptedException, IOException {
        long start = timeoutNanos > 0 ? System.nanoTime() : 0;
        boolean slept = false;
        while (true) {
            int seen = store.items().count();
            boolean looksOnly = timeoutNanos > 0 && !slept;
            ByteBuffer bytes = looksOnly ? spin(scratch) : null;
            long left = Timeouts.left(start, timeoutNanos);
            if (bytes == null) {
                bytes = store.poll(scratch, slept, left > 0);
            }
            if (bytes != null) {
                return bytes;
            }
            if (left <= 0) {
                if (slept) {
                    store.items().ringOne(); // it may have been for us
                }
                return null;
            }
            slept = true;
            store.items().await(seen, left);
        }
    }

    /** Looks whether an item comes at once. */
    private @Nullable ByteBuffer spin(Scratch scratch) throws IOException {
        int turn = store.turn();
        ByteBuffer bytes = store.poll(scratch, false, false);
        for (int i = 0; bytes == null && i < SPINS; i++) {
            Thread.onSpinWait();
            if (store.turn() != turn) {
                turn = store.turn();
                bytes = store.poll(scratch, false, false);
            }
        }
        return bytes;
    }

    /** Removes all items, which are done by that. */
    final void dropAll() {
        try {
            while (store.drop()) {
                // The next one.
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first item, which stays; null if there is none. */
    final @Nullable T first() {
        try (Scratch scratch = Scratch.take()) {
            ByteBuffer bytes = store.peek(scratch);
            return bytes == null ? null : value(scratch, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All items at this moment, which stay. */
    final List<T> snapshot() {
        try (Scratch scratch = Scratch.take()) {
            List<T> values = new ArrayList<>();
            for (ByteBuffer bytes : store.copy()) {
                values.add(value(scratch, bytes));
            }
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked") // who puts in other things gets them out
    private T value(Scratch scratch, ByteBuffer bytes) throws IOException {
        return (T) Objects.requireNonNull(scratch.read(bytes));
    }

    // ---- ends ----

    @Override
    public void close() {
        store.close();
    }

    @Override
    public void partyLeft(int slot, boolean killed) {
        store.partyLeft(slot);
    }

    @Override
    public void wakeAll() {
        store.wakeAll();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + (isClosed() ? "closed" : "size=" + store.count()) + "]";
    }
}
