package io.farmhand.internal.remote;

import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.socket.FrameChannel;
import io.farmhand.internal.socket.Outlet;
import io.farmhand.internal.socket.Patience;
import io.farmhand.internal.socket.Receiver;
import io.farmhand.internal.socket.SocketClient;
import io.farmhand.internal.socket.TunnelRefusedException;
import io.farmhand.internal.socket.Way;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.sync.RemoteCallException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * This process as a user of one server's objects.
 *
 * <p>A call takes a line that is idle, or opens one; as many are open as threads have called at once, and a few of them are
 * kept. What the calling thread writes, waits for and reads is its own business: there is no thread between.
 *
 * <p><b>Concurrency.</b> {@code handlers} and the counts in it are guarded by its monitor, {@code saying} is held while something
 * is said on the life line, {@code looking} while it is looked at. The thread {@code farm-proxies} learns of proxies that were
 * collected; a virtual thread {@code farm-teller} tells the server, while there is something to tell.
 */
public final class ObjectClient implements Receiver {
    private static final System.Logger LOG = System.getLogger(ObjectClient.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    /** More hold descriptors and a thread each at the server, fewer make threads wait for handshakes. */
    private static final int MOST_IDLE = 64;
    /** How long an interrupted call waits before it doubts that the server lives. Less asks busy ones needlessly. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** How long a server has to show that it lives. Less leaves busy ones alone, more holds up who wants to leave. */
    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final Cleaner CLEANER = Cleaner
            .create(task -> Thread.ofPlatform().daemon().name("farm-proxies").unstarted(task));
    /** The servers that this process uses, by their id. */
    private static final Map<Long, ObjectClient> CLIENTS = new ConcurrentHashMap<>();

    private final ServerKey key;
    private final Way way;
    private final long guest;
    private final FrameChannel lifeLine;
    private final ReentrantLock saying = new ReentrantLock();
    private final ReentrantLock looking = new ReentrantLock();
    private final Queue<ByteBuffer> unsaid = new ConcurrentLinkedQueue<>();
    private final AtomicInteger unsaidCount = new AtomicInteger();
    private final Set<CallLine> lines = ConcurrentHashMap.newKeySet();
    private final Deque<CallLine> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger idleLines = new AtomicInteger();
    private final Map<Integer, ClientType> types = new ConcurrentHashMap<>();
    private final Map<Long, Entry> handlers = new HashMap<>(); // guarded by itself
    private final Thread exitHook = new Thread(this::sayFarewell, "farm-guest-exit");
    private volatile boolean ended;

    /** How often this process's reference to an object was counted by the server. */
    private static final class Entry {
        private final WeakReference<RemoteHandler> handler;
        private int count; // guarded by handlers

        Entry(RemoteHandler handler) {
            this.handler = new WeakReference<>(handler);
        }
    }

    private ObjectClient(ServerKey key, Way way, long guest, FrameChannel lifeLine) {
        this.key = key;
        this.way = way;
        this.guest = guest;
        this.lifeLine = lifeLine;
    }

    /**
     * This process as a user of a server.
     *
     * @throws HandleClosedException when the server has ended
     * @throws IllegalStateException when it does not answer
     */
    public static ObjectClient of(ServerKey key) {
        ObjectClient known = CLIENTS.get(key.id());
        if (known != null && !known.ended) {
            return known;
        }
        try {
            return join(key.way(), key.key(), key);
        } catch (IOException e) {
            throw gone(key, e);
        }
    }

    /**
     * Gets to know a server.
     *
     * @param address where it listens
     * @param secret what its users must know
     * @throws IOException when there is none, or it turns us away
     */
    public static ObjectClient of(SocketAddress address, byte[] secret) throws IOException {
        return join(new Way.Direct(address), secret, null);
    }

    /** Connects without a lock, for that may take long; of several threads that do so at once, one is right. */
    private static ObjectClient join(Way way, byte[] secret, @Nullable ServerKey expected) throws IOException {
        SocketAddress address = way.address();
        FrameChannel line = open(way, secret, SocketClient.PATIENCE_NANOS);
        boolean joined = false;
        try {
            long guest = RANDOM.nextLong();
            ByteBuffer reply = greet(line, address,
                    ByteBuffer.allocate(1 + 2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).put(Talk.HELLO_LIFE)
                            .putLong(guest).putLong(expected == null ? 0 : expected.id()).flip());
            int slot = reply.getInt();
            ServerKey key = new ServerKey(address, secret, reply.getLong(), reply.getLong(),
                    expected == null ? Outlet.currentRealm() : expected.realm());
            if (slot < 0) {
                throw new IOException("Too many processes use that server: " + key);
            }
            if (slot == 0) {
                throw new IOException("Another server listens there now: " + key);
            }
            ObjectClient mine = new ObjectClient(key, way, guest, line);
            ObjectClient client = CLIENTS.compute(key.id(), (_, other) -> other == null || other.ended ? mine : other);
            joined = client.equals(mine);
            if (joined) {
                client.begin();
            }
            return client;
        } finally {
            if (!joined) {
                line.close();
            }
        }
    }

    private void begin() {
        try {
            Runtime.getRuntime().addShutdownHook(exitHook);
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.TRACE, "this JVM ends already, and will do so without a farewell", e);
        }
        // Lets go of the server when it ends: on the life line it says nothing else.
        var _ = lifeLine.whenReadable().thenRun(this::lookWhetherItLives);
    }

