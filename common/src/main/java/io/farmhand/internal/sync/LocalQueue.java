package io.farmhand.internal.sync;

import io.farmhand.internal.home.Caller;
import io.farmhand.internal.home.Occupant;
import io.farmhand.internal.remote.Undelivered;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.sync.OwnerDiedException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A queue in the memory of a server, for the processes for whom its threads act. {@code lock} guards all its state.
 *
 * @param <T> the items
 */
final class LocalQueue<T> extends AbstractQueue<T> implements JoinableQueueFace<T>, Occupant, Undelivered {
    private static final long serialVersionUID = 1L;

    private final transient ReentrantLock lock = new ReentrantLock();
    private final transient Condition notEmpty = lock.newCondition();
    private final transient Condition notFull = lock.newCondition();
    private final transient Condition allDone = lock.newCondition();
    private final transient Deque<T> items = new ArrayDeque<>();
    /** How many items each process has taken and not said done. */
    private final transient Map<Integer, Integer> taken = new HashMap<>();
    private final int capacity;
    private long unfinished;
    private int lost;
    private boolean closed;

    LocalQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: capacity=" + capacity);
        }
        this.capacity = capacity;
    }

    private void check() {
        if (closed) {
            throw new HandleClosedException("The queue was closed by the process that made it.");
        }
    }

    private static <R extends @Nullable Object> R locked(ReentrantLock lock, java.util.function.Supplier<R> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    // ---- putting ----

    @Override
    public void put(T item) throws InterruptedException {
        boolean _ = offer(item, Long.MAX_VALUE);
    }

    @Override
    public boolean offer(T item, Duration timeout) throws InterruptedException {
        return offer(item, Timeouts.nanos(timeout));
    }

    @Override
    public boolean offer(T item, long timeout, TimeUnit unit) throws InterruptedException {
        return offer(item, unit.toNanos(timeout));
    }

    private boolean offer(T item, long timeoutNanos) throws InterruptedException {
        Objects.requireNonNull(item, "item");
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (true) {
                check();
                if (items.size() < capacity) {
                    enter(item);
                    return true;
                }
                if (left <= 0) {
                    return false;
                }
                left = await(notFull, left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean offer(T item) {
        Objects.requireNonNull(item, "item");
        return locked(lock, () -> {
            check();
            boolean fits = items.size() < capacity;
            if (fits) {
                enter(item);
            }
            return fits;
        });
    }

    private void enter(T item) {
        items.addLast(item);
        unfinished++;
        notEmpty.signal();
    }

    /** Waits on a condition; how long is left. */
    @SuppressWarnings("WaitNotInLoop") // the caller looks again
    private static long await(Condition condition, long nanos) throws InterruptedException {
        if (nanos == Long.MAX_VALUE) {
            condition.await();
            return Long.MAX_VALUE;
        }
        return condition.awaitNanos(nanos);
    }

    // ---- taking ----

    @Override
    @SuppressWarnings("NullAway") // it waits for ever
    public T take() throws InterruptedException {
        return poll(Long.MAX_VALUE);
    }

    @Override
    public @Nullable T poll(Duration timeout) throws InterruptedException {
        return poll(Timeouts.nanos(timeout));
    }

    @Override
    public @Nullable T poll(long timeout, TimeUnit unit) throws InterruptedException {
        return poll(unit.toNanos(timeout));
    }

    private @Nullable T poll(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (true) {
                check();
                T item = first();
                if (item != null || left <= 0) {
                    return item;
                }
                left = await(notEmpty, left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public @Nullable T poll() {
        return locked(lock, () -> {
            check();
            return first();
        });
    }

    private @Nullable T first() {
        T item = items.pollFirst();
        if (item != null) {
            taken.merge(Caller.current().slot(), 1, Integer::sum);
            notFull.signal();
        }
        return item;
    }

    /** What was taken by a process that was gone is the next one's. */
    @Override
    @SuppressWarnings("unchecked")
    public void takeBack(Method method, Object result) {
        boolean takes = switch (method.getName()) {
            case "take", "poll" -> true;
            case "remove" -> method.getParameterCount() == 0; // remove(Object) only says whether it did
            default -> false;
        };
        if (!takes) {
            return;
        }
        lock.lock();
        try {
            forgetTaken(Caller.current().slot());
            items.addFirst((T) result);
            notEmpty.signal();
        } finally {
            lock.unlock();
        }
    }

    // ---- looking ----

    @Override
    public @Nullable T peek() {
        return locked(lock, items::peekFirst);
    }

    @Override
    public int size() {
        return locked(lock, items::size);
    }

    @Override
    public int remainingCapacity() {
        return locked(lock, () -> capacity == Integer.MAX_VALUE ? capacity : capacity - items.size());
    }

    @Override
    public List<T> snapshot() {
        return locked(lock, () -> new ArrayList<>(items));
    }

    @Override
    public Iterator<T> iterator() {
        return snapshot().iterator();
    }

    @Override
    public boolean contains(@Nullable Object item) {
        return snapshot().contains(item);
    }

    @Override
    public boolean remove(@Nullable Object item) {
        return locked(lock, () -> removed(items.remove(item) ? 1 : 0));
    }

    @Override
    public boolean removeThere(Predicate<? super T> filter) {
        return locked(lock, () -> {
            int before = items.size();
            items.removeIf(filter);
            return removed(before - items.size());
        });
    }

    @Override
    public boolean removeIf(Predicate<? super T> filter) {
        return removeThere(filter);
    }

    @Override
    public void clear() {
        locked(lock, () -> {
            int before = items.size();
            items.clear();
            return removed(before);
        });
    }

    /** Items that nobody will take count as done. */
    private boolean removed(int count) {
        if (count > 0) {
            notFull.signalAll();
            done(count);
        }
        return count > 0;
    }

    // ---- done ----

    @Override
    public void taskDone() {
        locked(lock, () -> {
            check();
            if (unfinished <= 0) {
                throw new IllegalStateException("taskDone() was called more often than items were put in");
            }
            int slot = Caller.current().slot();
            if (!forgetTaken(slot)) {
                taken.keySet().stream().findFirst().ifPresent(this::forgetTaken); // it is done for another one
            }
            done(1);
            return true;
        });
    }

    /** One item less is at a process; false if none was. */
    private boolean forgetTaken(int slot) {
        boolean had = taken.containsKey(slot);
        taken.computeIfPresent(slot, (_, count) -> count == 1 ? null : count - 1);
        return had;
    }

    private void done(int count) {
        unfinished -= count;
        if (unfinished <= 0) {
            allDone.signalAll();
        }
    }

    @Override
    public void join() throws InterruptedException, OwnerDiedException {
        boolean _ = join(Long.MAX_VALUE);
    }

    @Override
    public boolean join(Duration timeout) throws InterruptedException, OwnerDiedException {
        return join(Timeouts.nanos(timeout));
    }

    private boolean join(long timeoutNanos) throws InterruptedException, OwnerDiedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (true) {
                check();
                if (unfinished <= 0) {
                    tellOfTheLost();
                    return true;
                }
                if (left <= 0) {
                    return false;
                }
                left = await(allDone, left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void tellOfTheLost() throws OwnerDiedException {
        if (lost > 0) {
            int count = lost;
            lost = 0;
            throw new OwnerDiedException("Consumers ended between taking items and saying that they were done: items="
                    + count + ". They count as done now.");
        }
    }

    // ---- the end ----

    @Override
    public void partyLeft(int slot, boolean killed) {
        lock.lock();
        try {
            Integer count = taken.remove(slot);
            if (count != null && unfinished > 0) {
                int theirs = (int) Math.min(count, unfinished);
                lost += theirs;
                done(theirs);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wakeAll() {
        lock.lock();
        try {
            notEmpty.signalAll();
            notFull.signalAll();
            allDone.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        wakeAll();
    }

    @Override
    public boolean isClosed() {
        return locked(lock, () -> closed);
    }
}
