package io.farmhand;

import io.farmhand.internal.remote.ObjectClient;
import io.farmhand.internal.remote.ServerKey;
import io.farmhand.internal.service.ManagerServer;
import io.farmhand.internal.service.ManagerService;
import io.farmhand.internal.socket.Keys;
import io.farmhand.internal.socket.SocketListener;
import io.farmhand.managed.ManagedArray;
import io.farmhand.managed.ManagedList;
import io.farmhand.managed.ManagedMap;
import io.farmhand.managed.ManagedPool;
import io.farmhand.managed.ManagedSet;
import io.farmhand.managed.ManagedValue;
import io.farmhand.managed.Namespace;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.BoundedSemaphore;
import io.farmhand.sync.Client;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Event;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.Listener;
import io.farmhand.sync.Lock;
import io.farmhand.sync.Queue;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemoteRunnable;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A process that keeps objects for others, as Python's {@code multiprocessing.Manager} ({@code SyncManager}): maps, lists,
 * queues, locks, and objects of the user's own interfaces. Whoever gets one gets a proxy: it implements the interface, and
 * each call of it is made in the manager's process.
 *
 * <pre>{@code
 * try (Manager manager = Manager.start(); Pool pool = Pool.create(4)) {
 *     ManagedMap<String, Integer> counts = manager.map();
 *     pool.map(word -> counts.merge(word, 1, Integer::sum), words);
 * }
 * }</pre>
 *
 * <p><b>Proxies</b> and managers are serializable: they are captured by tasks, passed as arguments, put into each other,
 * and work in any process of this host, and in the workers of a cluster that this host's processes give work to, wherever these
 * are; beyond that by way of a network, if the manager listens at an address of it. Any number of threads may use one. An object lives while any process has a proxy for it, or an object of the manager refers to it, or
 * a proxy is on its way; a proxy that was serialized and never read holds its object until the manager ends.
 *
 * <p><b>What a serialized proxy or manager carries</b> is the manager's address, the object's number, and the manager's key, so
 * that every process that gets one can use it: whoever reads its bytes can use the manager. Python's proxies leave the key
 * out, and need the same {@code authkey} set in each process. The key is left out here, too, where the receiver has it, on a
 * connection to the manager itself, and where others could read it, on a connection of TCP that leaves this host: a process
 * that gets a proxy of one manager by way of another one there must have called {@link #connect} for the first before.
 *
 * <p><b>Calls.</b> Arguments and results are copies, except proxies. What the object throws arrives as itself, with a
 * {@link io.farmhand.sync.RemoteCallException} at the end of its causes that has the stack there. An interrupt of a caller
 * interrupts the call there, if the method is declared to throw {@link InterruptedException}.
 *
 * <p><b>Ends.</b> When a user's process ends, however it ends, its calls are interrupted, its proxies no longer count, and
 * what it held is given back: locks are freed, permits return, barriers break. When the manager has ended, each use of its
 * objects fails with a {@link HandleClosedException}.
 */
public final class Manager implements AutoCloseable, Serializable {
    /** What methods of served collections give, as copies. */
    private static final Set<Class<?>> COPIED = Set.of(Iterable.class, Collection.class, SequencedCollection.class,
            List.class,
            Set.class, Map.class, SequencedMap.class, Map.Entry.class, Iterator.class);

    private static final long serialVersionUID = 1L;
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final ServerKey server;
    /** The process, where it was started by this JVM. */
    private final transient @Nullable JvmProcess process;

    private Manager(ServerKey server, @Nullable JvmProcess process) {
        this.server = server;
        this.process = process;
    }

    /**
     * Starts a manager for processes of this user on this host, with a key of its own.
     *
     * @throws UncheckedIOException when its process cannot be started
     */
    public static Manager start() {
        return builder().start();
    }

    /** A manager with options, as the arguments of Python's {@code BaseManager}. */
    public static ManagerBuilder builder() {
        return new ManagerBuilder();
    }

    /**
     * A manager that runs already, started by whatever process.
     *
     * @param address where it listens
     * @param key its key
     * @throws io.farmhand.sync.AuthenticationException if that is not its key
     * @throws IOException when no manager listens there
     */
    public static Manager connect(SocketAddress address, byte[] key) throws IOException {
        return new Manager(ObjectClient.of(address, key).key(), null);
    }

    /** @param address where it is to listen; null for a domain socket of its own */
    static Manager start(@Nullable SocketAddress address, byte[] key, String[] jvmArgs) {
        byte[] once = Keys.random();
        try (Listener listener = Listener.open(once)) {
            SocketAddress caller = listener.address();
            JvmProcess process = JvmProcess.builder(() -> serve(address, key, caller, once)).daemon(true)
                    .name("manager").jvmArgs(jvmArgs).start();
            boolean started = false;
            CompletableFuture<Void> watch = process.onExit().thenAccept(_ -> giveUp(listener));
            try {
                ServerKey server = awaitStart(listener, process);
                started = true;
                return new Manager(server, process);
            } finally {
                watch.cancel(false);
                if (!started) {
                    process.kill();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The manager could not be started: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while the manager was started");
        }
    }

    private static void giveUp(Listener listener) {
        listener.close();
    }

    private static ServerKey awaitStart(Listener listener, JvmProcess process)
            throws IOException, InterruptedException {
        try (Connection connection = listener.accept()) {
            return connection.receive() instanceof ServerKey server ? server : failed(process, null);
        } catch (IOException e) {
            return failed(process, e);
        }
    }

    private static ServerKey failed(JvmProcess process, @Nullable IOException cause)
            throws IOException, InterruptedException {
        process.join(GRACE);
        Throwable failure = process.failure().orElse(cause);
        throw new IOException("its process ended: exitCode=" + process.exitCode()
                + (failure == null ? "" : ": " + failure.getMessage()), failure);
    }

    /** Runs in the manager's process. */
    private static void serve(@Nullable SocketAddress address, byte[] key, SocketAddress caller, byte[] once)
            throws IOException, InterruptedException {
        ManagerServer service = ManagerServer.start(address == null ? SocketListener.freshAddress() : address, key,
                workers -> new ServedPool(workers == 0 ? Pool.create() : Pool.create(workers)));
        try (Connection connection = Client.connect(caller, once)) {
            connection.send(service.key());
        }
        service.serve();
    }

    private ManagerService service() {
        return ObjectClient.of(server).root(ManagerService.class);
    }

    /** Where it listens. */
    public SocketAddress address() {
        return server.address();
    }

    /** What its users must know; a copy. */
    public byte[] key() {
        return server.key();
    }

    /** Its process. */
    public long pid() {
        return server.pid();
    }

    // ---- objects ----

    /** Makes an empty map, as Python's {@code dict}. */
    public <K, V> ManagedMap<K, V> map() {
        return service().map();
    }

    /** Makes an empty list. */
    public <E extends @Nullable Object> ManagedList<E> list() {
        return service().list();
    }

    /** Makes a list of elements. */
    public <E extends @Nullable Object> ManagedList<E> list(Collection<? extends E> elements) {
        ManagedList<E> list = list();
        list.addAll(elements);
        return list;
    }

    /** Makes an empty set. */
    public <E extends @Nullable Object> ManagedSet<E> set() {
        return service().set();
    }

    /** Makes a queue with no bound but memory. */
    public <T> Queue<T> queue() {
        return queue(Integer.MAX_VALUE);
    }

    /**
     * Makes a bounded queue.
     *
     * @param capacity how many items it holds at most, at least 1
     */
    public <T> Queue<T> queue(int capacity) {
        return service().queue(capacity);
    }

    /** Makes a queue that can be waited for, with no bound but memory. */
    public <T> JoinableQueue<T> joinableQueue() {
        return joinableQueue(Integer.MAX_VALUE);
    }

    /**
     * Makes a bounded queue that can be waited for.
     *
     * @param capacity how many items it holds at most, at least 1
     */
    public <T> JoinableQueue<T> joinableQueue(int capacity) {
        return service().queue(capacity);
    }

    /** Makes an empty namespace. */
    public Namespace namespace() {
        return service().namespace();
    }

    /** Makes a value. */
    public <T extends @Nullable Object> ManagedValue<T> value(T value) {
        return service().value(value);
    }

    /** Makes an array of elements. */
    @SafeVarargs
    @SuppressWarnings("varargs") // they are only read
    public final <E extends @Nullable Object> ManagedArray<E> array(E... elements) {
        return service().array(Arrays.asList(elements));
    }

    /** Makes an array of elements. */
    public <E extends @Nullable Object> ManagedArray<E> array(List<? extends E> elements) {
        return service().array(elements);
    }

    /** Makes a lock. */
    public Lock lock() {
        return service().lock();
    }

    /** Makes a reentrant lock. */
    public RLock rlock() {
        return service().rlock();
    }

    /**
     * Makes a semaphore.
     *
     * @param permits how many permits there are at first, at least 0
     */
    public Semaphore semaphore(int permits) {
        return service().semaphore(permits);
    }

    /**
     * Makes a bounded semaphore.
     *
     * @param permits how many permits there are at first, and at most; at least 0
     */
    public BoundedSemaphore boundedSemaphore(int permits) {
        return service().boundedSemaphore(permits);
    }

    /** Makes a condition with a reentrant lock of its own. */
    public Condition condition() {
        return rlock().newCondition();
    }

    /** Makes a condition of a lock, which this manager made. */
    public Condition condition(Lock lock) {
        return lock.newCondition();
    }

    /** Makes an event that is not set. */
    public Event event() {
        return service().event();
    }

    /**
     * Makes a barrier.
     *
     * @param parties how many threads are to wait for each other, at least 1
     */
    public Barrier barrier(int parties) {
        return barrier(parties, null, null);
    }

    /**
     * Makes a barrier.
     *
     * @param parties how many threads are to wait for each other, at least 1
     * @param action what runs in the manager's process when all have come; or null
     * @param timeout how long each waits at most; or null for no limit
     */
    public Barrier barrier(int parties, @Nullable RemoteRunnable action, @Nullable Duration timeout) {
        return service().barrier(parties, action, timeout);
    }

    /** Starts a pool in the manager's process, with a worker for each core. */
    public ManagedPool pool() {
        return new PoolProxy(service().pool(0));
    }

    /**
     * Starts a pool in the manager's process.
     *
     * @param workers how many workers, at least 1
     */
    public ManagedPool pool(int workers) {
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be at least 1: workers=" + workers);
        }
        return new PoolProxy(service().pool(workers));
    }

    // ---- the user's own ----

    /**
     * Makes an interface of the user's own known, for all who use this manager: {@link #create} makes objects of it, and
     * what methods give that are declared to give one stays with the manager, too.
     *
     * @param <T> the interface
     * @param type the interface; the classes that it mentions must be on the manager's class path, which is that of the JVM
     *        that started it
     * @param factory makes an object, in the manager's process
     * @throws IllegalArgumentException if it is not an interface, or one of the JDK's for collections and what they give: use
     *         {@link #list}, {@link #map} and {@link #set}, or an interface of your own that extends it
     */
    public <T> void register(Class<T> type, RemoteCallable<? extends T> factory) {
        Objects.requireNonNull(factory, "factory");
        String name = type.getName();
        register(type, arguments -> {
            if (arguments.length > 0) {
                throw new IllegalArgumentException("The factory takes no arguments: type=" + name + " arguments="
                        + arguments.length + ". Register one that takes them: arguments -> new ...(arguments[0])");
            }
            return factory.call();
        });
    }

    /**
     * Makes an interface of the user's own known, whose objects are made with arguments.
     *
     * @param <T> the interface
     * @param type the interface
     * @param factory makes an object from the arguments of {@link #create}, in the manager's process
     * @throws IllegalArgumentException as {@link #register(Class, RemoteCallable)}
     */
    public <T> void register(Class<T> type, RemoteFunction<Object[], ? extends T> factory) {
        if (!type.isInterface()) {
            throw new IllegalArgumentException("Only interfaces can be registered, since proxies implement them: type="
                    + type.getName());
        }
        if (COPIED.contains(type)) {
            throw new IllegalArgumentException(
                    "Values of this type travel as copies, also for the manager's own objects: type="
                            + type.getName()
                            + ". Use list(), map() or set(), or register an interface of your own that extends it.");
        }
        service().register(type, factory);
    }

    /**
     * Makes an object of an interface that was registered.
     *
     * @param <T> the interface
     * @param type the interface
     * @param arguments what the factory gets
     * @return a proxy for it
     * @throws IllegalArgumentException if the interface was not registered
     */
    public <T> T create(Class<T> type, Object... arguments) {
        try {
            return type.cast(service().create(type, arguments));
        } catch (Exception e) {
            throw Failures.asItIs(e);
        }
    }

    // ---- its end ----

    /**
     * How many objects it keeps at this moment; for tests. The manager collects its garbage first; proxies that this process
     * no longer uses count until this one does, too.
     */
    public int objectCount() {
        return service().objectCount();
    }

    /** Whether it can be used no more. */
    public boolean isClosed() {
        try {
            service();
            return process != null && !process.isAlive();
        } catch (HandleClosedException e) {
            return true;
        }
    }

    /**
     * Ends the manager and all its objects, if this JVM started it, and waits for its end, as Python's {@code shutdown};
     * elsewhere does nothing. Processes that use it learn by a {@link HandleClosedException}.
     */
    @Override
    public void close() {
        JvmProcess own = process;
        if (own == null || !own.isAlive()) {
            return;
        }
        own.interrupt(); // which ends it in order, and which no call can hold up
        boolean interrupted = Thread.interrupted();
        try {
            if (!own.join(GRACE)) {
                own.kill();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            own.kill();
        }
        own.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Manager manager && manager.server.equals(server);
    }

    @Override
    public int hashCode() {
        return Objects.hash(server);
    }

    @Override
    public String toString() {
        return "Manager[" + server + "]";
    }
}