    /** Says what a line is for, and hears what becomes of it. */
    private static ByteBuffer greet(FrameChannel line, SocketAddress address, ByteBuffer hello) throws IOException {
        Patience patience = Patience.of(SocketClient.PATIENCE_NANOS, address);
        line.sendUninterruptibly(hello, patience);
        return Talk.message(line.receiveUninterruptibly(Long.BYTES * 4, patience));
    }

    /** Connects; an interrupt is kept for later, but there is less patience after it. */
    private static FrameChannel open(Way way, byte[] secret, long patienceNanos) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return SocketClient.open(way, secret, interrupted ? PROBE_NANOS : patienceNanos);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The server of an id, if this process uses it. */
    static @Nullable ServerKey known(long id) {
        ObjectClient client = CLIENTS.get(id);
        return client == null ? null : client.key;
    }

    @Override
    public boolean isOverheard() {
        return lifeLine.isOverheard();
    }

    @Override
    public Destination destination() {
        return way instanceof Way.Tunnelled ? Destination.BACK : Destination.HERE;
    }

    /** The server. */
    public ServerKey key() {
        return key;
    }

    /** The object that has all others, as that interface. */
    public <T> T root(Class<T> face) {
        RemoteHandler handler = arrived(Talk.ROOT, Talk.ROOT_TYPE, false);
        return face.cast(Proxies.of(face, handler));
    }

    // ---- calls ----

