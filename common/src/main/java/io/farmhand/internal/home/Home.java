package io.farmhand.internal.home;

import io.farmhand.internal.jvm.LastUsers;
import io.farmhand.internal.shm.Cleaning;
import io.farmhand.internal.shm.FarmDirectory;
import io.farmhand.internal.shm.Party;
import io.farmhand.sync.HandleClosedException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * This JVM as the keeper of what it made, and its memberships in the homes of others.
 *
 * <pre>
 *     JVM A (home of lock 7)                              JVM B (uses lock 7)
 *   /dev/shm/farmhand-A-…/7   <====== both map it ======>   SegmentPlace
 *   /dev/shm/farmhand-A-…/home  <----- one line ---------   Membership (slot 5)
 *        |
 *   farm-lines: B's line ends  ->  farm-sweep-5: each of A's things: partyLeft(5)
 * </pre>
 *
 * <p>A process that uses what another one made keeps one line to it, a domain socket in its directory, on which it was
 * given its slot. When it ends, however it ends, the kernel closes the line, and its home sweeps it out of all things:
 * locks are freed, permits return, barriers break. When the home ends, its users see that the same way.
 *
 * <p><b>Concurrency.</b> {@code things} and {@code memberships} are concurrent maps. Each sweep has a thread of its own,
 * {@code farm-sweep-SLOT}: where two processes die at once, the sweep of one may wait for a lock that the other held, and
 * that is freed by the other's sweep. A slot is given anew after it was swept.
 */
public final class Home {
    private static final System.Logger LOG = System.getLogger(Home.class.getName());
    private static final String SOCKET = "home";
    private static final int NO_SLOT_LEFT = 0;
    /** How long a home may take to let a process in. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Made at first use; holds whatever it threw then. */
    private static final class Holder {
        private static final Lines LINES = lines();

