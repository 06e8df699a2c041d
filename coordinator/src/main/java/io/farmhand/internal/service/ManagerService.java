package io.farmhand.internal.service;

import io.farmhand.managed.ManagedArray;
import io.farmhand.managed.ManagedList;
import io.farmhand.managed.ManagedMap;
import io.farmhand.managed.ManagedSet;
import io.farmhand.managed.ManagedValue;
import io.farmhand.managed.Namespace;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.BoundedSemaphore;
import io.farmhand.sync.Event;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.Lock;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemoteRunnable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The object from which the users of a manager get all others; see the methods of {@code Manager}. */
public interface ManagerService {
    <K, V> ManagedMap<K, V> map();

    <E extends @Nullable Object> ManagedList<E> list();

    <E extends @Nullable Object> ManagedSet<E> set();

    <T> JoinableQueue<T> queue(int capacity);

    Namespace namespace();

    <T extends @Nullable Object> ManagedValue<T> value(T value);

    <E extends @Nullable Object> ManagedArray<E> array(List<? extends E> elements);

    Lock lock();

    RLock rlock();

    Semaphore semaphore(int permits);

    BoundedSemaphore boundedSemaphore(int permits);

    Event event();

    Barrier barrier(int parties, @Nullable RemoteRunnable action, @Nullable Duration timeout);

    PoolFace pool(int workers);

    /** Makes an interface known, and how its objects are made. */
    <T> void register(Class<T> type, RemoteFunction<Object[], ? extends T> factory);

    /** Makes an object of an interface that was registered; the caller gets a proxy for it. */
    Object create(Class<?> type, Object[] arguments) throws Exception;

    int objectCount();
}
