package io.farmhand.internal.service;

import io.farmhand.internal.remote.ByReference;
import io.farmhand.internal.remote.ObjectServer;
import io.farmhand.internal.remote.ServerKey;
import io.farmhand.internal.sync.LocalThings;
import io.farmhand.internal.sync.SyncServer;
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
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What runs in a manager's process: an object server, and the service that makes its objects. */
public final class ManagerServer implements ManagerService {
    private final ObjectServer server;
    private final IntFunction<PoolFace> pools;
    private final Map<Class<?>, RemoteFunction<Object[], ?>> factories = new ConcurrentHashMap<>();

    private ManagerServer(ObjectServer server, IntFunction<PoolFace> pools) {
        this.server = server;
        this.pools = pools;
    }

    /**
     * Starts a manager's server in this JVM.
     *
     * @param address where it listens
     * @param key what its users must know
     * @param pools makes a pool of that many workers
     */
    public static ManagerServer start(SocketAddress address, byte[] key, IntFunction<PoolFace> pools)
            throws IOException {
        ObjectServer server = ObjectServer.at(address, key);
        ManagerServer service = new ManagerServer(server, pools);
        server.root(ManagerService.class, service);
        SyncServer.register(server);
        register(server, ManagedMap.class, MapFace.class);
        register(server, ManagedList.class, ListFace.class);
        register(server, ManagedSet.class, SetFace.class);
        register(server, ManagedValue.class, ManagedValue.class);
        register(server, ManagedArray.class, ManagedArray.class);
        register(server, Namespace.class, Namespace.class);
        register(server, PoolFace.class, PoolFace.class);
        register(server, PoolTasks.class, PoolTasks.class);
        server.open();
        return service;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // a class has no type arguments to say
    private static void register(ObjectServer server, Class type, Class face) {
        server.register(type, face);
    }

    /** What its users must know. */
    public ServerKey key() {
        return server.key();
    }

    /** Serves until the thread is interrupted. */
    public void serve() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            server.close();
        }
    }

    @Override
    public <K, V> ManagedMap<K, V> map() {
        return new ServedMap<>();
    }

    @Override
    public <E extends @Nullable Object> ManagedList<E> list() {
        return new ServedList<>();
    }

    @Override
    public <E extends @Nullable Object> ManagedSet<E> set() {
        return new ServedSet<>();
    }

    @Override
    public <T> JoinableQueue<T> queue(int capacity) {
        return LocalThings.queue(capacity);
    }

    @Override
    public Namespace namespace() {
        return new ServedNamespace();
    }

    @Override
    public <T extends @Nullable Object> ManagedValue<T> value(T value) {
        return new ServedValue<>(value);
    }

    @Override
    public <E extends @Nullable Object> ManagedArray<E> array(List<? extends E> elements) {
        return new ServedArray<>(elements);
    }

    @Override
    public Lock lock() {
        return LocalThings.lock();
    }

    @Override
    public RLock rlock() {
        return LocalThings.rlock();
    }

    @Override
    public Semaphore semaphore(int permits) {
        return LocalThings.semaphore(permits);
    }

    @Override
    public BoundedSemaphore boundedSemaphore(int permits) {
        return LocalThings.boundedSemaphore(permits);
    }

    @Override
    public Event event() {
        return LocalThings.event();
    }

    @Override
    public Barrier barrier(int parties, @Nullable RemoteRunnable action, @Nullable Duration timeout) {
        return LocalThings.barrier(parties, action, timeout);
    }

    @Override
    public PoolFace pool(int workers) {
        return pools.apply(workers);
    }

    @Override
    public <T> void register(Class<T> type, RemoteFunction<Object[], ? extends T> factory) {
        server.register(type, type);
        factories.put(type, factory);
    }

    @Override
    public Object create(Class<?> type, Object[] arguments) throws Exception {
        RemoteFunction<Object[], ?> factory = factories.get(type);
        if (factory == null) {
            throw new IllegalArgumentException("That interface is not registered with this manager: type="
                    + type.getName() + ". Call register(" + type.getSimpleName() + ".class, …) first.");
        }
        Object made = factory.apply(arguments);
        if (!type.isInstance(made)) {
            throw new ClassCastException("The factory gave something else: expected=" + type.getName() + " got="
                    + (made == null ? "null" : made.getClass().getName()));
        }
        return new ByReference(type, made);
    }

    @Override
    public int objectCount() {
        return server.objectCount();
    }

    @Override
    public String toString() {
        return "Manager[" + server.key() + "]";
    }
}
