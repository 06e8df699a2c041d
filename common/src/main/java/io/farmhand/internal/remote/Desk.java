package io.farmhand.internal.remote;

import io.farmhand.internal.home.Caller;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.UnreadableValueException;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.socket.FrameChannel;
import io.farmhand.internal.socket.Patience;
import io.farmhand.sync.RemoteCallException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one line of a client is served: a thread {@code farm-desk} that reads a call, makes it for the client's thread, and
 * answers, one after the other.
 *
 * <p>Its monitor guards which call runs: an interrupt that comes too late for one must not hit the next.
 */
final class Desk {
    private static final System.Logger LOG = System.getLogger(Desk.class.getName());

    private final ObjectServer server;
    private final Guest guest;
    private final long number;
    private final FrameChannel line;
    private int running; // guarded by this; 0 between calls
    private int cancelled; // guarded by this; the last call that was, by its number
    private @Nullable Thread thread; // guarded by this

    Desk(ObjectServer server, Guest guest, long number, FrameChannel line) {
        this.server = server;
        this.guest = guest;
        this.number = number;
        this.line = line;
    }

    long number() {
        return number;
    }

    /** Serves until the line or the client ends. */
    void run() {
        try {
            while (!guest.hasEnded()) {
                byte[] request = line.receiveUninterruptibly(FrameChannel.MAX_FRAME_BYTES, Patience.ENDLESS);
                line.sendUninterruptibly(answer(Talk.message(request)));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.TRACE, "a line of a client ended", e);
        } finally {
            line.close();
        }
    }

    private ByteBuffer answer(ByteBuffer request) {
        PayloadBuffer out = new PayloadBuffer();
        try {
            byte what = request.get();
            switch (what) {
                case Talk.CALL -> call(request, out);
                case Talk.DESCRIBE -> value(out, List.of(server.type(request.getInt()).signatures()));
                case Talk.HOLD -> value(out, server.table().hold(server.table().get(request.getLong())));
                case Talk.ARRIVE -> {
                    server.table().arrive(request.getLong(), request.getLong(), guest);
                    value(out, null);
                }
                default -> throw new IllegalArgumentException("unknown request: what=" + what
                        + ". The two processes run different versions of Farmhand.");
            }
        } catch (Throwable e) {
            fail(out, e);
        }
        return out.detach();
    }

    private void value(PayloadBuffer out, @Nullable Object value) throws UnwritableValueException {
        out.putByte(Talk.VALUE);
        Talk.write(out, value, guest);
    }

    private void fail(PayloadBuffer out, Throwable thrown) {
        out.truncate(0);
        CallFailure.write(out, thrown, guest);
    }

    private void call(ByteBuffer request, PayloadBuffer out) throws Throwable {
        Served served = server.table().get(request.getLong());
        Method method = served.type().method(request.getInt());
        long callingThread = request.getLong();
        int sequence = request.getInt();
        @Nullable
        Object[] arguments;
        try {
            arguments = Talk.readItems(request);
        } catch (UnreadableValueException e) {
            throw refused("An argument cannot be read in the process that keeps the object: ", e);
        }
        Object result;
        Caller caller = new Caller(guest.slot(), callingThread, guest::hasEnded);
        begin(sequence);
        try {
            result = server.call(served, method, caller, guest.id(), arguments);
        } finally {
            end();
        }
        if (result != null && served.target() instanceof Undelivered target && (guest.hasEnded() || line.isEnded())) {
            caller.call(() -> {
                target.takeBack(method, result);
                return true;
            });
            throw new IOException("the client is gone");
        }
        try {
            value(out, result);
        } catch (UnwritableValueException e) {
            throw refused("What the call gave cannot be sent back, method=" + method.getName()
                    + (method.getReturnType().isInterface()
                            ? " (to have it stay there, and a proxy sent, register "
                                    + method.getReturnType().getSimpleName() + ")"
                            : "")
                    + ": ", e);
        }
    }

    /** What a caller sees who gives or would get what cannot travel. */
    static RemoteCallException refused(String what, Exception cause) {
        RemoteCallException refused = new RemoteCallException(what + cause.getMessage(), cause.getClass().getName(),
                "");
        refused.initCause(cause.getCause());
        return refused;
    }

    private synchronized void begin(int sequence) {
        running = sequence;
        thread = Thread.currentThread();
        if (guest.hasEnded() || cancelled == sequence) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void end() {
        running = 0;
        thread = null;
        boolean _ = Thread.interrupted();
    }

    /** The client's thread was interrupted in a call, which may still be on its way: this comes over another line. */
    synchronized void cancel(int sequence) {
        cancelled = sequence;
        if (thread != null && running == sequence) {
            thread.interrupt();
        }
    }

    /** The client is gone. */
    void close() {
        line.close();
        synchronized (this) {
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
