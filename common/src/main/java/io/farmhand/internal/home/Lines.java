package io.farmhand.internal.home;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Watches the lines between this process and others: domain sockets over which, once they are up, next to nothing is ever
 * sent: an int32 for a word. What counts is their end, which the kernel brings about when a process ends, however it ends.
 *
 * <p>The thread {@code farm-lines} owns the selector and all that is registered with it, and calls back on itself.
 */
final class Lines {
    private static final System.Logger LOG = System.getLogger(Lines.class.getName());

    /** Shorter asks again and again for what there is none of; longer keeps waiting who waits for something of the dead. */
    private static final long RETRY_MILLIS = 200;

    /** The word of a process that will end now, in order. */
    static final int FAREWELL = 0;

    private final Selector selector;
    private final Queue<Registration> registrations = new ConcurrentLinkedQueue<>();
    private final ByteBuffer received = ByteBuffer.allocate(64);
    /** Ends that could not be told: there was no memory, or no thread, for what is to be done then. */
    private final Deque<LineEnd> untold = new ArrayDeque<>();

    private record Registration(java.nio.channels.SelectableChannel channel, int interest, Object attachment) {}

    private record Door(Consumer<SocketChannel> guests) {}

    private Lines(Selector selector) {
        this.selector = selector;
    }

    static Lines start() throws IOException {
        Lines lines = new Lines(Selector.open());
        Thread.ofPlatform().daemon().name("farm-lines").start(lines::run);
        return lines;
    }

    /** Watches a line; its end may be told before this returns. */
    void watch(SocketChannel line, LineEnd end) {
        register(new Registration(line, SelectionKey.OP_READ, end));
    }

    /** Accepts lines; each is given away on the thread of the lines. */
    void accept(ServerSocketChannel server, Consumer<SocketChannel> guests) {
        register(new Registration(server, SelectionKey.OP_ACCEPT, new Door(guests)));
    }

    private void register(Registration registration) {
        registrations.add(registration);
        selector.wakeup();
    }

    private void run() {
        while (true) {
            try {
                selector.select(this::ready, untold.isEmpty() ? 0 : RETRY_MILLIS);
                tellAgain();
                for (Registration next; (next = registrations.poll()) != null;) {
                    enter(next);
                }
            } catch (Throwable e) { // an Error, too: without this thread nobody hears of a death
                LOG.log(System.Logger.Level.WARNING, "the lines to other processes are not watched for a moment", e);
            }
        }
    }

    private void tellAgain() {
        for (int left = untold.size(); left > 0; left--) {
            tellEnd(untold.removeFirst());
        }
    }

    private void tellEnd(LineEnd end) {
        boolean told = false;
        try {
            end.ended();
            told = true;
        } finally {
            if (!told) {
                untold.add(end);
            }
        }
    }

    private void enter(Registration registration) {
        try {
            registration.channel().configureBlocking(false);
            registration.channel().register(selector, registration.interest(), registration.attachment());
        } catch (IOException e) {
            if (registration.attachment() instanceof LineEnd end) {
                tellEnd(end);
            }
        }
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof Door door) {
            open((ServerSocketChannel) key.channel(), door);
        } else {
            read((SocketChannel) key.channel(), key, (LineEnd) key.attachment());
        }
    }

    private static void open(ServerSocketChannel server, Door door) {
        try {
            SocketChannel guest = server.accept();
            if (guest != null) {
                door.guests().accept(guest);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "another process could not be let in", e);
        }
    }

    private void read(SocketChannel line, SelectionKey key, LineEnd end) {
        int count;
        try {
            received.clear();
            count = line.read(received);
        } catch (ClosedChannelException e) {
            count = -1; // by us
        } catch (IOException e) {
            count = -1; // reset is an end, too
        }
        if (count > 0) {
            received.flip();
            while (received.remaining() >= Integer.BYTES) { // the kernel takes and gives so few bytes whole
                end.said(received.getInt());
            }
        } else if (count < 0) {
            key.cancel();
            try {
                line.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "a line was not closed", e);
            }
            tellEnd(end);
        }
    }
}