        private static Lines lines() {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(
                        () -> MEMBERSHIPS.values().forEach(each -> each.say(Lines.FAREWELL)), "farm-line-exit"));
            } catch (IllegalStateException e) {
                LOG.log(System.Logger.Level.DEBUG, "this JVM ends already: it will seem to have been killed", e);
            }
            try {
                return Lines.start();
            } catch (IOException e) {
                throw new UncheckedIOException("the lines to other processes cannot be watched", e);
            }
        }
    }

    private static final Map<String, Membership> MEMBERSHIPS = new ConcurrentHashMap<>();
    private static @Nullable Home here;

    private final FarmDirectory directory;
    private final Membership self;
    private final Register register = new Register();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, Kept> things = new ConcurrentHashMap<>();

    private Home(FarmDirectory directory) {
        this.directory = directory;
        this.self = new Membership(directory.path().toString(), Register.HOME_SLOT, null);
    }

    /**
     * The home that this JVM is, made when it is first asked for.
     *
     * @throws UncheckedIOException when its directory or socket cannot be made
     */
    public static synchronized Home here() {
        if (here == null) {
            try {
                here = open();
            } catch (IOException e) {
                throw new UncheckedIOException("This process cannot share anything: " + e.getMessage(), e);
            }
        }
        return here;
    }

    private static Home open() throws IOException {
        FarmDirectory directory = FarmDirectory.createShared();
        boolean whole = false;
        try {
            Home home = new Home(directory);
            ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            door.bind(UnixDomainSocketAddress.of(directory.path().resolve(SOCKET)));
            Holder.LINES.accept(door, home::admit);
            MEMBERSHIPS.put(directory.path().toString(), home.self);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> exit(directory), "farm-home-exit"));
            whole = true;
            return home;
        } finally {
            if (!whole) {
                directory.close();
            }
        }
    }

    private static void exit(FarmDirectory directory) {
        LastUsers.await();
        directory.close();
    }

    /** Where the files of what was made here are. */
    public Path directory() {
        return directory.path();
    }

    /** A key for a new thing of this home. */
    ObjectKey newKey() {
        return new ObjectKey(directory.path().toString(), numbers.incrementAndGet());
    }

    /** This JVM's part in itself. */
    Membership self() {
        return self;
    }

    /**
     * Keeps a thing, so that those that end are swept out of it.
     *
     * @param release gives back what it takes, when nobody here refers to it and no handle to it has travelled
     */
    void keep(ObjectKey key, Occupant thing, Runnable release) {
        things.put(key.number(), new Kept(thing));
        Opened.add(key, thing);
        var _ = Cleaning.register(thing, release);
    }

    /** A handle to a thing travels. */
    void pin(ObjectKey key) {
        Kept kept = things.get(key.number());
        if (kept != null) {
            kept.pin();
        }
    }

    /** Forgets a thing. */
    void forget(ObjectKey key) {
        things.remove(key.number());
    }

    /** Another process uses what is kept here. */
    private void admit(SocketChannel line) {
        int slot = register.take();
        try {
            ByteBuffer answer = ByteBuffer.allocate(Integer.BYTES).putInt(slot).flip();
            line.write(answer); // into an empty buffer of the kernel's
            if (slot == NO_SLOT_LEFT) {
                line.close();
                return;
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a process left before it was let in", e);
            if (slot == NO_SLOT_LEFT) {
                return;
            }
        }
        Holder.LINES.watch(line, new LineEnd() {
            private boolean saidFarewell;

            @Override
            public void said(int what) {
                if (what == Lines.FAREWELL) {
                    saidFarewell = true;
                } else {
                    lookAgain(what);
                }
            }

            @Override
            public void ended() {
                // A sweep may have to wait for a lock whose holder has died, too, and is swept by another one.
                boolean killed = !saidFarewell;
                Thread.ofPlatform().daemon().name("farm-sweep-" + slot).start(() -> sweep(slot, killed));
            }
        });
    }

    private void lookAgain(int number) {
        Kept kept = things.get(number);
        Occupant thing = kept == null ? null : kept.get();
        if (thing != null) {
            thing.lookAgain();
        }
    }

    private void sweep(int slot, boolean killed) {
        for (Kept kept : things.values()) {
            try {
                Occupant thing = kept.get();
                if (thing != null) {
                    thing.partyLeft(slot, killed);
                }
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "a process that ended was not swept out of something", e);
            }
        }
        register.free(slot);
    }

    /** In which homes this process has a part, its own among them. */
    static Set<String> homes() {
        return Set.copyOf(MEMBERSHIPS.keySet());
    }

    /**
     * This process's part in the home that keeps a thing; the first time it asks to be let in there.
     *
     * @throws HandleClosedException when that home has ended
     * @throws IllegalStateException when it does not answer
     */
    static Membership of(ObjectKey key) {
        Membership known = MEMBERSHIPS.get(key.home());
        return known != null ? known : join(key.home());
    }

    /** Asks to be let in, without a lock, for that may take long; of several threads that do so at once, one is right. */
    private static Membership join(String home) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted(); // it closes a channel that blocks, and is kept for later
                try {
                    return join(home, deadline);
                } catch (ClosedByInterruptException e) {
                    LOG.log(System.Logger.Level.TRACE, "interrupted while another process was asked; once more", e);
                }
            }
        } catch (SocketTimeoutException e) {
            throw new IllegalStateException("The process that made this does not answer: home=" + home + " seconds="
                    + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + ". It may be stopped (SIGSTOP) or overloaded.",
                    e);
        } catch (IOException e) {
            HandleClosedException gone = new HandleClosedException("The process that made this has ended, or runs on"
                    + " another host: home=" + home + ". Shared memory and what stands on it live in the process that"
                    + " makes them, for processes of the same host; a Manager serves others, too.");
            gone.initCause(e);
            throw gone;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Membership join(String home, long deadline) throws IOException {
        SocketChannel line = SocketChannel.open(StandardProtocolFamily.UNIX);
        boolean watched = false;
        try {
            int slot = knock(line, home, deadline);
            if (slot == NO_SLOT_LEFT) {
                throw new IllegalStateException("Too many processes use what that process shares: processes="
                        + (Party.MAX_SLOTS - 1) + " home=" + home + ". End some, or share from another process.");
            }
            Membership mine = new Membership(home, slot, line);
            Membership joined = MEMBERSHIPS.putIfAbsent(home, mine);
            if (joined != null) {
                return joined;
            }
            watched = true;
            watch(home, line, mine);
            return mine;
        } finally {
            if (!watched) {
                line.close();
            }
        }
    }

    /** Asks for a slot. */
    private static int knock(SocketChannel line, String home, long deadline) throws IOException {
        try (TimeLimit limit = new TimeLimit(line, deadline - System.nanoTime())) {
            try {
                line.connect(UnixDomainSocketAddress.of(Path.of(home, SOCKET)));
                return readSlot(line);
            } catch (ClosedChannelException e) {
                if (limit.hasPassed()) {
                    throw (SocketTimeoutException) new SocketTimeoutException("no answer").initCause(e);
                }
                throw e;
            }
        }
    }

    private static void watch(String home, SocketChannel line, Membership joined) {
        Holder.LINES.watch(line, new LineEnd() {
            @Override
            public void said(int what) {
                // A home says nothing.
            }

            @Override
            public void ended() {
                MEMBERSHIPS.remove(home, joined);
                joined.end();
            }
        });
    }

    private static int readSlot(SocketChannel line) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(Integer.BYTES);
        while (answer.hasRemaining()) {
            if (line.read(answer) < 0) {
                throw new EOFException("the home has ended");
            }
        }
        return answer.flip().getInt();
    }
}
