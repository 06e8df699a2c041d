package io.farmhand.internal.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Opens the door of a listener to those who know the key.
 *
 * <p><b>Concurrency.</b> The thread {@code farm-door} owns the selector and all that knocks; it never waits for one peer: a
 * handshake is a few bytes that fit into the kernel's buffers. A peer that does not come to an end with it in ten seconds
 * is turned away, and so is the oldest when too many are at it.
 */
public final class Doorkeeper implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Doorkeeper.class.getName());
    private static final int MOST_KNOCKING = 128;
    private static final int BACKLOG = 128;
    private static final int LENGTH_BYTES = 4;
    /** Longer keeps those waiting that knock, shorter burns time while nobody can be let in. */
    private static final long REST_MILLIS = 100;

    private final ServerSocketChannel door;
    private final Selector selector;
    private final SocketAddress address;
    private final byte[] key;
    private final Guests guests;
    /** Those that have not shown yet that they know the key, the oldest first. */
    private final Set<Knocking> knocking = new LinkedHashSet<>();
    /** Those that have, and are not told of yet. */
    private final List<SocketChannel> through = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;
    /** Whether nobody is let in for a moment, since that failed: there may be no descriptors left. */
    private boolean resting;
    private boolean failing;

    /** Who is told of those that came. Called on the thread of the doorkeeper; must not wait. */
    public interface Guests {
        /** One that knows the key. */
        void admitted(SocketChannel guest);

        /** One that does not. */
        void refused();

        /** The door broke; nobody comes any more. */
        void broken(IOException cause);
    }

    private final class Knocking {
        private final SocketChannel channel;
        private final Handshake.Listeners handshake = new Handshake.Listeners(key);
        private final ByteBuffer answer = ByteBuffer.allocate(Handshake.ANSWER_FRAME_BYTES);
        private final long since = System.nanoTime();

        Knocking(SocketChannel channel) {
            this.channel = channel;
        }
    }

    private Doorkeeper(ServerSocketChannel door, Selector selector, byte[] key, Guests guests) throws IOException {
        this.door = door;
        this.selector = selector;
        this.address = door.getLocalAddress();
        this.key = Keys.check(key);
        this.guests = guests;
        this.thread = Thread.ofPlatform().daemon().name("farm-door").unstarted(this::run);
    }

    /**
     * Makes a door, at which those that knock wait until it is {@linkplain #open opened}.
     *
     * @param address where
     * @param key what those who come must know
     * @param guests is told of them
     */
    public static Doorkeeper at(SocketAddress address, byte[] key, Guests guests) throws IOException {
        ServerSocketChannel door = address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
        Selector selector = null;
        boolean opened = false;
        try {
            try {
                door.bind(address, BACKLOG);
            } catch (IOException e) {
                throw new IOException("Cannot listen there: address=" + address + ": " + e.getMessage(), e);
            }
            door.configureBlocking(false);
            selector = Selector.open();
            door.register(selector, SelectionKey.OP_ACCEPT);
            Doorkeeper keeper = new Doorkeeper(door, selector, key, guests);
            opened = true;
            return keeper;
        } finally {
            if (!opened) {
                Quietly.close(selector);
                Quietly.close(door);
            }
        }
    }

    /** Lets in those that know the key. */
    public void open() {
        thread.start();
    }

    /** Where the door is. */
    public SocketAddress address() {
        return address;
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(this::ready, resting ? REST_MILLIS : patience());
                giveAway();
                rest(failing);
                failing = false;
                turnAwayTheSilent();
            }
        } catch (ClosedSelectorException e) {
            LOG.log(System.Logger.Level.TRACE, "the door is closed", e);
        } catch (IOException | RuntimeException | Error e) {
            if (!closed) {
                guests.broken(e instanceof IOException broken ? broken : new IOException(e));
            }
        } finally {
            knocking.forEach(each -> Quietly.close(each.channel));
            through.forEach(Quietly::close);
            Quietly.close(door);
            Quietly.close(selector);
        }
    }

    private void rest(boolean rests) {
        SelectionKey doors = door.keyFor(selector);
        if (resting != rests && doors != null && doors.isValid()) {
            resting = rests;
            doors.interestOps(rests ? 0 : SelectionKey.OP_ACCEPT);
        }
    }

    /** How long until the oldest must be turned away, in milliseconds; 0 for no limit. */
    private long patience() {
        if (knocking.isEmpty()) {
            return 0;
        }
        long left = SocketClient.PATIENCE_NANOS - (System.nanoTime() - knocking.iterator().next().since);
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(left) + 1);
    }

    private void turnAwayTheSilent() {
        for (Iterator<Knocking> all = knocking.iterator(); all.hasNext();) {
            Knocking oldest = all.next();
            boolean late = System.nanoTime() - oldest.since >= SocketClient.PATIENCE_NANOS;
            if (!late && knocking.size() <= MOST_KNOCKING) {
                return;
            }
            LOG.log(System.Logger.Level.DEBUG, "one that knocked and said nothing is turned away");
            Quietly.close(oldest.channel);
            all.remove();
        }
    }

    private void ready(SelectionKey selected) {
        if (selected.attachment() instanceof Knocking one) {
            listen(one, selected);
        } else {
            welcome();
        }
    }

    /** Lets nobody in for a moment; says so once. */
    private void fail(Throwable cause) {
        failing = true;
        if (!resting) {
            LOG.log(System.Logger.Level.WARNING, "nobody can be let in for a moment", cause);
        }
    }

    private void welcome() {
        SocketChannel channel;
        try {
            channel = door.accept();
        } catch (IOException e) {
            fail(e);
            return;
        }
        if (channel == null) {
            return;
        }
        try {
            channel.configureBlocking(false);
            if (address instanceof InetSocketAddress) {
                TcpOptions.set(channel);
            }
            Knocking one = new Knocking(channel);
            channel.write(one.handshake.challenge());
            channel.register(selector, SelectionKey.OP_READ, one);
            knocking.add(one);
        } catch (IOException e) {
            Quietly.close(channel);
            LOG.log(System.Logger.Level.DEBUG, "one that knocked went away: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            Quietly.close(channel);
            fail(e);
        }
    }

    private void listen(Knocking one, SelectionKey selected) {
        try {
            int count = one.channel.read(one.answer);
            boolean told = one.answer.position() >= LENGTH_BYTES;
            boolean nonsense = told && one.answer.getInt(0) != Handshake.ANSWER_FRAME_BYTES - LENGTH_BYTES;
            if (count >= 0 && !nonsense && one.answer.hasRemaining()) {
                return;
            }
            knocking.remove(one);
            selected.cancel();
            if (nonsense || count >= 0) {
                judge(one, nonsense);
            } else {
                Quietly.close(one.channel); // it went away without a word
            }
        } catch (IOException e) {
            knocking.remove(one);
            Quietly.close(one.channel);
            LOG.log(System.Logger.Level.DEBUG, "one that knocked went away", e);
        } catch (RuntimeException | Error e) {
            knocking.remove(one);
            Quietly.close(one.channel);
            fail(e);
        }
    }

    private void judge(Knocking one, boolean nonsense) throws IOException {
        byte[] answer = new byte[Handshake.ANSWER_FRAME_BYTES - LENGTH_BYTES];
        one.answer.flip().position(LENGTH_BYTES);
        one.answer.get(answer, 0, one.answer.remaining());
        ByteBuffer verdict = nonsense ? null : one.handshake.verdict(answer);
        if (verdict == null) {
            one.channel.write(Handshake.Listeners.refusal());
            Quietly.close(one.channel);
            guests.refused();
            return;
        }
        one.channel.write(verdict);
        through.add(one.channel);
    }

    /** Tells of those that are let in, when the selector has forgotten them: before, closing one would not end it. */
    private void giveAway() throws IOException {
        while (!through.isEmpty()) {
            List<SocketChannel> free = List.copyOf(through);
            through.clear();
            selector.selectNow(this::ready);
            free.forEach(this::giveAway);
        }
    }

    private void giveAway(SocketChannel guest) {
        try {
            guests.admitted(guest);
        } catch (RuntimeException | Error e) { // such as no memory for another thread: the next one may have more luck
            Quietly.close(guest);
            fail(e);
        }
    }

    /** Closes the door, and turns away those that knock: when this returns, nobody is let in any more. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Quietly.close(door);
        selector.wakeup();
        if (!Thread.currentThread().equals(thread)) {
            awaitEnd();
        }
        Quietly.close(selector); // of a door that was never opened
        if (address instanceof UnixDomainSocketAddress socket && !socket.getPath().equals(Path.of(""))) {
            Quietly.delete(socket.getPath());
        }
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // it waits for nobody, so neither do we for long
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
