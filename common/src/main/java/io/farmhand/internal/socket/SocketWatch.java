package io.farmhand.internal.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;

/**
 * Says when sockets have something to receive, to those that wait for other things beside.
 *
 * <p><b>Concurrency.</b> The thread {@code farm-watch}, started at first use, owns the selector and which futures wait for
 * which socket; others hand it futures by a queue. It completes futures, whose dependents must not wait.
 */
final class SocketWatch {
    private static final System.Logger LOG = System.getLogger(SocketWatch.class.getName());
    private static volatile boolean used;

    /** Made at first use. */
    private static final class Holder {
        private static final SocketWatch WATCH = start();

        private static SocketWatch start() {
            try {
                SocketWatch watch = new SocketWatch(Selector.open());
                Thread.ofPlatform().daemon().name("farm-watch").start(watch::run);
                return watch;
            } catch (IOException e) {
                throw new UncheckedIOException("sockets cannot be watched", e);
            }
        }
    }

    private final Selector selector;
    private final Queue<Wait> arrived = new ConcurrentLinkedQueue<>();

    private final Map<SocketChannel, List<CompletableFuture<Boolean>>> waits = new HashMap<>();

    private record Wait(SocketChannel socket, CompletableFuture<Boolean> ready) {}

    private SocketWatch(Selector selector) {
        this.selector = selector;
    }

    /**
     * A future that completes when a socket is readable or closed; to cancel it lets go of the socket.
     *
     * @param now whether it is so already, as far as the socket does not tell
     */
    static CompletableFuture<Boolean> whenReadable(SocketChannel socket, BooleanSupplier now) {
        if (now.getAsBoolean()) {
            return CompletableFuture.completedFuture(true);
        }
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        used = true;
        SocketWatch watch = Holder.WATCH;
        watch.arrived.add(new Wait(socket, ready));
        watch.selector.wakeup();
        var _ = ready.whenComplete((_, failure) -> {
            if (failure != null) {
                watch.selector.wakeup();
            }
        });
        return ready;
    }

    /** A socket was closed that may be watched. */
    static void wake() {
        if (used) {
            Holder.WATCH.selector.wakeup();
        }
    }

    private void run() {
        while (true) {
            try {
                selector.select(this::ready);
                forgetTheDone();
                while (selector.selectNow(this::ready) > 0) {
                    // A socket can be registered anew only after its old key was dropped here.
                }
            } catch (Throwable e) { // an Error, too: without this thread nobody hears of anything
                LOG.log(System.Logger.Level.WARNING, "sockets are not watched for a moment", e);
            }
            for (Wait next; (next = arrived.poll()) != null;) {
                enter(next);
            }
        }
    }

    private void enter(Wait wait) {
        try {
            if (!waits.containsKey(wait.socket())) {
                wait.socket().register(selector, SelectionKey.OP_READ);
            }
            waits.computeIfAbsent(wait.socket(), _ -> new ArrayList<>()).add(wait.ready());
        } catch (Throwable e) { // it is closed, most likely: whoever receives will see
            wait.ready().complete(true);
        }
    }

    private void ready(SelectionKey key) {
        key.cancel();
        List<CompletableFuture<Boolean>> waiting = waits.remove((SocketChannel) key.channel());
        if (waiting != null) {
            waiting.forEach(future -> future.complete(true));
        }
    }

    /** Lets go of sockets that nobody waits for any more, and of closed ones. */
    private void forgetTheDone() {
        for (Iterator<Map.Entry<SocketChannel, List<CompletableFuture<Boolean>>>> all = waits.entrySet()
                .iterator(); all.hasNext();) {
            var entry = all.next();
            if (!entry.getKey().isOpen()) {
                entry.getValue().forEach(future -> future.complete(true));
            }
            entry.getValue().removeIf(CompletableFuture::isDone);
            if (entry.getValue().isEmpty()) {
                all.remove();
                SelectionKey key = entry.getKey().keyFor(selector);
                if (key != null) {
                    key.cancel();
                }
            }
        }
    }
}
