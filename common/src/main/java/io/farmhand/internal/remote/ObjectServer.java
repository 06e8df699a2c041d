package io.farmhand.internal.remote;

import io.farmhand.internal.home.Caller;
import io.farmhand.internal.home.Occupant;
import io.farmhand.internal.shm.Party;
import io.farmhand.internal.socket.Doorkeeper;
import io.farmhand.internal.socket.FrameChannel;
import io.farmhand.internal.socket.Outlet;
import io.farmhand.internal.socket.Patience;
import io.farmhand.internal.socket.SocketClient;
import io.farmhand.sync.Handle;
import io.farmhand.sync.HandleClosedException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps objects and calls them for the threads of other processes.
 *
 * <pre>
 *   client process                                server process
 *   proxy, proxy --&gt; RemoteHandler                  ObjectTable --&gt; Served --&gt; the object
 *                       |                              ^
 *                  ObjectClient --- call line ---&gt; Desk (a thread each, acts for the client's Caller)
 *                       |     \---- call line ---&gt; Desk
 *                       \---------- life line ---&gt; Guest (its end: calls interrupted, references dropped, locks freed)
 * </pre>
 *
 * <p><b>Concurrency.</b> The thread {@code farm-door} lets clients in; each line has a thread of its own, {@code farm-desk} for
 * calls and {@code farm-guest} for life lines. {@code slots} is guarded by its own monitor.
 *
 * <p><b>Failure.</b> When a client's life line ends, its desks' calls are interrupted; when the last of them has closed, it
 * is swept out of all objects and its references are dropped. Only then its slot is given to another one.
 */
public final class ObjectServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ObjectServer.class.getName());
    private static final int HOME_SLOT = 1;
    private static final SecureRandom RANDOM = new SecureRandom();
    /** The servers of this JVM, by their id. */
    private static final Map<Long, ObjectServer> HERE = new ConcurrentHashMap<>();

    private final ObjectTable table = new ObjectTable();
    private final Map<Class<?>, ServedType> types = new ConcurrentHashMap<>();
    private final List<ServedType> typesByNumber = new CopyOnWriteArrayList<>();
    private final Map<Long, Guest> guests = new ConcurrentHashMap<>();
    private final AtomicLong lines = new AtomicLong();
    private final BitSet slots = new BitSet(Party.MAX_SLOTS);
    private final ServerKey key;
    private final Doorkeeper doorkeeper;
    private volatile boolean closed;

    private ObjectServer(SocketAddress address, byte[] secret) throws IOException {
        slots.set(0, HOME_SLOT + 1);
        doorkeeper = Doorkeeper.at(address, secret, new Doorkeeper.Guests() {
            @Override
            public void admitted(SocketChannel guest) {
                Thread.ofPlatform().daemon().name("farm-desk").start(() -> greet(guest));
            }

            @Override
            public void refused() {
                LOG.log(System.Logger.Level.WARNING, "one that does not have the key was turned away");
            }

            @Override
            public void broken(IOException cause) {
                LOG.log(System.Logger.Level.ERROR, "nobody can connect any more", cause);
            }
        });
        key = new ServerKey(doorkeeper.address(), secret, RANDOM.nextLong(), ProcessHandle.current().pid(),
                Outlet.currentRealm());
        HERE.put(key.id(), this);
    }

    /**
     * Makes a server without objects, which lets nobody in before it is {@linkplain #open opened}.
     *
     * @param address where it listens
     * @param secret what its clients must know
     * @throws IOException when it cannot listen there
     */
    public static ObjectServer at(SocketAddress address, byte[] secret) throws IOException {
        return new ObjectServer(address, secret);
    }

    /** Lets clients in: what they are to find is there now. */
    public void open() {
        doorkeeper.open();
    }

    /** The server of this JVM that has an id; null if it is another process's. */
    static @Nullable ObjectServer here(long id) {
        return HERE.get(id);
    }

    /** What others must know to use it. */
    public ServerKey key() {
        return key;
    }

    ObjectTable table() {
        return table;
    }

    // ---- types ----

    /**
     * Makes an interface known whose objects stay here: what methods give that are declared to give one becomes a proxy.
     *
     * @param type the interface
     * @param face what proxies for its objects implement: the interface itself, or one that extends it
     */
    public <T> void register(Class<T> type, Class<? extends T> face) {
        synchronized (typesByNumber) {
            if (!types.containsKey(type)) {
                ServedType served = new ServedType(typesByNumber.size(), face);
                typesByNumber.add(served);
                types.put(type, served);
            }
        }
    }

    ServedType type(int number) {
        return typesByNumber.get(number);
    }

    private ServedType type(Class<?> type) {
        ServedType known = types.get(type);
        if (known == null) {
            throw new IllegalArgumentException("This is not registered here: type=" + type.getName());
        }
        return known;
    }

    // ---- objects ----

    /** Enters the object that clients ask for all others: the first one, before anything is registered. */
    public <T> void root(Class<T> type, T target) {
        register(type, type);
        Served root = table.enter(type(type), target, Served.HERE);
        if (root.id() != Talk.ROOT || root.type().id() != Talk.ROOT_TYPE) {
            throw new IllegalStateException("the root must come first: id=" + root.id() + " type=" + root.type().id());
        }
        table.hold(root);
    }

    /** A proxy for an object that stays here, for use in this JVM and for sending away. */
    public <T> T share(Class<T> type, T target) {
        return type.cast(proxy(table.enter(type(type), target, Served.HERE)));
    }

    /** How many objects there are but the root, after a collection of those that are of no use to anybody. */
    public int objectCount() {
        System.gc();
        return table.all().size() - 1;
    }

    Object proxy(Served served) {
        return Proxies.of(served.type().face(), new LocalHandler(this, served));
    }

    /**
     * Calls an object for somebody.
     *
     * @param maker who it is: the maker of what is made now, see {@link Served}
     * @throws Throwable what it throws
     */
    @Nullable
    Object call(Served served, Method method, Caller caller, long maker, @Nullable Object[] arguments)
            throws Throwable {
        Object target = served.target();
        if (target instanceof Handle && maker != served.maker() && method.getName().equals("close")) {
            return null; // only its maker ends it for all
        }
        Object result = caller.call(() -> ServedType.invoke(method, target, arguments));
        if (result == null) {
            return null;
        }
        if (result instanceof ByReference reference) {
            return proxy(table.enter(type(reference.type()), reference.target(), maker));
        }
        ServedType stays = types.get(method.getReturnType());
        if (stays == null || Proxies.isProxy(result)) {
            return result;
        }
        return proxy(served.id() == Talk.ROOT
                ? table.enter(stays, result, maker) // which makes what nobody has seen before
                : table.find(stays, result, maker));
    }

    // ---- clients ----

    private void greet(SocketChannel channel) {
        try {
            FrameChannel line = new FrameChannel(channel);
            ByteBuffer hello = Talk.message(line.receiveUninterruptibly(Long.BYTES * 4,
                    Patience.of(SocketClient.PATIENCE_NANOS, "a client that was let in")));
            byte what = hello.get();
            long id = hello.getLong();
            if (what == Talk.HELLO_LIFE) {
                long wanted = hello.getLong();
                Thread.currentThread().setName("farm-guest");
                admit(id, wanted, line);
            } else {
                serve(id, line);
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a client went away before it was let in", e);
        } finally {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a line was not closed", e);
            }
        }
    }

    private static ByteBuffer reply(int slot, long number, long pid) {
        return ByteBuffer.allocate(2 * Long.BYTES + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(slot)
                .putLong(number).putLong(pid).flip();
    }

    private void admit(long id, long wanted, FrameChannel line) throws IOException {
        boolean mistaken = closed || (wanted != 0 && wanted != key.id());
        int slot = mistaken ? 0 : takeSlot();
        Guest guest = new Guest(key, id, slot, line);
        if (slot > 0) {
            guests.put(id, guest);
            if (closed) {
                line.close(); // it was not among those that were turned away
            }
        }
        boolean farewell = false;
        try {
            line.sendUninterruptibly(reply(slot, key.id(), key.pid()));
            while (slot > 0) {
                farewell |= listen(guest, Talk.message(line.receiveUninterruptibly(Long.BYTES * 4, Patience.ENDLESS)));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.TRACE, "a client is gone", e);
        } finally {
            if (slot > 0) {
                end(guest, !farewell);
            }
            line.close();
        }
    }

    /** Does what a client says on its life line; whether it says farewell. */
    private boolean listen(Guest guest, ByteBuffer message) {
        switch (message.get()) {
            case Talk.RELEASE -> table.release(message.getLong(), message.getInt(), guest);
            case Talk.CANCEL -> {
                long number = message.getLong();
                int sequence = message.getInt();
                guest.desks(number).forEach(desk -> desk.cancel(sequence));
            }
            case Talk.FAREWELL -> {
                return true;
            }
            default ->
                LOG.log(System.Logger.Level.WARNING, "a client says what we do not know: it has another version");
        }
        return false;
    }

    private void serve(long id, FrameChannel line) throws IOException {
        Guest guest = guests.get(id);
        Desk desk = guest == null ? null : new Desk(this, guest, lines.incrementAndGet(), line);
        if (desk == null || guest == null || !guest.enter(desk)) {
            line.sendUninterruptibly(reply(0, 0, 0));
            return;
        }
        try {
            line.sendUninterruptibly(reply(guest.slot(), desk.number(), key.pid()));
            desk.run();
        } finally {
            if (guest.leave(desk)) {
                forget(guest);
            }
        }
    }

    private void end(Guest guest, boolean killed) {
        guests.remove(guest.id());
        guest.end(killed);
        guest.desks().forEach(Desk::close);
        if (guest.leave()) {
            forget(guest);
        }
    }

    /** Nothing acts for a process any more that is gone: only now can it be swept out of the objects. */
    private void forget(Guest guest) {
        sweep(guest.slot(), guest.wasKilled());
        table.drop(guest); // not before: what only it referred to must be swept, too
        synchronized (slots) {
            slots.clear(guest.slot());
        }
    }

    private void sweep(int slot, boolean killed) {
        for (Served served : table.all()) {
            try {
                if (served.target() instanceof Occupant occupant) {
                    occupant.partyLeft(slot, killed);
                }
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a process that ended was not swept out of something", e);
            }
        }
    }

    /** The lowest free slot, or -1 when there is none. */
    private int takeSlot() {
        synchronized (slots) {
            int slot = slots.nextClearBit(0);
            if (slot >= Party.MAX_SLOTS) {
                return -1;
            }
            slots.set(slot);
            return slot;
        }
    }

    /** Fails if this server was closed. */
    void check() {
        if (closed) {
            throw new HandleClosedException("The server of this was closed: " + key);
        }
    }

    /** Turns all clients away. What waits in calls is interrupted. */
    @Override
    public void close() {
        closed = true;
        HERE.remove(key.id());
        doorkeeper.close();
        for (Guest guest : guests.values()) {
            guest.lifeLine().close();
        }
    }
}