    /**
     * Calls a method of an object.
     *
     * @throws Throwable what it throws
     */
    @Nullable
    Object call(long object, ClientType.Known method, @Nullable Object[] arguments) throws Throwable {
        if (method.interruptible() && Thread.interrupted()) {
            throw new InterruptedException();
        }
        ByteBuffer answer;
        try {
            answer = answer(object, method, arguments);
        } catch (CancellationException e) {
            if (!method.interruptible()) {
                throw e;
            }
            boolean _ = Thread.interrupted();
            throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e.getCause());
        }
        Throwable failure = failure(answer);
        if (failure != null) {
            if (failure instanceof InterruptedException) {
                boolean _ = Thread.interrupted(); // that was the reason
            }
            throw failure;
        }
        return value(answer);
    }

    private ByteBuffer answer(long object, ClientType.Known method, @Nullable Object[] arguments) {
        CallLine line = line();
        int sequence = line.next();
        PayloadBuffer out = new PayloadBuffer();
        out.putByte(Talk.CALL);
        out.putLong(object);
        out.putInt(method.number());
        out.putLong(Thread.currentThread().threadId());
        out.putInt(sequence);
        try {
            Talk.writeItems(out, arguments, this);
        } catch (UnwritableValueException e) {
            giveBack(line);
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (Throwable e) {
            giveBack(line);
            throw e;
        }
        return ask(line, out.detach(),
                new CallPatience(method.interruptible() ? () -> cancel(line.number(), sequence) : () -> {}));
    }

    /**
     * The patience of one call: endless, until an interrupt. Whoever interrupts wants the caller back, but what comes of the
     * call is the server's to say, also that it was interrupted. So a server that says nothing is then asked whether it
     * lives, and left alone if it does not answer.
     */
    private final class CallPatience implements Patience {
        private final Runnable cancel;
        private long since;
        private boolean limited;

        CallPatience(Runnable cancel) {
            this.cancel = cancel;
        }

        @Override
        public void interrupted() {
            cancel.run();
            since = System.nanoTime();
            limited = true;
        }

        @Override
        public long leftNanos() {
            return limited ? GRACE_NANOS - (System.nanoTime() - since) : Long.MAX_VALUE;
        }

        @Override
        public void isOver() throws IOException {
            open(way, key.key(), PROBE_NANOS).close();
            limited = false;
        }
    }

    private ByteBuffer ask(CallLine line, ByteBuffer request, Patience patience) {
        boolean whole = false;
        try {
            ByteBuffer answer = line.ask(request, patience);
            whole = true;
            return answer;
        } catch (SocketTimeoutException e) {
            throw left(key, e);
        } catch (IOException e) {
            throw gone(key, e);
        } finally {
            if (whole) {
                giveBack(line);
            } else {
                discard(line);
                lookWhetherItLives();
            }
        }
    }

    private static CancellationException left(ServerKey key, SocketTimeoutException cause) {
        CancellationException left = new CancellationException("Interrupted while it waited for a server that does not"
                + " answer: " + key
                + ". The server may be stopped (SIGSTOP) or overloaded; whether it makes the call, or"
                + " made it, is not known.");
        left.initCause(cause);
        return left;
    }

    private void discard(CallLine line) {
        lines.remove(line);
        line.close();
    }

    private @Nullable Throwable failure(ByteBuffer answer) {
        if (answer.get() == Talk.VALUE) {
            return null;
        }
        try {
            return CallFailure.read(answer, key.toString());
        } catch (UnreadableValueException e) {
            return unreadable(e);
        }
    }

    private @Nullable Object value(ByteBuffer answer) {
        try {
            return Talk.read(answer);
        } catch (UnreadableValueException e) {
            throw unreadable(e);
        }
    }

    private static RemoteCallException unreadable(UnreadableValueException e) {
        RemoteCallException unreadable = new RemoteCallException(
                "What the call gave cannot be read here: " + e.getMessage(), e.getClass().getName(), "");
        unreadable.initCause(e);
        return unreadable;
    }

    private CallLine line() {
        CallLine line = idle.pollFirst();
        if (line != null) {
            idleLines.decrementAndGet();
            return line;
        }
        if (ended) {
            throw gone(key, null);
        }
        FrameChannel channel = null;
        try {
            channel = open(way, key.key(), SocketClient.PATIENCE_NANOS);
            ByteBuffer reply = greet(channel, key.address(), ByteBuffer.allocate(1 + Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN).put(Talk.HELLO_CALLS).putLong(guest).flip());
            reply.getInt();
            long number = reply.getLong();
            if (number == 0) {
                throw new EOFException("the server does not know this process any more");
            }
            CallLine opened = new CallLine(channel, number);
            lines.add(opened);
            return opened;
        } catch (IOException e) {
            if (channel != null) {
                channel.close();
            }
            lookWhetherItLives();
            throw e instanceof SocketTimeoutException late && Thread.currentThread().isInterrupted()
                    ? left(key, late)
                    : gone(key, e);
        }
    }

    private void giveBack(CallLine line) {
        if (ended) {
            discard(line);
        } else if (idleLines.incrementAndGet() > MOST_IDLE) {
            idleLines.decrementAndGet();
            discard(line);
        } else {
            idle.addFirst(line);
        }
    }

    /** Something broke: was it the server's end? */
    private void lookWhetherItLives() {
        looking.lock();
        try {
            ended = ended || lifeLine.isClosed() || lifeLine.isEnded();
        } catch (IOException e) {
            ended = true;
            lines.forEach(CallLine::close); // its host does not answer: they would not hear of it for long
        } finally {
            looking.unlock();
        }
        if (ended) {
            CLIENTS.remove(key.id(), this);
            lifeLine.close();
            try {
                Runtime.getRuntime().removeShutdownHook(exitHook);
            } catch (IllegalStateException e) {
                LOG.log(System.Logger.Level.TRACE, "this JVM ends, too", e);
            }
            for (CallLine line; (line = idle.pollFirst()) != null;) {
                discard(line);
            }
        }
    }

    private static IllegalStateException gone(ServerKey key, @Nullable IOException cause) {
        if (cause instanceof SocketTimeoutException) {
            return new IllegalStateException("The process that keeps this does not answer: " + key + ": "
                    + cause.getMessage() + ". It may be stopped (SIGSTOP) or overloaded.", cause);
        }
        if (cause instanceof TunnelRefusedException) {
            return new IllegalStateException("The process that keeps this cannot be reached from this worker: " + key
                    + ": " + cause.getMessage(), cause);
        }
        // A number that a process has on another host says nothing here.
        boolean alive = key.way() instanceof Way.Tunnelled || ProcessHandle.of(key.pid()).isPresent();
        HandleClosedException gone = new HandleClosedException((alive
                ? "The process that keeps this cannot be reached: it has closed it, or its manager was closed: "
                : "The process that keeps this has ended: ") + key
                + (cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage())
                + ". What a manager keeps is gone with it.");
        if (cause != null) {
            gone.initCause(cause);
        }
        return gone;
    }

    // ---- objects and types ----

    /** The server's answer to a question that is no call. */
    private @Nullable Object ask(PayloadBuffer question) {
        ByteBuffer answer = ask(line(), question.detach(), new CallPatience(() -> {}));
        Throwable failure = failure(answer);
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
        return value(answer);
    }

    /** Has a reference held for a handle that goes on its way. */
    long hold(long object) {
        PayloadBuffer question = new PayloadBuffer();
        question.putByte(Talk.HOLD);
        question.putLong(object);
        return (Long) java.util.Objects.requireNonNull(ask(question));
    }

    /** A handle has come to this process. */
    RemoteHandler arrived(long object, int type, long token) {
        if (token != 0) {
            PayloadBuffer question = new PayloadBuffer();
            question.putByte(Talk.ARRIVE);
            question.putLong(token);
            question.putLong(object);
            ask(question);
        }
        return arrived(object, type, true);
    }

    private RemoteHandler arrived(long object, int type, boolean counted) {
        ClientType known = type(type);
        synchronized (handlers) {
            Entry entry = handlers.get(object);
            RemoteHandler handler = entry == null ? null : entry.handler.get();
            if (entry == null || handler == null) {
                handler = new RemoteHandler(this, object, known);
                entry = new Entry(handler);
                handlers.put(object, entry);
                Entry dying = entry;
                CLEANER.register(handler, () -> collected(object, dying));
            }
            if (counted) {
                entry.count++;
            }
            return handler;
        }
    }

    private ClientType type(int number) {
        ClientType known = types.get(number);
        if (known != null) {
            return known;
        }
        PayloadBuffer question = new PayloadBuffer();
        question.putByte(Talk.DESCRIBE);
        question.putInt(number);
        ClientType described = new ClientType(number, (List<?>) java.util.Objects.requireNonNull(ask(question)));
        ClientType before = types.putIfAbsent(number, described);
        return before == null ? described : before;
    }

    private void collected(long object, Entry entry) {
        int count;
        synchronized (handlers) {
            handlers.remove(object, entry);
            count = entry.count;
        }
        if (count > 0 && !ended) {
            say(ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).put(Talk.RELEASE)
                    .putLong(object).putInt(count).flip());
        }
    }

    // ---- the life line ----

    private void cancel(long line, int sequence) {
        say(ByteBuffer.allocate(1 + Long.BYTES + Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).put(Talk.CANCEL)
                .putLong(line).putInt(sequence).flip());
    }

    private void sayFarewell() {
        try {
            if (!ended && saying.tryLock(GRACE_NANOS, TimeUnit.NANOSECONDS)) {
                try {
                    lifeLine.sendUninterruptibly(ByteBuffer.allocate(1).put(Talk.FAREWELL).flip(),
                            Patience.of(GRACE_NANOS, key.address()));
                } finally {
                    saying.unlock();
                }
            }
        } catch (IOException | InterruptedException e) {
            LOG.log(System.Logger.Level.DEBUG, "the server ended first", e);
        }
    }

    /** Says something when the server listens: a server that is stopped must hold up neither a caller nor a cleaner. */
    private void say(ByteBuffer message) {
        unsaid.add(message);
        if (unsaidCount.getAndIncrement() == 0) {
            Thread.ofVirtual().name("farm-teller").start(this::sayAll);
        }
    }

    private void sayAll() {
        do {
            ByteBuffer message = java.util.Objects.requireNonNull(unsaid.poll());
            saying.lock();
            try {
                lifeLine.sendUninterruptibly(message);
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the server ended first", e);
            } finally {
                saying.unlock();
            }
        } while (unsaidCount.decrementAndGet() > 0);
    }
}
