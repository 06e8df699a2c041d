package io.farmhand.internal.sync;

import io.farmhand.internal.remote.ObjectServer;
import io.farmhand.internal.socket.Keys;
import io.farmhand.internal.socket.SocketListener;
import io.farmhand.sync.Barrier;
import io.farmhand.sync.BoundedSemaphore;
import io.farmhand.sync.Condition;
import io.farmhand.sync.Event;
import io.farmhand.sync.JoinableQueue;
import io.farmhand.sync.Lock;
import io.farmhand.sync.Queue;
import io.farmhand.sync.RLock;
import io.farmhand.sync.Semaphore;
import io.farmhand.sync.SimpleQueue;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Keeps locks and their kin in this JVM and serves them to others, where processes cannot wait in shared memory. */
public final class SyncServer {
    private static @Nullable ObjectServer server;

    private SyncServer() {}

    /** Makes the interfaces of {@code io.farmhand.sync} known to a server. */
    public static void register(ObjectServer server) {
        server.register(Lock.class, Lock.class);
        server.register(RLock.class, RLock.class);
        server.register(Semaphore.class, Semaphore.class);
        server.register(BoundedSemaphore.class, BoundedSemaphore.class);
        server.register(Condition.class, ConditionFace.class);
        server.register(Event.class, Event.class);
        server.register(Barrier.class, Barrier.class);
        server.register(SimpleQueue.class, SimpleQueue.class);
        registerQueues(server);
    }

    @SuppressWarnings("unchecked")
    private static void registerQueues(ObjectServer server) {
        server.register(Queue.class, (Class<? extends Queue<?>>) (Class<?>) QueueFace.class);
        server.register(JoinableQueue.class, (Class<? extends JoinableQueue<?>>) (Class<?>) JoinableQueueFace.class);
    }

    /** A handle to something that this JVM keeps. */
    static <T> T share(Class<T> type, T thing) {
        return here().share(type, thing);
    }

    private static synchronized ObjectServer here() {
        if (server == null) {
            try {
                ObjectServer made = ObjectServer.at(SocketListener.freshAddress(), Keys.random());
                register(made);
                made.open();
                server = made;
            } catch (IOException e) {
                throw new UncheckedIOException("This process cannot share anything: " + e.getMessage(), e);
            }
        }
        return server;
    }
}
