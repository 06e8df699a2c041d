package io.farmhand.internal.cluster;

import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Two calls, of which what comes in by one leaves by the other, unread and in order, no faster than the other takes it.
 *
 * <pre>
 *        worker's side                                   client's side
 *   messages --> [ worker ] --- Relay: pass, request ---> [ client ] -->
 *            <-- [        ] <----------------------------- [        ] <-- messages
 * </pre>
 *
 * <p><b>Concurrency.</b> Each call has one thread, and only that passes on what came by it. {@code this} guards which calls
 * are there; nothing is passed on before both are.
 */
final class Relay {
    /** How many messages are on their way through at once, each of a frame at most: enough to keep the pipe full. */
    private static final int AHEAD = 4;

    /** One of the two calls. All but {@link #request} is called by the other call's thread, or before there is one. */
    interface Call {
        /** Lets that many messages come. */
        void request(int messages);

        /** Whether it takes a message without queueing it. */
        boolean isReady();

        /** Sends a message. */
        void send(byte[] message);

        /** Nothing more is sent. */
        void complete();

        /** Ends the call. */
        void end(Status status);
    }

    /** One end of a relay, as its call's listener sees it. Owned by that call's thread. */
    final class End {
        private final Call call;
        /** How many messages may come once the other call is ready for more. */
        private int owed;

        private End(Call call) {
            this.call = call;
        }

        private End other() {
            End found = this == worker ? client : worker;
            if (found == null) {
                throw new IllegalStateException("a message came before it was asked for");
            }
            return found;
        }

        /** A message has come. */
        void message(byte[] message) {
            End other = other();
            other.call.send(message);
            synchronized (this) {
                owed++;
            }
            other.ready();
        }

        /** The call takes messages again. */
        void ready() {
            End from = this == worker ? client : worker;
            if (from != null && call.isReady()) {
                int more;
                synchronized (from) {
                    more = from.owed;
                    from.owed = 0;
                }
                if (more > 0) {
                    from.call.request(more);
                }
            }
        }

        /** Nothing more comes by the call. */
        void halfClosed() {
            other().call.complete();
        }

        /** The call is over. */
        void ended(Status status) {
            Relay.this.end(status);
        }
    }

    private final Runnable onEnd;
    private boolean over; // guarded by this
    private volatile @Nullable End worker;
    private volatile @Nullable End client;

    /** A relay of whose end nobody else need know. */
    Relay() {
        this(() -> {});
    }

    /** @param onEnd is told, once, that it is over; any thread may be the one */
    Relay(Runnable onEnd) {
        this.onEnd = onEnd;
    }

    /** The worker's side has called; null when the relay is over, or somebody has called already. */
    @Nullable
    End worker(Call call) {
        return join(call, true);
    }

    /** The client has called; null when the relay is over, or somebody has called already. */
    @Nullable
    End client(Call call) {
        return join(call, false);
    }

    private @Nullable End join(Call call, boolean isWorker) {
        End end = new End(call);
        End other;
        synchronized (this) {
            if (over || (isWorker ? worker : client) != null) {
                return null;
            }
            if (isWorker) {
                worker = end;
                other = client;
            } else {
                client = end;
                other = worker;
            }
        }
        if (other != null) {
            call.request(AHEAD);
            other.call.request(AHEAD);
        }
        return end;
    }

    /** Ends both calls. */
    void end(Status status) {
        End one;
        End two;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            one = worker;
            two = client;
        }
        if (one != null) {
            one.call.end(status);
        }
        if (two != null) {
            two.call.end(status);
        }
        onEnd.run();
    }

    /** The worker has exited: what it has not said by now it never will, if it has not called. */
    void workerExited() {
        if (worker == null) {
            end(Status.UNAVAILABLE.withDescription("the worker has exited"));
        }
    }
}
