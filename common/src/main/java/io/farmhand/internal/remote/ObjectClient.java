package io.farmhand.internal.remote;

import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.socket.FrameChannel;
import io.farmhand.internal.socket.SocketClient;
import io.farmhand.sync.HandleClosedException;
import io.farmhand.sync.RemoteCallException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
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
 * is said on the life line. The thread {@code farm-proxies} tells the server of proxies that were collected.
 */
public final class ObjectClient {
    private static final System.Logger LOG = System.getLogger(ObjectClient.class.getName());
    private static final SecureRandom RANDOM = new SecureRandom();
    /** More hold descriptors and a thread each at the server, fewer make threads wait for handshakes. */
    private static final int MOST_IDLE = 64;
    private static final Cleaner CLEANER = Cleaner
            .create(task -> Thread.ofPlatform().daemon().name("farm-proxies").unstarted(task));
    /** The servers that this process uses, by their id. */
    private static final Map<Long, ObjectClient> CLIENTS = new ConcurrentHashMap<>();

    private final ServerKey key;
    private final long guest;
    private final FrameChannel lifeLine;
    private final ReentrantLock saying = new ReentrantLock();
    private final Deque<Line> idle = new ConcurrentLinkedDeque<>();
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

    private static final class Line {
        private final FrameChannel channel;
        private final long number;
        private int sequence;

        Line(FrameChannel channel, long number) {
            this.channel = channel;
            this.number = number;
        }
    }

    private ObjectClient(ServerKey key, long guest, FrameChannel lifeLine) {
        this.key = key;
        this.guest = guest;
        this.lifeLine = lifeLine;
    }

    /**
     * This process as a user of a server.
     *
     * @throws HandleClosedException when the server has ended
     */
    public static ObjectClient of(ServerKey key) {
        ObjectClient known = CLIENTS.get(key.id());
        if (known != null && !known.ended) {
            return known;
        }
        try {
            return join(key.address(), key.key(), key);
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
        return join(address, secret, null);
    }

    private static synchronized ObjectClient join(SocketAddress address, byte[] secret, @Nullable ServerKey expected)
            throws IOException {
        ObjectClient known = expected == null ? null : CLIENTS.get(expected.id());
        if (known != null && !known.ended) {
            return known;
        }
        FrameChannel line = open(address, secret);
        boolean joined = false;
        try {
            long guest = RANDOM.nextLong();
            line.sendUninterruptibly(ByteBuffer.allocate(1 + 2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                    .put(Talk.HELLO_LIFE).putLong(guest).putLong(expected == null ? 0 : expected.id()).flip());
            ByteBuffer reply = Talk.message(line.receiveUninterruptibly(Long.BYTES * 4, () -> {}));
            int slot = reply.getInt();
            ServerKey key = new ServerKey(address, secret, reply.getLong(), reply.getLong());
            if (slot < 0) {
                throw new IOException("Too many processes use that server: " + key);
            }
            if (slot == 0) {
                throw new IOException("Another server listens there now: " + key);
            }
            ObjectClient client = CLIENTS.get(key.id());
            if (client == null || client.ended) {
                client = new ObjectClient(key, guest, line);
                CLIENTS.put(key.id(), client);
                Runtime.getRuntime().addShutdownHook(client.exitHook);
                client.watch();
                joined = true;
            }
            return client;
        } finally {
            if (!joined) {
                line.close();
            }
        }
    }

    /** Connects; an interrupt is kept for later. */
    private static FrameChannel open(SocketAddress address, byte[] secret) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return SocketClient.open(address, secret);
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
        Line line = line();
        int sequence = ++line.sequence;
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
        Runnable interrupted = method.interruptible() ? () -> cancel(line.number, sequence) : () -> {};
        ByteBuffer answer = ask(line, out.detach(), interrupted);
        Throwable failure = failure(answer);
        if (failure != null) {
            if (failure instanceof InterruptedException) {
                boolean _ = Thread.interrupted(); // that was the reason
            }
            throw failure;
        }
        return value(answer);
    }

    private ByteBuffer ask(Line line, ByteBuffer request, Runnable interrupted) {
        boolean whole = false;
        try {
            line.channel.sendUninterruptibly(request);
            byte[] answer = line.channel.receiveUninterruptibly(FrameChannel.MAX_FRAME_BYTES, interrupted);
            whole = true;
            return Talk.message(answer);
        } catch (IOException e) {
            throw gone(key, e);
        } finally {
            if (whole) {
                giveBack(line);
            } else {
                line.channel.close();
                lookWhetherItLives();
            }
        }
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

    private Line line() {
        Line line = idle.pollFirst();
        if (line != null) {
            idleLines.decrementAndGet();
            return line;
        }
        if (ended) {
            throw gone(key, null);
        }
        FrameChannel channel = null;
        try {
            channel = open(key.address(), key.key());
            channel.sendUninterruptibly(ByteBuffer.allocate(1 + Long.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                    .put(Talk.HELLO_CALLS).putLong(guest).flip());
            ByteBuffer reply = Talk.message(channel.receiveUninterruptibly(Long.BYTES * 4, () -> {}));
            reply.getInt();
            long number = reply.getLong();
            if (number == 0) {
                throw new EOFException("the server does not know this process any more");
            }
            return new Line(channel, number);
        } catch (IOException e) {
            if (channel != null) {
                channel.close();
            }
            lookWhetherItLives();
            throw gone(key, e);
        }
    }

    private void giveBack(Line line) {
        if (ended) {
            line.channel.close();
        } else if (idleLines.incrementAndGet() > MOST_IDLE) {
            idleLines.decrementAndGet();
            line.channel.close();
        } else {
            idle.addFirst(line);
        }
    }

    /** Lets go of the server when it ends: on the life line it says nothing else. */
    private void watch() {
        var _ = lifeLine.whenReadable().thenRun(this::lookWhetherItLives);
    }

    /** Something broke: was it the server's end? */
    private void lookWhetherItLives() {
        saying.lock();
        try {
            ended = ended || lifeLine.isClosed() || lifeLine.isEnded();
        } catch (IOException e) {
            ended = true;
        } finally {
            saying.unlock();
        }
        if (ended) {
            CLIENTS.remove(key.id(), this);
            lifeLine.close();
            try {
                Runtime.getRuntime().removeShutdownHook(exitHook);
            } catch (IllegalStateException e) {
                LOG.log(System.Logger.Level.TRACE, "this JVM ends, too", e);
            }
            for (Line line; (line = idle.pollFirst()) != null;) {
                line.channel.close();
            }
        }
    }

    private static HandleClosedException gone(ServerKey key, @Nullable IOException cause) {
        boolean alive = ProcessHandle.of(key.pid()).isPresent();
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
        ByteBuffer answer = ask(line(), question.detach(), () -> {});
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
        if (!ended) {
            say(ByteBuffer.allocate(1).put(Talk.FAREWELL).flip());
        }
    }

    private void say(ByteBuffer message) {
        saying.lock();
        try {
            lifeLine.sendUninterruptibly(message);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the server ended first", e);
        } finally {
            saying.unlock();
        }
    }
}
