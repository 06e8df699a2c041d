package io.farmhand.internal.sync;

import io.farmhand.internal.home.Place;
import io.farmhand.sync.Queue;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link Queue}. What a collection can be asked beyond a queue is answered from a copy. */
class SharedQueue<T> extends QueueThing<T> implements Queue<T> {
    private static final long serialVersionUID = 1L;

    SharedQueue(Place place) {
        this(Kind.QUEUE, place, false);
    }

    SharedQueue(Kind kind, Place place, boolean counting) {
        super(kind, place, counting);
    }

    // ---- in ----

    @Override
    public final void put(T item) throws InterruptedException {
        while (!insertWithin(item, Long.MAX_VALUE)) {
            // For ever is long, but not endless.
        }
    }

    @Override
    public final boolean offer(T item) {
        return insertNow(item);
    }

    @Override
    public final boolean offer(T item, Duration timeout) throws InterruptedException {
        return insertWithin(item, Timeouts.nanos(timeout));
    }

    @Override
    public final boolean offer(T item, long timeout, TimeUnit unit) throws InterruptedException {
        return insertWithin(item, unit.toNanos(timeout));
    }

    @Override
    public final boolean add(T item) {
        if (!insertNow(item)) {
            throw new IllegalStateException("The queue is full: capacity=" + store().capacity());
        }
        return true;
    }

    @Override
    public final boolean addAll(Collection<? extends T> items) {
        if (isThis(items)) {
            throw new IllegalArgumentException("a queue cannot be added to itself");
        }
        items.forEach(this::add);
        return !items.isEmpty();
    }

    // ---- out ----

    @Override
    public final T take() throws InterruptedException {
        return removeFirst();
    }

    @Override
    public final @Nullable T poll() {
        return removeNow();
    }

    @Override
    public final @Nullable T poll(Duration timeout) throws InterruptedException {
        return removeWithin(Timeouts.nanos(timeout));
    }

    @Override
    public final @Nullable T poll(long timeout, TimeUnit unit) throws InterruptedException {
        return removeWithin(unit.toNanos(timeout));
    }

    @Override
    public final T remove() {
        return there(removeNow());
    }

    @Override
    public final int drainTo(Collection<? super T> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    public final int drainTo(Collection<? super T> target, int maxItems) {
        if (isThis(Objects.requireNonNull(target, "target"))) {
            throw new IllegalArgumentException("a queue cannot be drained to itself");
        }
        int count = 0;
        for (T item; count < maxItems && (item = removeNow()) != null; count++) {
            target.add(item);
        }
        return count;
    }

    @Override
    public final void clear() {
        dropAll();
    }

    @SuppressWarnings("ReferenceEquality") // a queue is equal to itself only
    private boolean isThis(Collection<?> other) {
        return other == this;
    }

    // ---- looking ----

    @Override
    public final @Nullable T peek() {
        return first();
    }

    @Override
    public final T element() {
        return there(first());
    }

    private static <T> T there(@Nullable T item) {
        if (item == null) {
            throw new NoSuchElementException("the queue is empty");
        }
        return item;
    }

    @Override
    public final int size() {
        return store().count();
    }

    @Override
    public final boolean isEmpty() {
        return size() == 0;
    }

    @Override
    public final int remainingCapacity() {
        int capacity = store().capacity();
        return capacity == Integer.MAX_VALUE ? capacity : capacity - size();
    }

    @Override
    public final Iterator<T> iterator() {
        return java.util.Collections.unmodifiableList(snapshot()).iterator();
    }

    @Override
    public final boolean contains(@Nullable Object item) {
        return item != null && snapshot().contains(item);
    }

    @Override
    public final boolean containsAll(Collection<?> items) {
        return snapshot().containsAll(items);
    }

    @Override
    public final Object[] toArray() {
        return snapshot().toArray();
    }

    @Override
    public final <E> E[] toArray(E[] target) {
        return snapshot().toArray(target);
    }

    // ---- what a queue between processes does not do ----

    private static UnsupportedOperationException onlyTheFirst() {
        return new UnsupportedOperationException("items leave a queue between processes at its head only");
    }

    @Override
    public final boolean remove(@Nullable Object item) {
        throw onlyTheFirst();
    }

    @Override
    public final boolean removeAll(Collection<?> items) {
        throw onlyTheFirst();
    }

    @Override
    public final boolean retainAll(Collection<?> items) {
        throw onlyTheFirst();
    }
}
